import { readFile } from "node:fs/promises"
import { join } from "node:path"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { CommandFailed } from "./CommandFailed.ts"

/** Where a service is, and who we are to it. */
export interface Endpoint {
  readonly url: string
  readonly operatorToken: Redacted.Redacted<string>
  /** The file that the token was read from; undefined when it was set. */
  readonly tokenFile: string | undefined
}

/** What `npm start` leaves in its data folder while it runs. */
const Standalone = Schema.fromJsonString(
  Schema.Struct({ sync: Schema.String, catalog: Schema.String, operatorToken: Schema.NonEmptyString })
)

const address = (name: string, example: string) =>
  Effect.mapError(
    Config.option(
      Config.schema(
        Schema.String.check(Schema.makeFilter((it) => /^https?:\/\//.test(it) && URL.canParse(it))),
        name
      )
    ),
    () => new CommandFailed({ message: `${name} must be the address of the service, such as ${example}.` })
  )

const settings = Effect.all({
  sync: address("SYNC_URL", "http://127.0.0.1:4102"),
  catalog: address("CATALOG_URL", "http://127.0.0.1:4101"),
  operatorToken: Config.option(Config.Redacted("OPTICA_OPERATOR_TOKEN")),
  dataDir: Config.NonEmptyString("OPTICA_DATA").pipe(Config.withDefault(".optica"))
})

const variables = {
  sync: "SYNC_URL",
  catalog: "CATALOG_URL",
  operatorToken: "OPTICA_OPERATOR_TOKEN"
} as const

/** From the environment; what is not set there, from the data folder of a running `npm start`. */
export const endpoint = Effect.fnUntraced(function* (service: "sync" | "catalog") {
  const { dataDir, operatorToken, ...urls } = yield* settings
  const file = join(dataDir, "standalone.json")
  const written = yield* Effect.option(
    Effect.flatMap(
      Effect.tryPromise(() => readFile(file, "utf8")),
      Schema.decodeUnknownEffect(Standalone)
    )
  )
  const pick = (key: "sync" | "catalog" | "operatorToken", given: Option.Option<string>) =>
    Option.match(
      Option.orElse(given, () => Option.map(written, (it) => it[key])),
      {
        onSome: Effect.succeed,
        onNone: () =>
          new CommandFailed({
            message: `The services were not found: ${variables[key]} is not set, and there is no ${file} to read. Start them with \`npm start\` in this folder (or set OPTICA_DATA), or set ${variables[service]} and OPTICA_OPERATOR_TOKEN.`
          })
      }
    )
  const found: Endpoint = {
    url: yield* pick(service, urls[service]),
    operatorToken: Redacted.make(yield* pick("operatorToken", Option.map(operatorToken, Redacted.value))),
    tokenFile: Option.isSome(operatorToken) ? undefined : file
  }
  return found
})
