import sanitizeHtml from "sanitize-html"

// Everything between the tags of these is no text of the page.
const silent = /<(script|style|template|noscript)\b[^<>]*>[\s\S]*?(?:<\/\1\s*>|$)/gi
// A comment that nobody closes goes on to the end: for a browser, and so that no search for its end is made in vain twice.
const tag = /<!--[\s\S]*?(?:-->|$)|<[A-Za-z/!?][^<>]*>/g
const inline = /^<\/?(?:b|strong|i|em|u|s|small|sub|sup|span|del|ins|bdi|mark|wbr|font)[\s/>]/i

/**
 * What people read of HTML: without markup, entities as the characters that they stand for, white space as single blanks.
 * At most `longest` characters, of at most four times as many of HTML: in time proportional to that, whatever it holds.
 */
export const htmlText = (html: string, longest: number): string => {
  const read = html.length > 4 * longest ? html.slice(0, 4 * longest).replace(/<[^<>]*$|&[^&;]*$/, "") : html
  const text = read.includes("<")
    ? read
        .replace(silent, " ")
        // A word may be half bold; between two paragraphs one word ends.
        .replace(tag, (found) => (inline.test(found) ? "" : " "))
    : read
  return (
    decoded(text)
      // A single blank is what it is to become: not replaced, of which a text has hundreds.
      .replace(/(?:[^\S ]|\p{Cc}| (?=[\s\p{Cc}]))[\s\p{Cc}]*/gu, " ")
      .trim()
      .slice(0, longest)
      .toWellFormed()
  )
}

const common: Readonly<Record<string, string>> = {
  "&amp;": "&",
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&#039;": "'",
  "&apos;": "'",
  "&nbsp;": " ",
  "&#8211;": "–",
  "&#8217;": "’",
  "&hellip;": "…"
}

/** Entities are decoded once: what `&amp;lt;` stands for is no tag. */
const decoded = (text: string): string =>
  text.includes("&")
    ? text.replace(
        /&(?:[A-Za-z][A-Za-z\d]{1,30}|#\d{1,7}|#x[\dA-Fa-f]{1,6});/g,
        (entity) => common[entity] ?? entityText(entity)
      )
    : text

/** The sanitizer writes every entity but four as its character; those four are common. */
const entityText = (entity: string): string => {
  const text = sanitizeHtml(entity, { allowedTags: [], allowedAttributes: {} })
  return common[text] ?? text
}
