import type { PgPoolConfig } from "@effect/sql-pg/PgClient"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Reactivity from "effect/reactivity/Reactivity"
import * as Schema from "effect/Schema"
import { SqlClient } from "effect/sql/SqlClient"
import * as PooledClient from "./PooledClient.ts"
import { IDLE_MS } from "./PoolMetrics.ts"

/** How one service reaches its schema. */
export interface Options {
  /** `postgres://role:password@host:port/database`, the role being the service's own. */
  readonly url: Redacted.Redacted<string>
  /**
   * The schema that the service owns. Unqualified names resolve there first, then in `public` and `extensions`: that is
   * where extensions of the database live, and nothing of ours does.
   */
  readonly schema: string
  /** Shown by PostgreSQL in `pg_stat_activity`. */
  readonly applicationName: string
  /** Connections of the pool at most, default 10. They are opened as needed and closed after a minute without use. */
  readonly maxConnections?: number
  /** PostgreSQL ends a statement that runs longer, in milliseconds. Default 10,000: the edge's own request timeout. */
  readonly statementTimeoutMs?: number
}

/** PostgreSQL does not answer, or does not let us in. */
export class DatabaseUnavailable extends Schema.TaggedError<DatabaseUnavailable>()("DatabaseUnavailable", {
  message: Schema.String,
  cause: Schema.Defect()
}) {}

/**
 * A pool of connections of one service, proved by one round trip. Each call makes a pool of its own, so that two
 * services in one process never share connections: build the layer once per service and keep the reference.
 *
 * Every statement has a client span with `db.system.name`, `db.namespace`, `server.address`, `server.port` and
 * `db.query.text`; the text holds placeholders, never values. Pool and statements are measured (`PoolMetrics`), with
 * the schema as the pool's name.
 */
export const layer = (options: Options): Layer.Layer<SqlClient, DatabaseUnavailable> =>
  Layer.effect(
    SqlClient,
    Effect.flatMap(PooledClient.make(config(options), options.schema), (client) =>
      Effect.as(client`SELECT 1`, client)
    )
  ).pipe(
    Layer.provide(Reactivity.layer),
    Layer.catch((error) => Layer.effectContext(Effect.fail(unavailable(options.url, error))))
  )

const config = (options: Options): PgPoolConfig => {
  const url = parse(options.url)
  return {
    url: options.url,
    // The client takes the span attributes from these, not from the URL.
    ...(url === undefined ? {} : { host: url.host, port: url.port, database: url.database }),
    applicationName: options.applicationName,
    maxConnections: options.maxConnections ?? 10,
    idleTimeout: IDLE_MS,
    connectTimeout: Duration.seconds(5),
    keepAlive: Duration.seconds(30),
    startupParameters: {
      search_path: `"${options.schema}", public, extensions`,
      statement_timeout: String(options.statementTimeoutMs ?? 10_000),
      // A transaction that nobody continues would hold its locks for ever.
      idle_in_transaction_session_timeout: "30000",
      timezone: "UTC",
      // Compiling a statement takes longer than any statement of ours may.
      jit: "off"
    }
  }
}

/** The parts of a database URL that may be shown; undefined for what is no TCP URL (a socket folder, a host list). */
const parse = (url: Redacted.Redacted<string>) => {
  const parsed = URL.parse(Redacted.value(url))
  if (parsed === null || parsed.hostname === "" || parsed.searchParams.has("host")) return undefined
  return {
    host: decodeURIComponent(parsed.hostname).replace(/^\[(.*)\]$/, "$1"),
    port: parsed.port === "" ? 5432 : Number(parsed.port),
    database:
      decodeURIComponent(parsed.pathname.slice(1)) || decodeURIComponent(parsed.username) || "postgres"
  }
}

/** The failure that names the database, what was said, and the setting; never the password. */
export const unavailable = (
  url: Redacted.Redacted<string>,
  cause: { readonly message: string; readonly cause?: unknown }
) => {
  const place = parse(url)
  const where = place === undefined ? "" : ` at ${place.host}:${place.port}, database "${place.database}"`
  return new DatabaseUnavailable({
    message: `PostgreSQL${where} cannot be used (${reason(cause)}). Check DATABASE_URL.`,
    cause
  })
}

/** The innermost sentence: what the system or PostgreSQL itself said. */
export const reason = (error: unknown): string => {
  let text = ""
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if (at.message !== "") text = at.message
    if (at instanceof AggregateError && at.errors[0] instanceof Error) text = at.errors[0].message
  }
  return text
}
