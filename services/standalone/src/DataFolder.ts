import { randomBytes } from "node:crypto"
import { mkdir, readFile, rename, writeFile } from "node:fs/promises"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"

/** The data folder cannot be made, read or written; the message names the setting to change. */
export class DataFolderUnusable extends Schema.TaggedError<DataFolderUnusable>()("DataFolderUnusable", {
  message: Schema.String,
  cause: Schema.Defect()
}) {}

/** What the `optica` command needs to know of a running `npm start`. */
const Endpoints = Schema.Struct({
  edge: Schema.String,
  catalog: Schema.String,
  sync: Schema.String,
  operatorToken: Schema.NonEmptyString
})

const decode = Schema.decodeUnknownEffect(Schema.fromJsonString(Endpoints))
const encode = Schema.encodeEffect(Schema.fromJsonString(Endpoints))

const fileIn = (dataDir: string) => join(dataDir, "standalone.json")

const attempt = <A>(dataDir: string, run: () => Promise<A>) =>
  Effect.tryPromise({
    try: run,
    catch: (cause) =>
      new DataFolderUnusable({
        message: `The data folder ${dataDir} cannot be used (${cause instanceof Error ? cause.message : cause}). Set OPTICA_DATA to a folder that can be written.`,
        cause
      })
  })

/** The operator's token of the last start, or a random one: 192 bits, URL-safe. Makes the folder when it is missing. */
export const operatorToken = Effect.fn("DataFolder.operatorToken")(function* (dataDir: string) {
  yield* attempt(dataDir, () => mkdir(dataDir, { recursive: true }))
  const kept = yield* attempt(dataDir, () => readFile(fileIn(dataDir), "utf8")).pipe(
    Effect.flatMap(decode),
    Effect.map((endpoints) => endpoints.operatorToken),
    // Not there yet, or not ours: a new one is as good.
    Effect.orElseSucceed(() => randomBytes(24).toString("base64url"))
  )
  return Redacted.make(kept)
})

/** Writes where the services listen, readable by this user alone; readers see the old file or the new one. */
export const writeEndpoints = Effect.fn("DataFolder.writeEndpoints")(function* (
  dataDir: string,
  endpoints: {
    readonly edge: string
    readonly catalog: string
    readonly sync: string
    readonly operatorToken: Redacted.Redacted<string>
  }
) {
  const text = yield* Effect.orDie(
    encode({ ...endpoints, operatorToken: Redacted.value(endpoints.operatorToken) })
  )
  const part = `${fileIn(dataDir)}.part-${process.pid}`
  yield* attempt(dataDir, async () => {
    await writeFile(part, `${text}\n`, { mode: 0o600 })
    await rename(part, fileIn(dataDir))
  })
})
