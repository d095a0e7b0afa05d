import * as PgTypes from "@effect/sql-pg/PgTypes"
import * as Result from "effect/Result"

// Arrays of one column each, for multi-row statements: INSERT … SELECT … FROM unnest(…). The type is said, because a
// column of nulls, or of nothing, has none of its own.
const array = (oid: number) => (values: ReadonlyArray<unknown>) =>
  Result.getOrThrow(PgTypes.array(values, oid))

export const texts: (values: ReadonlyArray<string | null>) => PgTypes.Parameter = array(PgTypes.OID.text)
export const booleans: (values: ReadonlyArray<boolean>) => PgTypes.Parameter = array(PgTypes.OID.bool)
export const integers: (values: ReadonlyArray<number | null>) => PgTypes.Parameter = array(PgTypes.OID.int4)
export const bytes: (values: ReadonlyArray<Uint8Array | null>) => PgTypes.Parameter = array(PgTypes.OID.bytea)
const bigints = array(PgTypes.OID.int8)
export const ids = (values: ReadonlyArray<number | bigint>): PgTypes.Parameter => bigints(values.map(BigInt))

/** A list of ids inside one column of such an array: unnest would flatten an array of arrays. */
export const idList = (values: ReadonlyArray<number>): string => `{${values.join()}}`
