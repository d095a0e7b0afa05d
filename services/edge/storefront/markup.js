// Texts of the API as nodes. Nothing here ever becomes part of the page as a string of markup.

/** @type {{ createPolicy: (name: string, rules: object) => { createHTML: (html: string) => string } } | undefined} */
const trustedTypes = Reflect.get(globalThis, "trustedTypes")
const policy = trustedTypes?.createPolicy("storefront", { createHTML: (/** @type {string} */ html) => html })
const parser = new DOMParser()

/** A document that runs no script and loads nothing. @param {string} html */
const parse = (html) => {
  return parser.parseFromString(policy === undefined ? html : policy.createHTML(html), "text/html").body
}

/**
 * A name as people read it: WooCommerce encodes names, so "&amp;" is "&". A "<" is a "<", and no tag.
 * @param {string} encoded
 */
export const plain = (encoded) =>
  encoded.includes("&") ? (parse(`<p>${encoded.replaceAll("<", "&lt;")}`).textContent ?? "") : encoded

/** A text in which <mark> shows what was found, and nothing else is markup. @param {string} highlighted @returns {ReadonlyArray<Node>} */
export const marked = (highlighted) => {
  /** @type {Array<Node>} */
  const nodes = []
  for (const [, inside, outside] of highlighted.matchAll(/<mark>(.*?)<\/mark>|((?:(?!<mark>).)+)/gsu)) {
    if (outside !== undefined) nodes.push(document.createTextNode(plain(outside)))
    else {
      const mark = document.createElement("mark")
      mark.textContent = plain(inside ?? "")
      nodes.push(mark)
    }
  }
  return nodes
}

const kept = new Set(
  "P BR HR UL OL LI DL DT DD STRONG B EM I U S SMALL SUB SUP DEL INS ABBR CITE Q BLOCKQUOTE PRE CODE TABLE CAPTION THEAD TBODY TFOOT TR TH TD FIGURE FIGCAPTION".split(
    " "
  )
)
const dropped = new Set(
  "SCRIPT STYLE TEMPLATE IFRAME OBJECT EMBED SVG MATH NOSCRIPT FORM INPUT BUTTON SELECT TEXTAREA VIDEO AUDIO".split(
    " "
  )
)

/**
 * HTML of the shop. The API has sanitized it; here it is built anew all the same, from elements without attributes, links
 * and pictures.
 * @param {string} html @returns {DocumentFragment}
 */
export const rich = (html) => {
  const fragment = document.createDocumentFragment()
  // Far more than the sanitizer leaves: deeper nesting says nothing to a reader.
  copy(parse(html), fragment, 60)
  return fragment
}

/** @param {Node} from @param {Node} to @param {number} depth */
const copy = (from, to, depth) => {
  if (depth === 0) return
  for (const node of from.childNodes) {
    if (node instanceof Text) to.appendChild(document.createTextNode(node.data))
    if (!(node instanceof Element)) continue
    const name = node.tagName.toUpperCase()
    if (dropped.has(name)) continue
    const made = make(name, node)
    if (made === undefined) copy(node, to, depth - 1)
    else {
      to.appendChild(made)
      copy(node, made, depth - 1)
    }
  }
}

/** @param {string} name @param {Element} from @returns {HTMLElement | undefined} */
const make = (name, from) => {
  if (kept.has(name)) return document.createElement(name)
  // The page has headings of its own above.
  if (/^H[1-6]$/.test(name)) return document.createElement("h4")
  if (name === "A") {
    const href = webAddress(from.getAttribute("href"))
    if (href === undefined) return undefined
    const link = document.createElement("a")
    link.href = href
    link.rel = "noopener noreferrer nofollow"
    link.target = "_blank"
    return link
  }
  if (name === "IMG") {
    const src = webAddress(from.getAttribute("src"))
    if (src === undefined) return undefined
    const image = document.createElement("img")
    image.src = src
    image.alt = from.getAttribute("alt") ?? ""
    image.loading = "lazy"
    return image
  }
  return undefined
}

/** An absolute address of the web, or nothing: of scripts, files and data nothing is shown. @param {string | null | undefined} text */
export const webAddress = (text) => {
  if (!text || !URL.canParse(text)) return undefined
  const { href, protocol } = new URL(text)
  return protocol === "http:" || protocol === "https:" ? href : undefined
}
