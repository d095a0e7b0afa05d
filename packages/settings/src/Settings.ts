/**
 * Environment variables, read in one voice by every service: whoever starts one is told of all settings that are missing or
 * wrong at once, each in a sentence that names it and says what it must be, and never what it was: it may be a secret.
 */
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"

/** Settings that are missing or wrong, a sentence for each. */
export class WrongSettings extends Schema.TaggedError<WrongSettings>()("WrongSettings", {
  sentences: Schema.Array(Schema.String)
}) {
  override get message() {
    return this.sentences.join("\n")
  }
}

/** One variable. An empty one is not set. */
export interface Setting<A> {
  /** None where it is not set; fails with the sentence that says what it must be. */
  readonly read: Effect.Effect<Option.Option<A>, string>
  /** What is said where it is needed and not set. */
  readonly sentence: string
}

/** Text that passes a test. `rule` completes "NAME must be …". */
export const text = (name: string, passes: (text: string) => boolean, rule: string): Setting<string> => {
  const sentence = `${name} must be ${rule}.`
  return {
    sentence,
    read: Effect.mapBoth(
      Effect.suspend(() =>
        Config.option(Config.schema(Schema.String.check(Schema.makeFilter(passes)), name))
      ),
      { onSuccess: Option.filter((it) => it !== ""), onFailure: () => sentence }
    )
  }
}

/** What is made of a setting. */
export const map = <A, B>(setting: Setting<A>, make: (value: A) => B): Setting<B> => ({
  ...setting,
  read: Effect.map(setting.read, Option.map(make))
})

/** A whole number in plain digits; `unit` completes "a whole number of …". */
export const whole = (
  name: string,
  bounds: { readonly least: number; readonly most: number; readonly unit?: string }
): Setting<number> => {
  const { least, most, unit } = bounds
  const passes = (it: string) => /^[0-9]{1,15}$/.test(it) && Number(it) >= least && Number(it) <= most
  const rule = `a whole number${unit === undefined ? "" : ` of ${unit}`} from ${least} to ${most}`
  return map(text(name, passes, rule), Number)
}

/** A TCP port to listen on. */
export const port = (name: string): Setting<number> =>
  map(
    text(
      name,
      (it) => /^[0-9]{1,5}$/.test(it) && Number(it) <= 65_535,
      "a whole number from 0 to 65535; 0 takes any free port"
    ),
    Number
  )

/** An address of this machine to listen on. */
export const host = (name: string): Setting<string> =>
  text(name, (it) => !/\s/.test(it), "an address to listen on, such as 127.0.0.1 or 0.0.0.0")

/** The address of a service; `whose` completes "the address of …". */
export const url = (name: string, whose: string): Setting<string> =>
  text(
    name,
    (it) => /^https?:\/\//i.test(it) && URL.canParse(it),
    `the address of ${whose}, such as http://127.0.0.1:4101`
  )

/** One of some words. */
export const oneOf = <const Words extends ReadonlyArray<string>>(
  name: string,
  words: Words
): Setting<Words[number]> => {
  const find = (it: string): Words[number] | undefined => words.find((word) => word === it)
  const setting = text(name, (it) => find(it) !== undefined, `one of ${words.join(", ")}`)
  return { ...setting, read: Effect.map(setting.read, Option.flatMapNullishOr(find)) }
}

/** The parts of a list that is separated by commas, trimmed; empty parts are left out. */
export const list = (
  name: string,
  passes: (part: string) => boolean,
  rule: string
): Setting<ReadonlyArray<string>> => {
  const parts = (it: string) =>
    it
      .split(",")
      .map((part) => part.trim())
      .filter((part) => part !== "")
  return map(
    text(name, (it) => parts(it).every(passes), rule),
    parts
  )
}

/** Text that is shown to nobody. */
export const secret = (
  name: string,
  rule: string,
  passes: (text: string) => boolean = () => true
): Setting<Redacted.Redacted<string>> => map(text(name, passes, rule), (it) => Redacted.make(it))

/** The address of PostgreSQL with the password of the service's role. */
export const databaseUrl = (name: string): Setting<Redacted.Redacted<string>> =>
  secret(name, "the address of PostgreSQL, such as postgres://role:password@127.0.0.1/database")

/** The bearer token of the operator. */
export const operatorToken: Setting<Redacted.Redacted<string>> = secret(
  "OPTICA_OPERATOR_TOKEN",
  "at least 16 characters without blanks, the same for all services",
  (it) => /^\S{16,}$/.test(it)
)

/** Has to be set. */
export const required = <A>(setting: Setting<A>): Effect.Effect<A, string> =>
  Effect.flatMap(
    setting.read,
    Option.match({ onNone: () => Effect.fail(setting.sentence), onSome: (value) => Effect.succeed(value) })
  )

/** Need not be set. */
export const withDefault = <A, B>(setting: Setting<A>, fallback: B): Effect.Effect<A | B, string> =>
  Effect.map(
    setting.read,
    Option.getOrElse(() => fallback)
  )

/**
 * Reads settings together: `together(settings, Effect.all(settings))`. The record is given twice because only Effect.all can
 * tell the type of what it makes.
 */
export const together = <A>(
  settings: Readonly<Record<string, Effect.Effect<unknown, string>>>,
  all: Effect.Effect<A, string>
): Effect.Effect<A, WrongSettings> =>
  Effect.flatMap(
    Effect.partition(Object.values(settings), (setting) => setting),
    ([, sentences]) =>
      Effect.mapError(
        sentences.length > 0 ? Effect.fail(sentences) : Effect.mapError(all, (sentence) => [sentence]),
        (wrong) => new WrongSettings({ sentences: wrong })
      )
  )
