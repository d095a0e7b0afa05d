import * as Settings from "@optica/settings/Settings"
import * as Effect from "effect/Effect"

const whole = (name: string, least: number, most: number, fallback: number, unit: string) =>
  Settings.withDefault(Settings.whole(name, { least, most, unit }), fallback)

const settings = {
  host: Settings.withDefault(Settings.host("SYNC_HOST"), "127.0.0.1"),
  /** 0 takes any free one. */
  port: Settings.withDefault(Settings.port("SYNC_PORT"), 4102),
  databaseUrl: Settings.required(Settings.databaseUrl("DATABASE_URL")),
  /** For the lock that lives in a session, where DATABASE_URL is a pooler. */
  directUrl: Settings.databaseUrl("DATABASE_DIRECT_URL").read,
  catalogUrl: Settings.withDefault(Settings.url("CATALOG_URL", "the catalogue"), "http://127.0.0.1:4101"),
  shopUrl: Settings.required(
    Settings.text("WOO_URL", () => true, "the address of the shop, such as https://shop.example")
  ),
  consumerKey: Settings.required(Settings.secret("WOO_CONSUMER_KEY", "the shop's REST API key, ck_…")),
  consumerSecret: Settings.required(
    Settings.secret("WOO_CONSUMER_SECRET", "the shop's REST API secret, cs_…")
  ),
  operatorToken: Settings.required(Settings.operatorToken),
  onStart: Settings.withDefault(Settings.oneOf("SYNC_ON_START", ["auto", "never"]), "auto" as const),
  pageSize: whole("SYNC_PAGE_SIZE", 2, 100, 100, "products"),
  concurrency: whole("SYNC_CONCURRENCY", 1, 32, 4, "requests"),
  patienceMs: whole("SYNC_PATIENCE_MS", 0, 86_400_000, 300_000, "milliseconds")
}

/** Every variable that this service reads. */
export const syncConfig = Settings.together(settings, Effect.all(settings))
