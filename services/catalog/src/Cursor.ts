import { createHash, createHmac, timingSafeEqual } from "node:crypto"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"

/** Makes and reads cursors: where a list goes on, signed, and bound to the list that they were made for. */
export interface Cursors {
  /** `query` is whatever has to be the same for a cursor to be good; `at` is where to go on. */
  readonly make: (query: string, at: ReadonlyArray<string>) => string
  /** Undefined for what was not made here, or for another query. */
  readonly read: (query: string, cursor: string) => ReadonlyArray<string> | undefined
}

/** Bytes of the signature: the first 128 bits of an HMAC-SHA256. */
const signed = 16

const decodePlace = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Array(Schema.String)))

/**
 * Cursors under a secret that all instances share and that outlives them. A cursor is the signature and then the place as
 * JSON, in base64url. Nothing of the place is looked at before the signature holds.
 */
export const make = (secret: Redacted.Redacted<string>): Cursors => {
  const signature = (query: string, place: Uint8Array): Uint8Array =>
    createHmac("sha256", Redacted.value(secret))
      // Of one length, so that no part of the query can pass for a part of the place.
      .update(createHash("sha256").update(query).digest())
      .update(place)
      .digest()
      .subarray(0, signed)
  return {
    make: (query, at) => {
      const place = Buffer.from(JSON.stringify(at))
      return Buffer.concat([signature(query, place), place]).toString("base64url")
    },
    read: (query, cursor) => {
      const bytes = Buffer.from(cursor, "base64url")
      // The decoder skips what is not of its alphabet, and the last character may have bits to spare.
      if (bytes.length <= signed || bytes.toString("base64url") !== cursor) return undefined
      const place = bytes.subarray(signed)
      if (!timingSafeEqual(bytes.subarray(0, signed), signature(query, place))) return undefined
      return Option.getOrUndefined(decodePlace(place.toString()))
    }
  }
}
