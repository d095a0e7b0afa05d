import { createHash, randomBytes } from "node:crypto"
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Config from "effect/Config"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Reactivity from "effect/reactivity/Reactivity"
import * as Schema from "effect/Schema"
import type { SqlClient } from "effect/sql/SqlClient"
import * as Migrations from "./Migrations.ts"
import * as Postgres from "./Postgres.ts"
import { identifier, provision, type ServiceSchema } from "./Provision.ts"

/** Whose database is wanted. */
export interface Options {
  /** The service's schema; its role is `optica_<schema>`. */
  readonly schema: string
  /** Folder of its migrations. */
  readonly migrations: URL
  /** Extensions that the migrations build on. */
  readonly extensions?: ReadonlyArray<string>
  /** Size of the pool, default 10. */
  readonly maxConnections?: number
}

/** A database for one test file, with everything that the service's migrations make in it. */
export class TestDatabase extends Context.Service<
  TestDatabase,
  {
    /** URL as the service's own role, for processes that a test starts. */
    readonly url: Redacted.Redacted<string>
    /** URL of the same database as the administrator, to look where the role may not. */
    readonly adminUrl: Redacted.Redacted<string>
    readonly database: string
  }
>()("@optica/postgres/TestDatabase") {
  /**
   * Clones a database in milliseconds and drops it when the scope closes. The template it is cloned from is made once for
   * a state of the migrations, under a lock, whichever test process comes first. Needs the global setup TestSetup.
   */
  static readonly layer = (options: Options): Layer.Layer<TestDatabase | SqlClient> =>
    Layer.unwrap(
      Effect.map(TestDatabase, (database) =>
        Postgres.layer({
          url: database.url,
          schema: options.schema,
          applicationName: `test-${options.schema}`,
          ...(options.maxConnections === undefined ? {} : { maxConnections: options.maxConnections })
        })
      )
    ).pipe(Layer.provideMerge(Layer.effect(TestDatabase, clone(options))), Layer.orDie)
}

const clone = Effect.fnUntraced(function* (options: Options) {
  const admin = yield* Config.Redacted("OPTICA_TEST_DATABASE_URL")
  const service = {
    role: `optica_${options.schema}`,
    schema: options.schema,
    extensions: options.extensions ?? []
  }
  const database = `optica_test_${options.schema}_${randomBytes(6).toString("hex")}`
  const sql = yield* PgClient.makeClient({ url: admin, applicationName: "test-database" })
  const run = (text: string) => sql`${sql.literal(text)}`.unprepared
  yield* Effect.acquireRelease(
    Effect.gen(function* () {
      // Held by this one connection until it says so: nobody may connect to a template while it is cloned.
      const lock = sql`hashtextextended(${`optica.template.${options.schema}`}, 0)`
      yield* sql`SELECT pg_advisory_lock(${lock})`
      const template = yield* ensureTemplate(run, admin, options, service)
      yield* run(`CREATE DATABASE ${identifier(database)} TEMPLATE ${identifier(template)}`)
      yield* sql`SELECT pg_advisory_unlock(${lock})`
    }),
    () => Effect.orDie(run(`DROP DATABASE IF EXISTS ${identifier(database)} WITH (FORCE)`))
  )
  const adminUrl = inDatabase(admin, database)
  // Roles belong to the server, not to the database: this gives the URL and changes nothing in the clone.
  const url = yield* provision(adminUrl, service)
  return { url, adminUrl, database }
}, Effect.provide(Reactivity.layer))

/** Makes the template under another name and renames it when complete, so that a killed run leaves nothing half made. */
const ensureTemplate = Effect.fnUntraced(function* (
  run: (text: string) => Effect.Effect<ReadonlyArray<unknown>, unknown>,
  admin: Redacted.Redacted<string>,
  options: Options,
  service: ServiceSchema
) {
  const migrations = yield* Migrations.read(options.migrations)
  const state = createHash("sha256")
    .update(migrations.map((migration) => migration.name + migration.checksum).join())
    .digest("hex")
    .slice(0, 16)
  const template = `optica_template_${options.schema}_${state}`
  const found = yield* run(`SELECT FROM pg_database WHERE datname = '${template}'`)
  if (found.length > 0) return template
  const part = `optica_template_${options.schema}_part`
  yield* run(`DROP DATABASE IF EXISTS ${identifier(part)} WITH (FORCE)`)
  yield* run(`CREATE DATABASE ${identifier(part)} TEMPLATE template0 ENCODING 'UTF8'`)
  const url = yield* provision(inDatabase(admin, part), service)
  yield* Migrations.run({ schema: options.schema, directory: options.migrations }).pipe(
    Effect.provide(
      Postgres.layer({ url, schema: options.schema, applicationName: "test-template", maxConnections: 1 })
    )
  )
  // Templates of other states of the migrations: a checkout that still has such a state makes its own again.
  const old = yield* run(
    `SELECT datname::text FROM pg_database WHERE datname LIKE 'optica_template_${options.schema}_%'`
  )
  for (const { datname } of yield* decodeNames(old)) {
    if (datname !== part) yield* run(`DROP DATABASE IF EXISTS ${identifier(datname)} WITH (FORCE)`)
  }
  yield* run(`ALTER DATABASE ${identifier(part)} RENAME TO ${identifier(template)}`)
  return template
})

const decodeNames = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ datname: Schema.String })))

const inDatabase = (url: Redacted.Redacted<string>, database: string) => {
  const changed = new URL(Redacted.value(url))
  changed.pathname = `/${database}`
  return Redacted.make(changed.href)
}
