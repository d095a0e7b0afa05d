/** Content codings of whole bodies: one call of zlib instead of a stream for each answer. */
import { promisify } from "node:util"
import { brotliCompress, brotliCompressSync, constants, gzip, gzipSync } from "node:zlib"
import * as Effect from "effect/Effect"

export type Coding = "br" | "gzip"

/** Bytes below which a body is sent as it is: the head of a coding costs more than it saves. */
export const THRESHOLD = 1024

/** The coding to use for an Accept-Encoding field; undefined sends the body as it is. */
export const negotiate = (acceptEncoding: string | undefined): Coding | undefined => {
  if (acceptEncoding === undefined) return undefined
  const weights = new Map<string, number>()
  for (const member of acceptEncoding.toLowerCase().split(",")) {
    const [name = "", ...parameters] = member.split(";").map((part) => part.trim())
    const q = parameters.find((parameter) => parameter.startsWith("q="))
    const weight = q === undefined ? 1 : Number(q.slice(2))
    weights.set(name, weight >= 0 && weight <= 1 ? weight : 0)
  }
  const weight = (coding: string) => weights.get(coding) ?? weights.get("*") ?? 0
  const br = weight("br")
  const zip = Math.max(weight("gzip"), weights.get("x-gzip") ?? 0)
  if (br === 0 && zip === 0) return undefined
  return br >= zip ? "br" : "gzip"
}

/** Whether a media type is worth compressing. */
export const isCompressible = (contentType: string | undefined): boolean =>
  contentType !== undefined &&
  /^(?:text\/(?!event-stream)|application\/(?:.*\+)?json|image\/svg)/.test(contentType)

const brotliAsync = promisify(brotliCompress)
const gzipAsync = promisify(gzip)

/**
 * Bytes up to which a body is compressed at once, in a tenth of a millisecond or two: the way to zlib's threads and back
 * takes longer. What is larger would keep other requests waiting.
 */
const AT_ONCE = 16_384

/** Compresses a body. Quality 4 is where Brotli is as quick as gzip and smaller. */
export const compress = (coding: Coding, body: Uint8Array): Effect.Effect<Uint8Array> => {
  const isSmall = body.byteLength <= AT_ONCE
  if (coding === "br") {
    const params = {
      [constants.BROTLI_PARAM_QUALITY]: 4,
      [constants.BROTLI_PARAM_SIZE_HINT]: body.byteLength
    }
    return isSmall
      ? Effect.sync(() => brotliCompressSync(body, { params }))
      : Effect.promise(() => brotliAsync(body, { params }))
  }
  return isSmall
    ? Effect.sync(() => gzipSync(body, { ...small, windowBits: windowBits(body.byteLength) }))
    : Effect.promise(() => gzipAsync(body, { level: 6 }))
}

/** Little memory to set up and to clear: with zlib's defaults that takes as long as the compressing. */
const small = { level: 6, memLevel: 7, chunkSize: 4096 }

/** The smallest window that holds the whole body, so that none of it is out of sight. */
const windowBits = (bytes: number): number => Math.max(9, Math.ceil(Math.log2(bytes + 262)))
