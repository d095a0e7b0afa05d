import { isArray, isObject, type Json, type JsonObject } from "../Json.ts"
import { parse } from "../SiteTime.ts"
import { invalidParams, missingParams, type ParamProblem } from "./WooError.ts"

/** The rule of one parameter, in the words of WordPress's schema. */
export interface Rule {
  readonly type: "string" | "integer" | "number" | "boolean" | "array" | "object" | "mixed"
  readonly nullable?: boolean
  readonly enum?: ReadonlyArray<string>
  readonly minimum?: number
  readonly maximum?: number
  readonly format?: "date-time" | "email" | "uri"
  readonly default?: Json
  readonly items?: Rule
  readonly required?: boolean
}

export type Rules = Readonly<Record<string, Rule>>

/**
 * Checks what was sent against the rules and gives it back in the types that they name; unknown names pass untouched.
 * All wrong parameters are named at once, in the order of the rules (as `WP_REST_Request::has_valid_params`).
 *
 * Throws the recorded `rest_invalid_param`, or `rest_missing_callback_param`.
 */
export const check = (rules: Rules, sent: JsonObject): JsonObject => {
  const missing = Object.keys(rules).filter(
    (name) => rules[name]?.required === true && sent[name] === undefined
  )
  if (missing.length > 0) throw missingParams(missing)
  const problems = new Map<string, ParamProblem>()
  const values: { [key: string]: Json } = { ...sent }
  for (const [name, rule] of Object.entries(rules)) {
    const value = sent[name]
    if (value === undefined) {
      if (rule.default !== undefined) values[name] = rule.default
      continue
    }
    const problem = problemOf(name, rule, value)
    if (problem === undefined) values[name] = sanitize(rule, value)
    else problems.set(name, problem)
  }
  if (problems.size > 0) throw invalidParams(problems)
  return values
}

const wrongType = (name: string, type: string): ParamProblem => ({
  code: "rest_invalid_type",
  message: `${name} is not of type ${type}.`,
  data: { param: name }
})

const problemOf = (name: string, rule: Rule, value: Json): ParamProblem | undefined => {
  if (rule.nullable === true && (value === null || value === "")) return undefined
  switch (rule.type) {
    case "integer":
      return isInteger(value) ? outOfBounds(name, rule, Number(value)) : wrongType(name, "integer")
    case "number":
      return isNumeric(value) ? outOfBounds(name, rule, Number(value)) : wrongType(name, "number")
    case "boolean":
      return isBoolean(value) ? undefined : wrongType(name, "boolean")
    case "string":
      return typeof value === "string" ? stringProblem(name, rule, value) : wrongType(name, "string")
    case "array":
      return listProblem(name, rule, value)
    case "object":
      return isObject(value) || value === "" || (isArray(value) && value.length === 0)
        ? undefined
        : wrongType(name, "object")
    case "mixed":
      return undefined
  }
}

const stringProblem = (name: string, rule: Rule, value: string): ParamProblem | undefined => {
  if (rule.enum !== undefined && !rule.enum.includes(value)) return notInEnum(name, rule.enum)
  if (rule.format === "date-time" && parse(value) === undefined) {
    return { code: "rest_invalid_date", message: "Invalid date.", data: null }
  }
  if (rule.format === "email" && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value)) {
    return { code: "rest_invalid_email", message: "Invalid email address.", data: null }
  }
  return undefined
}

const listProblem = (name: string, rule: Rule, value: Json): ParamProblem | undefined => {
  const list = listOf(value)
  if (list === undefined) return wrongType(name, "array")
  const items = rule.items
  if (items === undefined) return undefined
  for (const [position, item] of list.entries()) {
    const problem = problemOf(`${name}[${position}]`, items, item)
    if (problem !== undefined) return problem
  }
  return undefined
}

const outOfBounds = (name: string, rule: Rule, value: number): ParamProblem | undefined => {
  const low = rule.minimum !== undefined && value < rule.minimum
  const high = rule.maximum !== undefined && value > rule.maximum
  if (!low && !high) return undefined
  const message =
    rule.minimum !== undefined && rule.maximum !== undefined
      ? `${name} must be between ${rule.minimum} (inclusive) and ${rule.maximum} (inclusive)`
      : low
        ? `${name} must be greater than or equal to ${rule.minimum}`
        : `${name} must be less than or equal to ${rule.maximum}`
  return { code: "rest_out_of_bounds", message, data: null }
}

const notInEnum = (name: string, allowed: ReadonlyArray<string>): ParamProblem => ({
  code: "rest_not_in_enum",
  message:
    allowed.length === 1
      ? `${name} is not ${allowed[0]}.`
      : `${name} is not one of ${allowed.slice(0, -1).join(", ")}, and ${allowed.at(-1)}.`,
  data: null
})

const isNumeric = (value: Json): boolean =>
  typeof value === "number" ||
  (typeof value === "string" && value.trim() !== "" && Number.isFinite(Number(value)))

const isInteger = (value: Json): boolean => isNumeric(value) && Number.isInteger(Number(value))

const isBoolean = (value: Json): boolean =>
  typeof value === "boolean" ||
  value === 0 ||
  value === 1 ||
  (typeof value === "string" && ["true", "false", "0", "1"].includes(value.toLowerCase()))

/** A list, or a text of values set apart by commas or blanks. */
const listOf = (value: Json): ReadonlyArray<Json> | undefined =>
  isArray(value)
    ? value
    : typeof value === "string"
      ? value.split(/[\s,]+/).filter((part) => part !== "")
      : typeof value === "number"
        ? [value]
        : isObject(value)
          ? undefined
          : undefined

const sanitize = (rule: Rule, value: Json): Json => {
  if (rule.nullable === true && (value === null || value === "")) return null
  if (rule.type === "integer" || rule.type === "number") return Number(value)
  if (rule.type === "boolean")
    return (
      value === true ||
      value === 1 ||
      (typeof value === "string" && ["true", "1"].includes(value.toLowerCase()))
    )
  if (rule.type === "array") {
    const items = rule.items
    return (listOf(value) ?? []).map((item) => (items === undefined ? item : sanitize(items, item)))
  }
  return value
}

/** Typed reads of checked values: a parameter that is absent gives the fallback. */
export const text = (values: JsonObject, name: string): string | undefined => {
  const value = values[name]
  return typeof value === "string" ? value : undefined
}

export const integer = (values: JsonObject, name: string, fallback: number): number => {
  const value = values[name]
  return typeof value === "number" ? value : fallback
}

export const flag = (values: JsonObject, name: string): boolean | undefined => {
  const value = values[name]
  return typeof value === "boolean" ? value : undefined
}

export const integers = (values: JsonObject, name: string): ReadonlyArray<number> => {
  const value = values[name]
  return isArray(value) ? value.filter((entry) => typeof entry === "number") : []
}

export const texts = (values: JsonObject, name: string): ReadonlyArray<string> => {
  const value = values[name]
  return isArray(value) ? value.filter((entry) => typeof entry === "string") : []
}
