import sanitizeHtml from "sanitize-html"

/**
 * What a product text may be made of: what WordPress editors write, and what WooCommerce prints prices with. No scripts,
 * frames, forms, event handlers, styles, ids (they shadow globals of the page) and no addresses but web, mail, phone.
 */
const rules: sanitizeHtml.IOptions = {
  allowedTags: [
    ...sanitizeHtml.defaults.allowedTags,
    ...["img", "picture", "source", "del", "ins", "bdi", "bdo", "h1", "h2"]
  ],
  allowedAttributes: {
    "*": ["class", "title", "lang", "dir", "translate", "aria-hidden", "aria-label"],
    a: ["href", "target", "rel"],
    img: ["src", "srcset", "sizes", "alt", "width", "height", "loading", "decoding"],
    source: ["src", "srcset", "sizes", "media", "type"],
    ol: ["start", "reversed", "type"],
    td: ["colspan", "rowspan", "headers"],
    th: ["colspan", "rowspan", "headers", "scope"],
    time: ["datetime"],
    q: ["cite"],
    blockquote: ["cite"]
  },
  allowedSchemes: ["http", "https", "mailto", "tel"],
  transformTags: {
    // A page that is opened must not be able to reach back.
    a: (tagName, attribs) => ({
      tagName,
      attribs: "target" in attribs ? { ...attribs, rel: "noopener noreferrer" } : attribs
    }),
    img: (tagName, attribs) => ({ tagName, attribs: withoutLongSrcset(attribs) }),
    source: (tagName, attribs) => ({ tagName, attribs: withoutLongSrcset(attribs) })
  },
  nestingLimit: 64
}

/** The parser of `srcset` takes time with the square of its length: what no editor writes is left out, `src` remains. */
const withoutLongSrcset = (attribs: sanitizeHtml.Attributes): sanitizeHtml.Attributes =>
  (attribs.srcset?.length ?? 0) > 4096 ? { ...attribs, srcset: "" } : attribs

/**
 * Whether sanitize-html could hold up the process with it: what it does for a tag takes longer the more are open (1 MB
 * of `<div>` takes it half a minute). No text that people write comes near either limit.
 */
export const isHeavy = (html: string): boolean => {
  if (html.length > 65_536) return true
  let tags = 0
  for (let at = html.indexOf("<"); at !== -1; at = html.indexOf("<", at + 1)) if (++tags > 5000) return true
  return false
}

/** Its words alone, in time proportional to its length: without tags, and what is left of `<` and `>` written as entities. */
export const wordsOnly = (html: string): string =>
  html
    .replace(/<[A-Za-z/!?][^<>]*>/g, "")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")

/**
 * HTML of the shop that any page may show. Text without markup, and well-formed markup of plain tags only, comes back as
 * it was: sanitize-html would take nothing out of it, and most product texts are of that kind. Of anything else that is
 * heavy only the words are kept.
 */
export const sanitize = (html: string): string => (isPlain(html) ? html : sanitizeThoroughly(html))

/** The same without the shortcut for what is plain. */
export const sanitizeThoroughly = (html: string): string =>
  isHeavy(html) ? wordsOnly(html) : sanitizeHtml(html, rules)

const block = "p|ul|ol|li|h[1-6]"
const inline = "b|strong|i|em|u|s|small|sub|sup|span|del|ins|bdi"
// Text, an entity, or one tag: bare, or with the attributes that WooCommerce prints prices with.
const piece = new RegExp(
  `[^<>&]+|&(?:[A-Za-z]{2,31}\\d{0,2}|#\\d{1,7}|#x[\\dA-Fa-f]{1,6});|<(br|hr) ?/?>|</(${block}|${inline})>|` +
    `<(${block}|${inline})(?: class="[\\w-]+(?: [\\w-]+)*")?(?: aria-hidden="true"| translate="no")?>`,
  "y"
)
const isInline = new RegExp(`^(?:${inline}|br)$`)
const deepest = 32

/**
 * Made of known pieces only, every tag closed in its turn and standing where HTML lets it stand: what a parser makes of
 * it is what is written, so neither an unclosed tag nor one too many reaches into the page around it.
 */
const isPlain = (html: string): boolean => {
  if (!/[<>&]/.test(html)) return true
  const open: Array<string> = []
  piece.lastIndex = 0
  while (piece.lastIndex < html.length) {
    const match = piece.exec(html)
    if (match === null) return false
    const [, empty, end, start] = match
    if (end !== undefined && open.pop() !== end) return false
    const tag = empty ?? start
    if (tag !== undefined && !mayStandIn(open.at(-1), tag)) return false
    if (start !== undefined && open.push(start) > deepest) return false
  }
  return open.length === 0
}

/** Anything else would be moved by a parser, or close what is open. */
const mayStandIn = (parent: string | undefined, tag: string): boolean => {
  if (tag === "li") return parent === "ul" || parent === "ol"
  return isInline.test(tag) || parent === undefined || parent === "li"
}

/**
 * A name or any other string that is no HTML: without tags. WooCommerce sends names HTML-encoded (fact 16), so pages
 * show them as HTML. Without `<` and `>` it comes back byte for byte, entities included.
 */
export const plainText = (text: string): string => {
  if (!/[<>]/.test(text)) return text
  return isHeavy(text) ? wordsOnly(text) : sanitizeHtml(text, { allowedTags: [], allowedAttributes: {} })
}

/**
 * An address that a page may link to or load: http, https, or of the page's own scheme (`//cdn.example/a.jpg`, as some
 * picture plugins send); "" for anything else. What could end an attribute is percent-encoded.
 */
export const webAddress = (url: string): string =>
  /^(?:https?:)?\/\/[^/\\]/i.test(url) ? url.replace(/[\p{Cc} "<>`]/gu, encodeURIComponent) : ""

/** Addresses by width or density, as in the attribute `srcset` of an img element; those that may not be loaded are left out. */
export const webAddresses = (srcset: string): string =>
  srcset
    .split(/,\s+/)
    .flatMap((candidate) => {
      const [, url = "", size = ""] = /^\s*(\S+)(\s+\d+(?:\.\d+)?[wx])?\s*$/.exec(candidate) ?? []
      const address = webAddress(url)
      return address === "" ? [] : [address + size]
    })
    .join(", ")
