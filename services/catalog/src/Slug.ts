/** What WordPress writes some letters as; others lose their accents only. */
const spelled: ReadonlyMap<string, string> = new Map(
  Object.entries({
    ß: "s",
    æ: "ae",
    œ: "oe",
    ø: "o",
    đ: "d",
    ð: "d",
    þ: "th",
    ł: "l",
    ħ: "h",
    ı: "i",
    ĳ: "ij",
    ŀ: "l",
    ŉ: "n",
    ŋ: "n",
    ŧ: "t",
    ſ: "s",
    ĸ: "k"
  })
)

/**
 * The slug that WordPress would make of a name (its `sanitize_title`): until a term of this name has been read, it is
 * known by this slug. Letters outside Latin are percent-encoded.
 */
export const slugOf = (name: string): string =>
  withoutAccents(name.replace(/<[^<>]*>/g, "").toWellFormed())
    .toLowerCase()
    .replace(/&(?:[a-z][a-z\d]{0,30}|#\d{1,7}|#x[\da-f]{1,6});/g, "")
    .replace(/[./\u00a0\u2010-\u2015]/g, "-")
    .replaceAll("×", "x")
    .replace(/%(?![\da-f]{2})/g, "")
    .replace(/[\u0080-\uffff]+/g, (letters) =>
      /[\p{L}\p{N}\p{M}]/u.test(letters)
        ? encodeURIComponent(letters.replace(/[\p{P}\p{Cf}]/gu, "")).toLowerCase()
        : ""
    )
    .replace(/[^%a-z0-9\s_-]/g, "")
    .trim()
    .replace(/[\s-]+/g, "-")
    .replace(/^-|-$/g, "")
    .slice(0, 200)
    .replace(/%[\da-f]?$/, "")

/** A slug as WordPress stores it: letters outside ASCII as lower-case percent codes, whichever way it was written. */
export const storedSlug = (slug: string): string =>
  slug
    .toWellFormed()
    .replace(/[^\0-\x7f]+/g, encodeURIComponent)
    .replace(/%[\dA-F]{2}/gi, (code) => code.toLowerCase())

const withoutAccents = (name: string): string =>
  /^[\0-\x7f]*$/.test(name)
    ? name
    : name.normalize("NFC").replace(/\p{Script=Latin}/gu, (letter) => {
        const lower = letter.toLowerCase()
        return spelled.get(lower) ?? letter.normalize("NFD").replace(/[\u0300-\u036f]/g, "")
      })
