import * as Config from "effect/Config"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"

/** A port that another one stands in for when it is taken, unless it was asked for. */
export interface PortWish {
  readonly port: number
  readonly asked: boolean
}

const whole = (name: string, minimum: number, maximum: number) =>
  Config.schema(
    Schema.FiniteFromString.check(
      Schema.makeFilter((it) => Number.isInteger(it) && it >= minimum && it <= maximum, {
        message: `Expected a whole number from ${minimum} to ${maximum}`
      })
    ),
    name
  )

const port = (name: string, usual: number): Config.Config<PortWish> =>
  Config.option(whole(name, 0, 65_535)).pipe(
    Config.map((asked) => ({ port: Option.getOrElse(asked, () => usual), asked: Option.isSome(asked) }))
  )

const token = Config.schema(
  Schema.String.check(
    Schema.isPattern(/^\S{16,}$/, { message: "Expected at least 16 characters without blanks" })
  ),
  "OPTICA_OPERATOR_TOKEN"
).pipe(Config.map((text) => Redacted.make(text)))

/** Everything that `npm start` reads beside the settings of the edge and of telemetry. */
export const StandaloneConfig = Config.all({
  /** Folder of what is kept: PostgreSQL's data, the operator's token. */
  dataDir: Config.NonEmptyString("OPTICA_DATA").pipe(Config.withDefault(".optica")),
  /** A PostgreSQL to use instead of the embedded one; its role has to be allowed to create roles and schemas. */
  databaseUrl: Config.option(Config.Redacted("DATABASE_URL")),
  operatorToken: Config.option(token),
  catalogPort: port("CATALOG_PORT", 4101),
  syncPort: port("SYNC_PORT", 4102),
  demoPort: port("DEMO_PORT", 4180),
  demoProducts: whole("DEMO_PRODUCTS", 1, 1_000_000).pipe(Config.withDefault(600)),
  /** The shop to mirror; the demo store when it is not set. */
  wooUrl: Config.option(Config.NonEmptyString("WOO_URL"))
})

/** The key of a real shop: needed once WOO_URL is set. */
export const ShopKeyConfig = Config.all({
  consumerKey: Config.Redacted("WOO_CONSUMER_KEY"),
  consumerSecret: Config.Redacted("WOO_CONSUMER_SECRET")
})
