/** Marks of what was found: characters for private use, which no text keeps that is marked. */
export const START = "\uE000"
export const END = "\uE001"

/** Text that holds no such mark. */
export const unmarked = (text: string): string => text.replace(/[\uE000\uE001]/g, "")

/** Marked text as HTML: text only, with what was found inside <mark>. */
export const highlighted = (marked: string): string =>
  marked
    .replace(/[&<>"']/g, (character) => entities[character] ?? "")
    .replaceAll(START, "<mark>")
    .replaceAll(END, "</mark>")

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#039;"
}
