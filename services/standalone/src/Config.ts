import * as Settings from "@optica/settings/Settings"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

/** A port that another one stands in for when it is taken, unless it was asked for. */
export interface PortWish {
  readonly port: number
  readonly asked: boolean
}

const port = (name: string, usual: number): Effect.Effect<PortWish, string> =>
  Effect.map(Settings.port(name).read, (asked) => ({
    port: Option.getOrElse(asked, () => usual),
    asked: Option.isSome(asked)
  }))

const settings = {
  /** Folder of what is kept: PostgreSQL's data, the operator's token. */
  dataDir: Settings.withDefault(
    Settings.text("OPTICA_DATA", () => true, "a folder"),
    ".optica"
  ),
  /** A PostgreSQL to use instead of the embedded one; its role has to be allowed to create roles and schemas. */
  databaseUrl: Settings.databaseUrl("DATABASE_URL").read,
  operatorToken: Settings.operatorToken.read,
  catalogPort: port("CATALOG_PORT", 4101),
  syncPort: port("SYNC_PORT", 4102),
  demoPort: port("DEMO_PORT", 4180),
  demoProducts: Settings.withDefault(Settings.whole("DEMO_PRODUCTS", { least: 1, most: 1_000_000 }), 600),
  /** The shop to mirror; the demo store when it is not set. */
  wooUrl: Settings.text("WOO_URL", () => true, "the address of the shop, such as https://shop.example").read
}

/** Everything that `npm start` reads beside the settings of the edge and of telemetry. */
export const standaloneConfig = Settings.together(settings, Effect.all(settings))

const shopKey = {
  consumerKey: Settings.required(Settings.secret("WOO_CONSUMER_KEY", "the shop's REST API key, ck_…")),
  consumerSecret: Settings.required(
    Settings.secret("WOO_CONSUMER_SECRET", "the shop's REST API secret, cs_…")
  )
}

/** The key of a real shop: needed once WOO_URL is set. */
export const shopKeyConfig = Settings.together(shopKey, Effect.all(shopKey))
