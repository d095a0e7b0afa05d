import * as Settings from "@optica/settings/Settings"
import * as Effect from "effect/Effect"

/** How the catalogue itself behaves. */
const own = {
  /** Keys of meta_data that the public may see. */
  metaAllow: Settings.withDefault(
    Settings.list("CATALOG_META_ALLOW", () => true, "keys of meta_data, separated by commas"),
    []
  ),
  /**
   * The language of the shop's texts, as PostgreSQL names it (`SELECT cfgname FROM pg_ts_config`): words are found in all
   * their forms. `simple` for a shop of several languages.
   */
  searchLanguage: Settings.withDefault(
    Settings.text(
      "CATALOG_SEARCH_LANGUAGE",
      (it) => /^[a-z]{1,40}$/.test(it),
      "the name of a language such as english, russian or simple"
    ),
    "english"
  )
}

const all = {
  ...own,
  host: Settings.withDefault(Settings.host("CATALOG_HOST"), "127.0.0.1"),
  /** 0 takes any free port. */
  port: Settings.withDefault(Settings.port("CATALOG_PORT"), 4101),
  databaseUrl: Settings.required(Settings.databaseUrl("DATABASE_URL")),
  operatorToken: Settings.required(Settings.operatorToken)
}

/** The settings of the catalogue where database and token are handed to it, as in one process with others. */
export const ownConfig = Settings.together(own, Effect.all(own))

/** Every setting of the catalogue. */
export const catalogConfig = Settings.together(all, Effect.all(all))
