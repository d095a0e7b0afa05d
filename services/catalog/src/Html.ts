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
    })
  },
  nestingLimit: 64
}

/** HTML of the shop that any page may show. Text without markup comes back as it was. */
export const sanitize = (html: string): string => {
  if (!/[<>&"]/.test(html)) return html
  const known = recent.get(html)
  if (known !== undefined) return known
  const clean = sanitizeHtml(html, rules)
  if (html.length <= longestRemembered) {
    if (recent.size >= most) recent.clear()
    recent.set(html, clean)
  }
  return clean
}

// Prices are printed alike on many products, and parsing them costs more than the rest of a product together.
const recent = new Map<string, string>()
const most = 1_000
const longestRemembered = 1_000

/** An address that a page may link to; "" for any other scheme. */
export const webAddress = (url: string): string => (/^https?:\/\//i.test(url) ? url : "")
