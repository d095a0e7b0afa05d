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

/**
 * HTML of the shop that any page may show. Text without markup, and markup of plain tags only, comes back as it was: it
 * holds nothing that could be taken out, and most product texts are of that kind. All else goes through sanitize-html.
 */
export const sanitize = (html: string): string => (isPlain(html) ? html : sanitizeHtml(html, rules))

// Every `<`, `>` and `&` has to be part of one of these: a tag without attributes, or with those that WooCommerce prints
// prices with, or an entity. What one match leaves behind cannot become markup, because nothing is taken out.
const plainTag =
  /<\/?(?:p|br|hr|b|strong|i|em|u|s|small|sub|sup|ul|ol|li|h[1-6]|span|del|ins|bdi)(?: (?:class="[\w -]*"|aria-hidden="(?:true|false)"|translate="(?:yes|no)"))*(?: ?\/)?>/
const entity = /&(?:[a-z]{2,31}\d{0,2}|#\d{1,7}|#x[\da-f]{1,6});/
const harmless = new RegExp(`${plainTag.source}|${entity.source}`, "gi")

const isPlain = (html: string): boolean => !/[<>&]/.test(html) || !/[<>&]/.test(html.replace(harmless, " "))

/** An address that a page may link to; "" for any other scheme. */
export const webAddress = (url: string): string => (/^https?:\/\//i.test(url) ? url : "")
