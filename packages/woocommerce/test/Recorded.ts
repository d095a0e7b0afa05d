/** Reads the recorded answers under `fixtures/`. */
import { readFileSync } from "node:fs"
import type { Schema } from "effect"

export interface RecordedAnswer {
  readonly note: string
  readonly line: string
  readonly origin: string
  readonly status: number
  readonly headers: { readonly [name: string]: string }
  readonly body: Schema.Json
}

export const recorded = (group: string): { readonly [name: string]: RecordedAnswer } =>
  JSON.parse(readFileSync(new URL(`fixtures/${group}.json`, import.meta.url), "utf8"))

/** The record, or a failed test that names it. */
export const record = (group: string, name: string): RecordedAnswer => {
  const found = recorded(group)[name]
  if (found === undefined) throw new Error(`fixtures/${group}.json has no record ${name}`)
  return found
}

/** Every object with an id in the answers of a group. */
export const rows = (
  group: string
): ReadonlyArray<{ readonly from: string; readonly row: Schema.JsonObject }> =>
  Object.entries(recorded(group)).flatMap(([from, { body, line }]) =>
    line.includes("_fields") || line.includes("/batch")
      ? []
      : (Array.isArray(body) ? body : [body]).filter(isRow).map((row) => ({ from, row }))
  )

const isRow = (value: Schema.Json): value is Schema.JsonObject =>
  typeof value === "object" && value !== null && "id" in value
