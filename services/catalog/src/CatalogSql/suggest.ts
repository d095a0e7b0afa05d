import { fromBinary } from "@bufbuild/protobuf"
import { CategorySchema } from "@optica/contracts/optica/catalog/v1/category_pb"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { SqlClient } from "effect/sql/SqlClient"
import type { Fragment } from "effect/sql/Statement"
import { searchWords } from "../SearchWords.ts"
import { kind } from "./choices.ts"
import { texts } from "./Parameters.ts"
import { askedWith, titled } from "./textHits.ts"

/** A category or brand, and how many listed products it has. */
export interface Term {
  readonly id: bigint
  readonly name: string
  readonly slug: string
  readonly count: bigint
}

const Suggested = Schema.Struct({
  place: Schema.Literals(["nothing", "product", "category", "brand"]),
  id: Schema.NullOr(Schema.BigInt),
  name: Schema.NullOr(Schema.String),
  slug: Schema.NullOr(Schema.String),
  count: Schema.NullOr(Schema.BigInt),
  document: Schema.NullOr(Schema.Uint8Array),
  query: Schema.NullOr(Schema.String),
  catalogue_changed_at: Schema.Date
})
const decodeSuggested = Schema.decodeUnknownEffect(Schema.Array(Suggested))

/** Popular products that are looked through before the index of words: a letter finds enough among the first of them. */
const POPULAR = 500

/** Products that are in searches only and looked through as well. */
const BESIDE = 200

/**
 * What a text that is being typed may mean, each the best first: products that are called so (by name, codes and brands),
 * the last word being a beginning; categories and brands with a word in their name for each of its words that begins so. One snapshot.
 */
export const suggest = Effect.fnUntraced(function* (
  sql: SqlClient,
  language: string,
  text: string,
  limit: number
) {
  const search = searchWords(text)
  const most = sql.literal(String(Math.trunc(limit)))
  const has = sql`EXISTS (
    SELECT FROM product_texts WHERE product_id = id AND words @@ (SELECT in_title FROM called) OFFSET 0)`
  const rows = yield* sql`
    WITH ${askedWith(sql, language, search, 1)},
    called AS MATERIALIZED (SELECT ${titled(sql)} AS in_title FROM asked),
    popular AS MATERIALIZED (
      SELECT id, total_sales FROM (
        SELECT id, total_sales FROM products WHERE is_listed
        ORDER BY total_sales DESC, id DESC LIMIT ${sql.literal(String(POPULAR))}
      ) first WHERE ${has} ORDER BY total_sales DESC, id DESC LIMIT ${most}
    ),
    beside AS MATERIALIZED (
      SELECT id, total_sales FROM (
        SELECT id, total_sales FROM products WHERE is_searchable AND NOT is_listed
        ORDER BY total_sales DESC, id DESC LIMIT ${sql.literal(String(BESIDE))}
      ) first WHERE ${has}
    ),
    rare AS MATERIALIZED (
      SELECT product_id AS id, total_sales FROM product_texts
      WHERE (SELECT count(*) FROM popular) < ${most} AND words @@ (SELECT in_title FROM called)
      ORDER BY total_sales DESC, product_id DESC LIMIT ${most}
    ),
    chosen AS MATERIALIZED (
      SELECT id, total_sales FROM popular UNION SELECT id, total_sales FROM beside UNION SELECT id, total_sales FROM rare
      ORDER BY total_sales DESC, id DESC LIMIT ${most}
    ),
    suggested AS (
      SELECT 'product' AS place, id, NULL::text AS name, NULL::text AS slug, total_sales AS count, document
      FROM chosen JOIN LATERAL (SELECT document FROM products WHERE products.id = chosen.id OFFSET 0) its ON true
      UNION ALL (
        SELECT 'category', category.id, NULL, NULL, n, category.document
        FROM categories category JOIN facet_values subtree
          ON subtree.kind = ${kind(sql, "subtree")} AND subtree.scope = '' AND subtree.key = category.id::text
        CROSS JOIN LATERAL ${listedOf(sql, sql`subtree.id`)} counted
        WHERE ${namesAll(sql, sql`category.title_key`, search.words)} AND n > 0 ORDER BY n DESC, category.id LIMIT ${most})
      UNION ALL (
        SELECT 'brand', brand.key::bigint, brand.name, brand.slug, n, NULL
        FROM facet_values brand CROSS JOIN LATERAL ${listedOf(sql, sql`brand.id`)} counted
        WHERE brand.kind = ${kind(sql, "brand")} AND brand.scope = '' AND n > 0
          AND ${namesAll(sql, sql`brand.name`, search.words)} ORDER BY n DESC, brand.key::bigint LIMIT ${most})
    )
    SELECT coalesce(place, 'nothing') AS place, id, name, slug, count, document, query::text,
      catalogue.changed_at AS catalogue_changed_at
    FROM catalogue CROSS JOIN asked LEFT JOIN suggested ON true ORDER BY place, count DESC, id`
  const suggested = yield* Effect.orDie(decodeSuggested(rows))
  const of = (place: string) => suggested.filter((row) => row.place === place)
  return {
    /** What was looked for, for the highlights; null where the text has no word. */
    query: suggested[0]?.query ?? null,
    lastModified: suggested[0]?.catalogue_changed_at ?? new Date(0),
    /** Messages of products. */
    products: of("product").flatMap(({ document }) => (document === null ? [] : [document])),
    categories: of("category").flatMap(({ count, document }): ReadonlyArray<Term> => {
      if (document === null) return []
      const { id, name, slug } = fromBinary(CategorySchema, document)
      return [{ id, name, slug, count: count ?? 0n }]
    }),
    brands: of("brand").map(
      ({ count, id, name, slug }): Term => ({
        id: id ?? 0n,
        name: name ?? "",
        slug: slug ?? "",
        count: count ?? 0n
      })
    )
  }
})

/** How many listed products have a value. */
const listedOf = (sql: SqlClient, value: Fragment): Fragment => sql`(
  SELECT coalesce(sum(bit_count(its.bits & listed.bits)), 0)::bigint AS n
  FROM facet_bits its JOIN facet_bits listed USING (chunk)
  WHERE its.value_id = ${value} AND listed.value_id = (
    SELECT id FROM facet_values WHERE kind = ${kind(sql, "listed")} AND scope = '' AND key = '')
  OFFSET 0)`

/**
 * Whether a name has for each word one that begins so. Names are as the shop wrote them: a database of the locale C folds
 * the case of ASCII only, so other alphabets are compared in the cases that names are written in.
 */
const namesAll = (sql: SqlClient, name: Fragment, words: ReadonlyArray<string>): Fragment => {
  const cases = words.map((word) => [
    word,
    word.slice(0, 1).toUpperCase() + word.slice(1),
    word.toUpperCase()
  ])
  return words.length === 0
    ? sql`false`
    : sql.and(
        cases.map(
          (written) => sql`EXISTS (
            SELECT FROM regexp_split_to_table(unaccent(${name}), '[[:space:][:punct:]]+') part,
              unnest(${texts(written)}::text[]) begun
            WHERE starts_with(part, unaccent(begun)) OR starts_with(lower(part), unaccent(begun)))`
        )
      )
}
