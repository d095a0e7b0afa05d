import { wordsOf } from "./SearchText.ts"

/** What is left of a text that somebody typed: words, and what may be a code. Nothing in it is an operator. */
export interface SearchWords {
  /** Folded, in their order; the last one may still be being typed. */
  readonly words: ReadonlyArray<string>
  /** For each word, which of the pieces between blanks it is of, from 1. */
  readonly pieces: ReadonlyArray<number>
  /** What may be a SKU or GTIN: each piece as it was typed, and under 0 all of them together. */
  readonly codes: ReadonlyArray<{ readonly piece: number; readonly code: string }>
  /** The beginning of a code; "" where the last piece is not like one. */
  readonly codePrefix: string
}

/** Words that are looked for; whoever types more means the first ones. */
const most = 10

/** Characters that are looked at: a search may be 100 long, and with zero-width characters longer. */
const longestRead = 1000

/** Reads what somebody typed. */
export const searchWords = (search: string): SearchWords => {
  const typed = search
    .slice(0, longestRead)
    .toWellFormed()
    .replace(/\p{Cf}/gu, "")
    .split(/[\s\p{Cc}\uFFFD]+/u)
    .filter((piece) => piece !== "")
  const words: Array<string> = []
  const pieces: Array<number> = []
  for (const [position, piece] of typed.entries()) {
    for (const word of wordsOf(piece)) {
      if (words.length === most) break
      words.push(word)
      pieces.push(position + 1)
    }
  }
  const last = pieces.at(-1) ?? 0
  const codes = typed
    .slice(0, last)
    .flatMap((code, position) => [{ piece: position + 1, code }, ...gtin(code, position + 1)])
  const whole = typed.join(" ")
  const lastPiece = typed[last - 1] ?? ""
  return {
    words,
    pieces,
    codes:
      words.length === 0
        ? []
        : [...codes, ...(typed.length > 1 ? [{ piece: 0, code: whole }, ...gtin(whole, 0)] : [])],
    codePrefix: /^(?=.*\d).{4,}$/.test(lastPiece) ? lastPiece : ""
  }
}

/** A GTIN is often written in groups. */
const gtin = (typed: string, piece: number) => {
  const code = typed.replace(/[\s-]/g, "")
  return code !== typed && /^\d{8,14}$/.test(code) ? [{ piece, code }] : []
}
