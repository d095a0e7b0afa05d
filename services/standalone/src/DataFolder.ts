import { randomBytes } from "node:crypto"
import { existsSync, statSync } from "node:fs"
import { mkdir, readFile, rename, writeFile } from "node:fs/promises"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"

/** The data folder cannot be made, read or written; the message names the setting to change. */
class DataFolderUnusable extends Schema.TaggedError<DataFolderUnusable>()("DataFolderUnusable", {
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

const encode = Schema.encodeEffect(Schema.fromJsonString(Endpoints))

const endpointsFile = (dataDir: string) => join(dataDir, "standalone.json")
/** Where the random token of this folder is kept. */
export const tokenFile = (dataDir: string): string => join(dataDir, "operator-token")

const attempt = <A>(dataDir: string, run: () => Promise<A>) =>
  Effect.tryPromise({
    try: run,
    catch: (cause) =>
      new DataFolderUnusable({
        message: `The data folder ${dataDir} cannot be used (${cause instanceof Error ? cause.message : cause}). Set OPTICA_DATA to a folder that can be written.`,
        cause
      })
  })

/** The random token of this folder: 192 bits, URL-safe, made at the first start. Makes the folder when it is missing. */
export const operatorToken = Effect.fn("DataFolder.operatorToken")(function* (dataDir: string) {
  const file = tokenFile(dataDir)
  yield* makeFolder(dataDir)
  const token = yield* attempt(dataDir, async () => {
    const kept = existsSync(file) ? (await readFile(file, "utf8")).trim() : ""
    if (kept !== "") return kept
    const made = randomBytes(24).toString("base64url")
    await writeFile(file, `${made}\n`, { mode: 0o600 })
    return made
  })
  return Redacted.make(token)
})

const makeFolder = (dataDir: string) =>
  Effect.andThen(
    existsSync(dataDir) && !statSync(dataDir).isDirectory()
      ? Effect.fail(
          new DataFolderUnusable({
            message: `${dataDir} is a file. Set OPTICA_DATA to a folder.`,
            cause: dataDir
          })
        )
      : Effect.void,
    attempt(dataDir, () => mkdir(dataDir, { recursive: true }))
  )

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
  const part = `${endpointsFile(dataDir)}.part-${process.pid}`
  yield* makeFolder(dataDir)
  yield* attempt(dataDir, async () => {
    await writeFile(part, `${text}\n`, { mode: 0o600 })
    await rename(part, endpointsFile(dataDir))
  })
})
