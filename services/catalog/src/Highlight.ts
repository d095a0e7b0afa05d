/** Marks of what was found, in texts that {@link markable} made: nothing but letters, digits and blanks is in those. */
export const START = "\uE000"
export const END = "\uE001"

/**
 * A text as its words are looked for, each character in its place: lower case, and blanks for all that is in no word. What
 * is marked in it is then marked in the text itself, and no character of the shop can pass for a mark.
 */
export const markable = (text: string): string => {
  const lower = text.toLowerCase()
  return (lower.length === text.length ? lower : text)
    .replaceAll("ς", "σ")
    .replace(/[^\p{L}\p{N}\p{M}]/gu, (character) => " ".repeat(character.length))
}

/** What `marked`, a piece of `markable(text)`, is in the text, as HTML: text only, with what was found inside <mark>. */
export const highlighted = (text: string, marked: string): string => {
  const at = markable(text).indexOf(marked.replace(/[\uE000\uE001]/g, ""))
  if (at === -1) return escaped(text)
  let position = at
  return marked
    .split(/([\uE000\uE001])/)
    .map((piece) => {
      if (piece === START) return "<mark>"
      if (piece === END) return "</mark>"
      position += piece.length
      return escaped(text.slice(position - piece.length, position))
    })
    .join("")
    .trim()
}

const escaped = (text: string): string =>
  text.toWellFormed().replace(/[&<>"']/g, (character) => entities[character] ?? "")

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#039;"
}
