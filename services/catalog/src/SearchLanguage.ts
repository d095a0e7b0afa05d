import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { SqlClient } from "effect/sql/SqlClient"
import { readLanguages } from "./CatalogSql/readLanguages.ts"

/** PostgreSQL has no such language. */
export class SearchLanguageUnknown extends Schema.TaggedError<SearchLanguageUnknown>()(
  "SearchLanguageUnknown",
  { message: Schema.String }
) {}

/** Fails where texts could not be searched in this language: at the start, not with the first search. */
export const checkSearchLanguage = Effect.fnUntraced(function* (sql: SqlClient, language: string) {
  const languages = yield* readLanguages(sql)
  if (languages.includes(language)) return
  return yield* new SearchLanguageUnknown({
    message: `CATALOG_SEARCH_LANGUAGE is "${language}", which PostgreSQL has no text search configuration for: it has ${languages.join(", ")}.`
  })
})
