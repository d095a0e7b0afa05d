/** The view context's `wpautop`, for what a shop writes: text becomes paragraphs, blocks get their line breaks. */
export const autop = (html: string): string => {
  if (html.trim() === "") return ""
  if (/^\s*<(p|ul|ol|div|h[1-6]|table|blockquote|figure|section)\b/i.test(html)) {
    return `${html.replace(/(<(?:ul|ol)[^>]*>|<\/li>|<\/p>|<\/(?:ul|ol)>)(?!\n|$)/g, "$1\n").trimEnd()}\n`
  }
  return `${html
    .trim()
    .split(/\n\s*\n/)
    .map((paragraph) => `<p>${paragraph.replaceAll("\n", "<br />\n")}</p>`)
    .join("\n")}\n`
}

/** What WordPress takes out of HTML when it is stored (fact 16). */
export const strip = (html: string): string =>
  html.replace(/<(script|iframe|style)\b[^>]*>[\s\S]*?<\/\1>/gi, "").replace(/<(script|iframe)\b[^>]*>/gi, "")

/** Names are stored with their bare ampersands encoded (fact 16), and without tags where `plain`. */
export const encodeName = (name: string): string => strip(name).replace(/&(?!#?\w+;)/g, "&amp;")
