/** The answer of a batch endpoint: 200 with one entry per change, each done or refused by itself (fact 17). */
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { Item, Resource } from "./Resource.ts"
import { Int, Text } from "./Scalars.ts"

/** The most changes that WooCommerce takes at once; more is a 413. */
export const batchLimit = 100

/** What to change in one go. */
export interface Changes {
  readonly create?: ReadonlyArray<Schema.JsonObject>
  readonly update?: ReadonlyArray<Schema.JsonObject & { readonly id: number }>
  /** Ids. They go for good, not to the trash. */
  readonly delete?: ReadonlyArray<number>
}

/** A change that was refused; the others were done. */
export interface ChangeRefused {
  /** Of the thing to change; 0 for one to be created. */
  readonly id: number
  /** WooCommerce's code, or `unreadable` where it was done but what came back breaks a rule of the schema. */
  readonly code: string
  readonly message: string
}

/** One entry per change, in the order asked. */
export interface BatchAnswer<A> {
  readonly create: ReadonlyArray<Result.Result<Item<A>, ChangeRefused>>
  readonly update: ReadonlyArray<Result.Result<Item<A>, ChangeRefused>>
  readonly delete: ReadonlyArray<Result.Result<Item<A>, ChangeRefused>>
}

const Entries = Schema.optionalKey(Schema.Array(Schema.Json))
const BatchBody = Schema.Struct({ create: Entries, update: Entries, delete: Entries })
const ErrorEntry = Schema.Struct({ id: Int, error: Schema.Struct({ code: Text, message: Text }) })

const readBody = Schema.decodeUnknownOption(BatchBody)
const readError = Schema.decodeUnknownOption(ErrorEntry)

const readEntry =
  <A>(resource: Resource<A>) =>
  (entry: Schema.Json): Result.Result<Item<A>, ChangeRefused> => {
    const refused = readError(entry)
    if (Option.isSome(refused)) return Result.fail({ id: refused.value.id, ...refused.value.error })
    return Result.mapError(resource.decode(entry), ({ id, path, rule }) => ({
      id: id ?? 0,
      code: "unreadable",
      message: path === "" ? rule : `${path}: ${rule}`
    }))
  }

/** None where the answer is no batch answer. */
export const readAnswer = <A>(resource: Resource<A>, json: Schema.Json): Option.Option<BatchAnswer<A>> =>
  // PHP writes an answer without any entry as [].
  Option.map(
    Array.isArray(json) && json.length === 0 ? Option.some<typeof BatchBody.Type>({}) : readBody(json),
    (body) => ({
      create: (body.create ?? []).map(readEntry(resource)),
      update: (body.update ?? []).map(readEntry(resource)),
      delete: (body.delete ?? []).map(readEntry(resource))
    })
  )
