import { isArray, isObject, type Json } from "../src/Json.ts"

const kind = (value: Json | undefined): string =>
  value === null ? "null" : isArray(value) ? "array" : typeof value

/**
 * Where `actual` has other keys or types than `expected`. A list is held item by item: each must look like one of the
 * recorded items. A missing or an additional key counts.
 */
export const differences = (
  expected: Json | undefined,
  actual: Json | undefined,
  path = "$"
): ReadonlyArray<string> => {
  if (kind(expected) !== kind(actual)) return [`${path}: recorded ${kind(expected)}, got ${kind(actual)}`]
  if (isArray(expected) && isArray(actual)) {
    if (expected.length === 0 || actual.length === 0) return []
    return actual.flatMap((item, position) => {
      const closest = expected
        .map((candidate) => differences(candidate, item, `${path}[${position}]`))
        .sort((a, b) => a.length - b.length)[0]
      return closest ?? []
    })
  }
  if (isObject(expected) && isObject(actual)) {
    const keys = new Set([...Object.keys(expected), ...Object.keys(actual)])
    return [...keys].flatMap((key) =>
      !(key in expected)
        ? [`${path}.${key}: not recorded`]
        : !(key in actual)
          ? [`${path}.${key}: missing`]
          : differences(expected[key], actual[key], `${path}.${key}`)
    )
  }
  return []
}

/** Where two values are not the same, as paths; `ignore` names keys that may differ. */
export const unequal = (
  expected: Json | undefined,
  actual: Json | undefined,
  ignore: ReadonlySet<string>,
  path = "$"
): ReadonlyArray<string> => {
  if (isArray(expected) && isArray(actual)) {
    if (expected.length !== actual.length)
      return [`${path}: ${JSON.stringify(expected)} / ${JSON.stringify(actual)}`]
    return expected.flatMap((item, position) =>
      unequal(item, actual[position], ignore, `${path}[${position}]`)
    )
  }
  if (isObject(expected) && isObject(actual)) {
    return [...new Set([...Object.keys(expected), ...Object.keys(actual)])]
      .filter((key) => !ignore.has(key))
      .flatMap((key) => unequal(expected[key], actual[key], ignore, `${path}.${key}`))
  }
  return Object.is(expected, actual)
    ? []
    : [`${path}: ${JSON.stringify(expected)} / ${JSON.stringify(actual)}`]
}
