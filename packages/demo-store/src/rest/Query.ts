import type { Json, JsonObject } from "../Json.ts"

/**
 * A query string as PHP reads it: `a=1`, `a[]=1`, `a[0]=1`, `a[b][c]=1`; the last of a repeated plain name wins.
 * Broken percent signs are kept as they are, like PHP does.
 */
export const parseQuery = (text: string): JsonObject => {
  const root: { [key: string]: Json } = {}
  for (const pair of text.split("&")) {
    if (pair === "") continue
    const equals = pair.indexOf("=")
    const name = decode(equals === -1 ? pair : pair.slice(0, equals))
    const value = equals === -1 ? "" : decode(pair.slice(equals + 1))
    const bracket = name.indexOf("[")
    if (bracket < 1 || !name.endsWith("]")) put(root, name.replace(/[ .]/g, "_"), value)
    else insert(root, name.slice(0, bracket), name.slice(bracket + 1, -1).split("]["), value)
  }
  return root
}

const put = (target: { [key: string]: Json }, key: string, value: Json): void => {
  // Names like __proto__ must stay plain names.
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true })
}

/** PHP stops at 64 levels; two are all that WooCommerce's parameters have. */
const insert = (
  target: { [key: string]: Json },
  key: string,
  path: ReadonlyArray<string>,
  value: string
): void => {
  const held: { [key: string]: Json } = {}
  const before = Object.hasOwn(target, key) ? target[key] : undefined
  if (typeof before === "object" && before !== null) Object.assign(held, before)
  const [first = "", ...rest] = path.slice(0, 8)
  const name = first === "" ? String(Object.keys(held).length) : first
  if (rest.length === 0) put(held, name, value)
  else insert(held, name, rest, value)
  const list = Object.keys(held).every((entry, position) => entry === String(position))
  put(target, key, list ? Object.values(held) : held)
}

const decode = (text: string): string => {
  const plus = text.replaceAll("+", " ")
  try {
    return decodeURIComponent(plus)
  } catch {
    return plus
  }
}
