import * as Config from "effect/Config"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"

const whole = (name: string, minimum: number, maximum: number, fallback: number) =>
  Config.schema(
    Schema.FiniteFromString.check(Schema.isInt(), Schema.isBetween({ minimum, maximum })),
    name
  ).pipe(Config.withDefault(fallback))

const text = (name: string, passes: (text: string) => boolean, rule: string) =>
  Config.schema(Schema.String.check(Schema.makeFilter((it) => passes(it) || rule)), name)

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
    baseUrl: text(
      "CATALOG_URL",
      (it) => /^https?:\/\//.test(it) && URL.canParse(it),
      "Must be the address of the catalogue, such as http://127.0.0.1:4101"
    ).pipe(Config.withDefault("http://127.0.0.1:4101"))
  }),
  shop: Config.all({
    url: Config.NonEmptyString("WOO_URL"),
    consumerKey: Config.Redacted("WOO_CONSUMER_KEY"),
    consumerSecret: Config.Redacted("WOO_CONSUMER_SECRET")
  }),
  operatorToken: text(
    "OPTICA_OPERATOR_TOKEN",
    (it) => /^\S{16,}$/.test(it),
    "Must be at least 16 characters without blanks, the same for all services"
  ).pipe(Config.map((it) => Redacted.make(it))),
  settings: Config.all({
    onStart: Config.Literals(["auto", "never"], "SYNC_ON_START").pipe(Config.withDefault("auto" as const)),
    pageSize: whole("SYNC_PAGE_SIZE", 2, 100, 100),
    concurrency: whole("SYNC_CONCURRENCY", 1, 32, 4),
    firstAnswerMs: Config.succeed(15_000),
    patienceMs: whole("SYNC_PATIENCE_MS", 0, 86_400_000, 300_000)
  })
})
