import { hash } from "node:crypto"
import * as Effect from "effect/Effect"
import type { SqlClient } from "effect/sql/SqlClient"
import type { Fragment } from "effect/sql/Statement"
import type { SearchText } from "../SearchText.ts"
import { bytes, ids, texts } from "./Parameters.ts"

/** Part of the hash of every text: raise it with any change to what is made of one. */
const MAKING = 1

/** The configuration of a language that folds accents; `language` is a setting that has been checked. */
export const configurationOf = (sql: SqlClient, language: string): Fragment =>
  sql`${`optica_${language}`}::text::regconfig`

/** Letters of other alphabets, and the ASCII characters that stand for them in `search_words.alike`: in each alphabet its own. */
const letters = [
  ["абвгдежзийклмнопрстуфхцчшщъыьэюяёіїєґў", "abvgdejziyklmnoprstufhc4w60q185xeiiegu"],
  ["αβγδεζηθικλμνξοπρστυφχψω", "abgdez8oiklmnjuprstyfxcw"]
] as const

/** A folded word in ASCII letters, as far as there are any. */
export const alike = (sql: SqlClient, word: Fragment): Fragment => {
  const [from, to] = [0, 1].map((side) => sql.literal(`'${letters.map((pair) => pair[side]).join("")}'`))
  return sql`translate(${word}, ${from ?? sql``}, ${to ?? sql``})`
}

/**
 * Brings the words of these products up to date with their rows in `products`, which have to be written before, in the
 * same transaction. Who is not searchable loses its words, and so does who is gone. Words whose text did not change stay
 * untouched; a change of sales alone does not reach the index.
 */
export const writeTexts = Effect.fnUntraced(function* (
  sql: SqlClient,
  language: string,
  rows: ReadonlyArray<{ readonly id: number; readonly texts: SearchText }>
) {
  yield* deleteTexts(
    sql,
    rows.map((row) => row.id)
  )
  const all = ids(rows.map((row) => row.id))
  yield* sql`
    UPDATE product_texts SET total_sales = sold.total_sales, ordinal = sold.ordinal FROM products sold
    WHERE sold.id = ANY(${all}::bigint[]) AND product_texts.product_id = sold.id AND sold.ordinal IS NOT NULL
      AND (product_texts.total_sales, product_texts.ordinal) IS DISTINCT FROM (sold.total_sales, sold.ordinal)`
  const configuration = configurationOf(sql, language)
  // The words as they are written beside their stems, where a word that is being typed is looked for by its beginning.
  const vector = (text: "a" | "b" | "c") => {
    const folded = sql`unaccent(read.${sql.literal(text)})`
    const weight = sql.literal(`'${text.toUpperCase()}'`)
    return language === "simple"
      ? sql`setweight(to_tsvector(${configuration}, ${folded}), ${weight})`
      : sql`setweight(to_tsvector(${configuration}, ${folded}) || to_tsvector('optica_simple', ${folded}), ${weight})`
  }
  yield* sql`
    WITH read AS (
      SELECT read.*, product.ordinal, product.total_sales
      FROM unnest(
        ${all}::bigint[],
        ${bytes(rows.map((row) => hashOf(language, row.texts)))}::bytea[],
        ${texts(rows.map((row) => row.texts.a))}::text[],
        ${texts(rows.map((row) => row.texts.b))}::text[],
        ${texts(rows.map((row) => row.texts.c))}::text[],
        ${texts(rows.map((row) => row.texts.d))}::text[]
      ) AS read (product_id, text_hash, a, b, c, d)
      JOIN products product ON product.id = read.product_id AND product.is_searchable AND product.ordinal IS NOT NULL
      LEFT JOIN product_texts held ON held.product_id = read.product_id
      WHERE held.text_hash IS DISTINCT FROM read.text_hash
    ), written AS (
      INSERT INTO product_texts (product_id, ordinal, total_sales, text_hash, words)
      SELECT product_id, ordinal, total_sales, text_hash, ${vector("a")} || ${vector("b")} || ${vector("c")}
        || setweight(to_tsvector(${configuration}, unaccent(read.d)), 'D')
      FROM read ORDER BY product_id
      ON CONFLICT (product_id) DO UPDATE SET ordinal = excluded.ordinal, total_sales = excluded.total_sales,
        text_hash = excluded.text_hash, words = excluded.words
    )
    INSERT INTO search_words (word, alike)
    SELECT DISTINCT word COLLATE "C", ${alike(sql, sql`word`)}
    FROM read, string_to_table(unaccent(a || ' ' || b || ' ' || c), ' ') word
    -- Numbers are not mistyped into other numbers, and what is shorter is like everything.
    WHERE length(word) BETWEEN 3 AND 40 AND word !~ '[0-9]'
    -- In one order for all, so that two batches do not wait for one another.
    ORDER BY 1
    ON CONFLICT DO NOTHING`
})

/** Takes away the words of these products, those that are searchable excepted. */
export const deleteTexts = (sql: SqlClient, products: ReadonlyArray<number>) => sql`
  DELETE FROM product_texts WHERE product_id = ANY(${ids(products)}::bigint[])
    AND NOT EXISTS (SELECT FROM products WHERE id = product_id AND is_searchable)`

const hashOf = (language: string, { a, b, c, d }: SearchText): Uint8Array =>
  hash("sha256", [MAKING, language, a, b, c, d].join("\n"), "buffer").subarray(0, 16)
