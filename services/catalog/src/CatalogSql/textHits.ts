import type { SqlClient } from "effect/sql/SqlClient"
import type { Fragment } from "effect/sql/Statement"
import { CHUNK } from "../FacetValue.ts"
import type { SearchWords } from "../SearchWords.ts"
import { integers, texts } from "./Parameters.ts"
import { alike, configurationOf, inTitle } from "./writeTexts.ts"

/**
 * Parts of a WITH clause. `hits (chunk, bits)` are the products that a text finds, in any base: intersected with
 * `matchingBits(sql, "searchable", …)` they are what the list of a search counts;
 * `exact (product_id)` those whose own SKU or GTIN it is, or that of one of their variations; `looked_for (query,
 * in_title, corrected)` is what was looked for, as the whole text and as what it is called (name, codes, brands), and the words where they are not
 * those that were typed, "" otherwise. A text without any word finds nothing.
 *
 * If `few.isOnly`, which is asked once, only the products of `few.texts (ordinal, words)` matter: then these are read, and not all
 * that have a word which is perhaps common. Whether something is mistyped still does not depend on them.
 */
export const textHits = (
  sql: SqlClient,
  language: string,
  search: SearchWords,
  few?: { readonly isOnly: Fragment; readonly texts: Fragment }
): Fragment => {
  const last = lastOf(sql, search)
  // Those of the few that a query of a table finds.
  const amongFew = (query: Fragment) =>
    few === undefined
      ? sql``
      : sql`UNION ALL
        ${bitsOf(sql, sql`${few.texts} its_text WHERE words @@ ${query}`)}`
  const isAnyOf = few === undefined ? sql`true` : sql`NOT ${few.isOnly}`
  return sql`
    ${askedWith(sql, language, search, 2)},
    codes AS MATERIALIZED (${codes(sql, search)}),
    -- Once for each piece, and not for each product.
    beside AS MATERIALIZED (
      SELECT piece, CASE WHEN piece <> 0 THEN (
        SELECT ${allParts(sql)} FROM parts WHERE parts.piece <> coded.piece) END AS query
      FROM (SELECT DISTINCT piece FROM codes) coded
    ),
    found AS MATERIALIZED (
      SELECT chunk, bit_or(bits) AS bits FROM (
        ${bitsOf(sql, sql`product_texts WHERE ${isAnyOf} AND words @@ (SELECT query FROM asked)`)}
        ${amongFew(sql`(SELECT query FROM asked)`)}
        UNION ALL
        -- What was typed beside a code has to be there as well.
        ${bitsOf(
          sql,
          sql`codes JOIN beside USING (piece) CROSS JOIN LATERAL (
            SELECT ordinal, words FROM product_texts WHERE product_texts.product_id = codes.product_id OFFSET 0
          ) its_text WHERE (words @@ beside.query) IS NOT FALSE`
        )}
      ) either GROUP BY 1
    ),
    exact AS MATERIALIZED (SELECT DISTINCT product_id FROM codes WHERE is_whole),
    instead AS MATERIALIZED (
      SELECT typed.n, typed.piece, word, coalesce(other, folded) AS folded, other FROM typed
      LEFT JOIN LATERAL (${mistyped(sql, last)}) meant ON true
      WHERE NOT EXISTS (SELECT FROM found)
        ${few === undefined ? sql`` : sql`AND NOT (${few.isOnly} AND EXISTS (SELECT FROM product_texts WHERE words @@ (SELECT query FROM asked)))`}
    ),
    parts_instead AS MATERIALIZED (${queries(sql, language, sql`instead`, last, 2)}),
    corrected AS MATERIALIZED (
      SELECT CASE WHEN EXISTS (SELECT FROM instead WHERE other IS NOT NULL)
        THEN (SELECT ${allParts(sql)} FROM parts_instead parts) END AS query
    ),
    hits AS MATERIALIZED (
      SELECT chunk, bits FROM found
      UNION ALL
      ${bitsOf(sql, sql`product_texts WHERE ${isAnyOf} AND words @@ (SELECT query FROM corrected)`)}
      ${amongFew(sql`(SELECT query FROM corrected)`)}
    ),
    looked_for AS MATERIALIZED (
      SELECT query, corrected, ${titled(sql)} AS in_title
      FROM (
        SELECT coalesce(corrected.query, asked.query) AS query, CASE WHEN corrected.query IS NULL THEN ''
          ELSE (SELECT string_agg(coalesce(other, word), ' ' ORDER BY n) FROM instead) END AS corrected
        FROM asked CROSS JOIN corrected
      ) chosen
    )`
}

/**
 * Parts of a WITH clause: `typed` are the words of a search, `parts` a query for each of them, `asked (query)` all of these
 * together. The last word is also looked for as a beginning if it has so many letters.
 */
export const askedWith = (
  sql: SqlClient,
  language: string,
  search: SearchWords,
  letters: number
): Fragment => sql`
  typed AS MATERIALIZED (
    SELECT n::int, piece, word, unaccent(word) AS folded
    FROM unnest((SELECT ${texts(search.words)}::text[]), (SELECT ${integers(search.pieces)}::integer[]))
      WITH ORDINALITY typed (word, piece, n)
  ),
  parts AS MATERIALIZED (${queries(sql, language, sql`typed`, lastOf(sql, search), letters)}),
  asked AS MATERIALIZED (SELECT ${allParts(sql)} AS query FROM parts)`

const lastOf = (sql: SqlClient, search: SearchWords): Fragment => sql.literal(String(search.words.length))

const bitsOf = (sql: SqlClient, rows: Fragment): Fragment => {
  const chunk = sql.literal(String(CHUNK))
  return sql`SELECT ordinal / ${chunk} AS chunk, bits_of(ordinal % ${chunk}, 1) AS bits FROM ${rows} GROUP BY 1`
}

/**
 * Each word of a table as a query: its forms, and of the last one also what begins with it. What a language has too much
 * of ("the") is left out, unless there is nothing else.
 */
const queries = (
  sql: SqlClient,
  language: string,
  words: Fragment,
  last: Fragment,
  letters: number
): Fragment => sql`
  SELECT n, piece, folded, CASE
      WHEN numnode(forms) = 0 THEN CASE WHEN bool_and(numnode(forms) = 0) OVER () THEN beginning END
      ELSE coalesce(forms || beginning, forms)
    END AS query
  FROM (
    SELECT n, piece, folded, plainto_tsquery(${configurationOf(sql, language)}, folded) AS forms,
      CASE WHEN n = ${last} AND (length(folded) >= ${sql.literal(String(letters))} OR folded > '⺀' COLLATE "C") THEN ${beginning(sql, configurationOf(sql, language), sql`words.folded`)} END AS beginning
    FROM ${words} words
  ) formed`

/** Words that a beginning stands for: of more the index itself looks for all that begin so, which takes longer. */
const MOST_WORDS = 20

/** What begins with a word: it, and the forms of those words of the dictionary that do. Numbers are in no dictionary. */
const beginning = (sql: SqlClient, configuration: Fragment, word: Fragment): Fragment => {
  // As a tsquery is written: no character of the word means anything.
  const quoted = sql`'''' || replace(replace(${word}, '\\', '\\\\'), '''', '''''') || ''''`
  const most = sql.literal(String(MOST_WORDS))
  return sql`coalesce((
      SELECT (${quoted} || coalesce(
        string_agg(DISTINCT ' | (' || form::text || ')', '') FILTER (WHERE numnode(form) > 0), ''))::tsquery
      FROM (
        SELECT plainto_tsquery(${configuration}, known.word) AS form FROM search_words known
        WHERE known.word >= ${word} AND known.word < ${word} || chr(1114111) LIMIT ${most} + 1
      ) begun HAVING count(*) BETWEEN 1 AND ${most} AND ${word} !~ '[0-9]'
    ), (${quoted} || ':*')::tsquery)`
}

/** The same `query` of what products are called. Every word of it is a text in quotes, in which a quote is two. */
export const titled = (sql: SqlClient): Fragment =>
  sql`regexp_replace(query::text, '''((?:[^'']|'''')+)''', '''' || ${inTitle(sql)} || '\\1''', 'g')::tsquery`

/** All of `parts` have to be there. */
const allParts = (sql: SqlClient): Fragment =>
  sql`string_agg('(' || parts.query::text || ')', ' & ')::tsquery`

/** Products and variations that the beginning of a code names: of more it says nothing, and only its words are looked for. */
const MOST_BEGUN = 200

/** Products by SKU and GTIN, their own or of a public variation; `is_whole` unless it is the beginning only. */
const codes = (sql: SqlClient, { codePrefix, codes, pieces }: SearchWords): Fragment => {
  const asked = sql`unnest(
    (SELECT ${integers(codes.map((it) => it.piece))}::integer[]), (SELECT ${texts(codes.map((it) => it.code))}::text[])
  ) asked (piece, code)`
  const owner = sql`CASE WHEN product.is_variation THEN product.parent_id ELSE product.id END AS product_id`
  const piece = sql.literal(String(pieces.at(-1) ?? 0))
  const prefix = sql`(SELECT lower(${codePrefix}::text COLLATE "C"))`
  const most = sql.literal(String(MOST_BEGUN))
  // In the order of the index, so that it is read whatever the planner guesses, and no further than this.
  const begun = (column: Fragment, isAny: Fragment) => sql`(
    SELECT product.id, ${owner} FROM products product
    WHERE ${column} >= ${prefix} AND ${column} < ${prefix} || chr(1114111) AND ${isAny} AND product.is_public
    ORDER BY ${column} LIMIT ${most} + 1)`
  return sql`
    SELECT piece, ${owner}, true AS is_whole FROM ${asked}
      JOIN products product ON lower(product.sku) = lower(code COLLATE "C") AND product.sku <> '' AND product.is_public
    UNION ALL
    SELECT piece, ${owner}, true FROM ${asked}
      JOIN products product ON product.gtin = code AND product.gtin <> '' AND product.is_public
    ${
      codePrefix === ""
        ? sql``
        : sql`UNION ALL
    SELECT ${piece}, unnest(array_agg(product_id)), false FROM (
      ${begun(sql`lower(product.sku)`, sql`product.sku <> ''`)} UNION ${begun(sql`product.gtin`, sql`product.gtin <> ''`)}
    ) begun HAVING count(*) <= ${most}`
    }`
}

/** The word that is spelt most like one that nothing has. Numbers are as they are meant. */
const mistyped = (sql: SqlClient, last: Fragment): Fragment => sql`
  SELECT search_words.word AS other FROM search_words
  WHERE length(folded) > 2 AND folded !~ '[0-9]'
    AND NOT EXISTS (SELECT FROM search_words known WHERE known.word = folded)
    AND NOT (n = ${last} AND EXISTS (
      SELECT FROM search_words known WHERE known.word >= folded AND known.word < folded || chr(1114111)))
    AND NOT EXISTS (SELECT FROM parts JOIN product_texts ON words @@ parts.query WHERE parts.n = typed.n)
    AND alike % ${alike(sql, sql`folded`)}
  ORDER BY similarity(alike, ${alike(sql, sql`folded`)}) DESC, abs(length(search_words.word) - length(folded)), search_words.word
  LIMIT 1`
