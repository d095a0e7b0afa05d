import * as Config from "effect/Config"
import * as Schema from "effect/Schema"

const whole = (name: string, minimum: number, maximum: number, fallback: number) =>
  Config.schema(
    Schema.FiniteFromString.check(Schema.isInt(), Schema.isBetween({ minimum, maximum })),
    name
  ).pipe(Config.withDefault(fallback))

/** Every variable that this service reads. */
export const SyncConfig = Config.all({
  /** Port 0 takes any free one. */
  server: Config.all({
    host: Config.NonEmptyString("SYNC_HOST").pipe(Config.withDefault("127.0.0.1")),
    port: whole("SYNC_PORT", 0, 65_535, 4102)
  }),
  database: Config.all({
    url: Config.Redacted("DATABASE_URL"),
    /** For the lock that lives in a session, where DATABASE_URL is a pooler. */
    directUrl: Config.option(Config.Redacted("DATABASE_DIRECT_URL"))
  }),
  catalog: Config.all({
    baseUrl: Config.NonEmptyString("CATALOG_URL").pipe(Config.withDefault("http://127.0.0.1:4101"))
  }),
  shop: Config.all({
    url: Config.NonEmptyString("WOO_URL"),
    consumerKey: Config.Redacted("WOO_CONSUMER_KEY"),
    consumerSecret: Config.Redacted("WOO_CONSUMER_SECRET"),
    maxConcurrency: whole("SYNC_CONCURRENCY", 1, 32, 4)
  }),
  operatorToken: Config.Redacted("OPTICA_OPERATOR_TOKEN"),
  settings: Config.all({
    onStart: Config.Literals(["auto", "never"], "SYNC_ON_START").pipe(Config.withDefault("auto" as const)),
    pageSize: whole("SYNC_PAGE_SIZE", 2, 100, 100),
    concurrency: whole("SYNC_CONCURRENCY", 1, 32, 4),
    patienceMs: whole("SYNC_PATIENCE_MS", 0, 86_400_000, 300_000)
  })
})
