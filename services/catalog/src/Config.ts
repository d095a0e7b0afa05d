import * as Config from "effect/Config"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"

/** Keys of meta_data that the public may see, comma-separated. */
export const MetaAllow = Config.String("CATALOG_META_ALLOW").pipe(
  Config.withDefault(""),
  Config.map((text) =>
    text
      .split(",")
      .map((key) => key.trim())
      .filter((key) => key !== "")
  )
)

/**
 * The language of the shop's texts, as PostgreSQL names it (`SELECT cfgname FROM pg_ts_config`): words are found in all
 * their forms. `simple` for a shop of several languages.
 */
export const SearchLanguage = Config.schema(
  Schema.String.check(
    Schema.isPattern(/^[a-z]{1,40}$/, {
      message: "Expected the name of a language such as english, russian or simple"
    })
  ),
  "CATALOG_SEARCH_LANGUAGE"
).pipe(Config.withDefault("english"))

/** 0 takes any free port. */
const port = Config.schema(
  Schema.NumberFromString.check(Schema.isInt(), Schema.isBetween({ minimum: 0, maximum: 65535 })),
  "CATALOG_PORT"
)

/** The same rule as in every service that shares it. */
const operatorToken = Config.schema(
  Schema.String.check(
    Schema.isPattern(/^\S{16,}$/, { message: "Expected at least 16 characters without blanks" })
  ),
  "OPTICA_OPERATOR_TOKEN"
).pipe(Config.map((text) => Redacted.make(text)))

/** Everything that the catalogue reads from its environment. */
export const CatalogConfig = Config.all({
  host: Config.NonEmptyString("CATALOG_HOST").pipe(Config.withDefault("127.0.0.1")),
  port: port.pipe(Config.withDefault(4101)),
  databaseUrl: Config.Redacted("DATABASE_URL"),
  operatorToken,
  metaAllow: MetaAllow,
  searchLanguage: SearchLanguage
})
