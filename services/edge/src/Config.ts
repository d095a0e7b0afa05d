import { isBaseUrl } from "@optica/connect/ConnectClient"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"

/** Settings that are missing or wrong: one sentence for each, which names it and says what it must be. */
export class WrongSettings extends Schema.TaggedError<WrongSettings>()("WrongSettings", {
  sentences: Schema.Array(Schema.String)
}) {
  override get message() {
    return this.sentences.join("\n")
  }
}

/** A variable, read as text that passes a test. */
const text = (name: string, passes: (text: string) => boolean) =>
  Config.schema(Schema.String.check(Schema.makeFilter(passes)), name)

const whole = (name: string, minimum: number, maximum: number) =>
  text(name, (it) => /^[0-9]{1,9}$/.test(it) && Number(it) >= minimum && Number(it) <= maximum).pipe(
    Config.map(Number)
  )

const url = (name: string) => text(name, isBaseUrl)

const originsOf = (list: string): ReadonlyArray<string> =>
  list
    .split(",")
    .map((it) => it.trim())
    .filter((it) => it !== "")

const isOrigin = (it: string): boolean =>
  /^https?:\/\//.test(it) && URL.canParse(it) && new URL(it).origin === it

/** Reads a variable, or fails with the sentence that says how it must be. */
const read = <A>(config: Config.Config<A>, sentence: string): Effect.Effect<A, string> =>
  Effect.mapError(config, () => sentence)

/** How long caches may keep answers of one kind. */
const maxAge = (name: string, seconds: number) =>
  read(
    whole(name, 0, 86_400).pipe(Config.withDefault(seconds)),
    `${name} must be a whole number of seconds from 0 to 86400.`
  )

/** How the edge itself behaves. */
const own = {
  host: read(
    text("HOST", (it) => it !== "" && !/\s/.test(it)).pipe(Config.withDefault("127.0.0.1")),
    "HOST must be an address to listen on, such as 127.0.0.1 or 0.0.0.0."
  ),
  port: read(
    whole("PORT", 0, 65_535).pipe(Config.withDefault(3000)),
    "PORT must be a whole number from 0 to 65535; 0 takes any free port."
  ),
  corsOrigins: read(
    text("CORS_ORIGIN", (it) => originsOf(it).every(isOrigin)).pipe(
      Config.withDefault(""),
      Config.map(originsOf)
    ),
    "CORS_ORIGIN must list origins such as https://shop.example, separated by commas; * is none, and an origin has no path."
  ),
  requestTimeoutMs: read(
    whole("REQUEST_TIMEOUT_MS", 100, 600_000).pipe(Config.withDefault(10_000)),
    "REQUEST_TIMEOUT_MS must be a whole number of milliseconds from 100 to 600000."
  ),
  productMaxAge: maxAge("CACHE_TTL_PRODUCT", 30),
  listMaxAge: maxAge("CACHE_TTL_LIST", 15),
  stockMaxAge: maxAge("CACHE_TTL_STOCK", 10),
  reviewsMaxAge: maxAge("CACHE_TTL_REVIEWS", 60),
  searchMaxAge: maxAge("CACHE_TTL_SEARCH", 30)
}

/** Where it finds the services behind it, and what lets it in. */
const upstreams = {
  catalogUrl: read(
    url("CATALOG_URL").pipe(Config.withDefault("http://127.0.0.1:4101")),
    "CATALOG_URL must be the address of the catalogue, such as http://127.0.0.1:4101."
  ),
  syncUrl: read(
    url("SYNC_URL").pipe(Config.withDefault("http://127.0.0.1:4102")),
    "SYNC_URL must be the address of the sync service, such as http://127.0.0.1:4102."
  ),
  operatorToken: read(
    text("OPTICA_OPERATOR_TOKEN", (it) => /^\S{16,}$/.test(it)).pipe(Config.map((it) => Redacted.make(it))),
    "OPTICA_OPERATOR_TOKEN must be at least 16 characters without blanks, the same for all services."
  )
}

/** Reads them together, and tells of all that are wrong at once. */
const readAll = <A>(
  variables: Record<string, Effect.Effect<unknown, string>>,
  together: Effect.Effect<A, string>
): Effect.Effect<A, WrongSettings> =>
  Effect.flatMap(
    Effect.partition(Object.values(variables), (variable) => variable),
    ([, sentences]) =>
      Effect.mapError(
        sentences.length > 0 ? Effect.fail(sentences) : Effect.mapError(together, (sentence) => [sentence]),
        (sentences) => new WrongSettings({ sentences })
      )
  )

/** The settings of the edge where its upstreams are handed to it, as in one process with them. */
export const ownConfig = readAll(own, Effect.all(own))

const all = { ...own, ...upstreams }

/** Every setting of the edge. */
export const edgeConfig = readAll(all, Effect.all(all))
