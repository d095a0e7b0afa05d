import sanitizeHtml from "sanitize-html"

/** Bounds a sort key, so that it always fits an index entry. */
const longest = 200

/** Bounds what is read for a sort key: tags and entities of a name take room, and the sanitizer time. */
const longestRead = 4000

/**
 * What names are ordered by: the name as people read it (WooCommerce sends it HTML-encoded), without case and without
 * accents, as the shop's own database orders it.
 */
export const titleKey = (name: string): string =>
  sortable(
    decode(name.slice(0, longestRead))
      .normalize("NFKD")
      .replace(/[\u0300-\u036f]/g, "")
      .toLowerCase()
      .trim()
  )

/** Text as PostgreSQL can store and index it: it has no NUL, and an index entry has an end. */
export const sortable = (text: string): string => storable(text).slice(0, longest).toWellFormed()

/** Text as PostgreSQL can store it. */
export const storable = (text: string): string => (text.includes("\0") ? text.replaceAll("\0", "") : text)

// With every tag left out only four entities remain: the sanitizer writes all others as the characters they stand for.
const decode = (name: string): string =>
  /[&<]/.test(name)
    ? sanitizeHtml(name, { allowedTags: [], allowedAttributes: {} })
        .replaceAll("&lt;", "<")
        .replaceAll("&gt;", ">")
        .replaceAll("&quot;", '"')
        .replaceAll("&amp;", "&")
    : name
