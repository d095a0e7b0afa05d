import { hash } from "node:crypto"
import * as Effect from "effect/Effect"
import type { SqlClient } from "effect/sql/SqlClient"
import type { Fragment } from "effect/sql/Statement"
import type { SearchText } from "../SearchText.ts"
import { bytes, ids, texts } from "./Parameters.ts"

/** Part of the hash of every text: raise it with any change to what is made of one. */
const MAKING = 3

/** The configuration of a language that folds accents; `language` is a setting that has been checked. */
export const configurationOf = (sql: SqlClient, language: string): Fragment =>
  sql`${`optica_${language}`}::text::regconfig`

/**
 * What a word begins with in a second entry, where it is of the name, a code or a brand: the index tells then what is
 * called so, also of a word that half of the shop has in its descriptions.
 */
export const inTitle = (sql: SqlClient): Fragment => sql.literal("chr(1)")

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
 * Writes the words of these products, whose rows in `products` have to be written before, in the same transaction: of
 * those whose text is not what {@link textHash} says of the words that are held.
 */
export const writeTexts = Effect.fnUntraced(function* (
  sql: SqlClient,
  language: string,
  rows: ReadonlyArray<{ readonly id: number; readonly texts: SearchText }>
) {
  const configuration = configurationOf(sql, language)
  // The words as they are written beside their stems, where a word that is being typed is looked for by its beginning.
  const vector = (text: "a" | "b" | "c") => {
    const folded = sql`unaccent(read.${sql.literal(text)})`
    const forms = sql`to_tsvector(${configuration}, ${folded})`
    return language === "simple" ? forms : sql`(${forms} || to_tsvector('optica_simple', ${folded}))`
  }
  yield* sql`
    WITH read AS (
      SELECT read.*, product.ordinal, product.total_sales
      FROM unnest(
        ${ids(rows.map((row) => row.id))}::bigint[],
        ${bytes(rows.map((row) => textHash(language, row.texts)))}::bytea[],
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
      SELECT product_id, ordinal, total_sales, text_hash, setweight(named, 'A')
        || setweight(coded, 'B') || setweight(${vector("c")}, 'C')
        -- Of a description it counts that it has a word, not where and how often.
        || strip(to_tsvector(${configuration}, unaccent(read.d)))
        || array_to_tsvector(ARRAY(SELECT ${inTitle(sql)} || word FROM unnest(tsvector_to_array(named || coded)) word))
      FROM read CROSS JOIN LATERAL (SELECT ${vector("a")} AS named, ${vector("b")} AS coded OFFSET 0) its
      ORDER BY product_id
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

/** Brings what is kept beside the words up to date; a change of sales alone does not reach the index. */
export const writeSales = (sql: SqlClient, products: ReadonlyArray<number>) => sql`
  UPDATE product_texts SET total_sales = sold.total_sales, ordinal = sold.ordinal FROM products sold
  WHERE product_texts.product_id = ANY(${ids(products)}::bigint[]) AND sold.id = product_texts.product_id`

/** Tells words apart: where it is the same they are not made again. */
export const textHash = (language: string, { a, b, c, d }: SearchText): Uint8Array =>
  hash("sha256", [MAKING, language, a, b, c, d].join("\n"), "buffer").subarray(0, 16)
