import { createHmac, randomBytes } from "node:crypto"
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Reactivity from "effect/reactivity/Reactivity"
import type { SqlError } from "effect/sql/SqlError"
import { unavailable } from "./Postgres.ts"

/** The role and the schema that belong to one service. */
export interface ServiceSchema {
  readonly role: string
  readonly schema: string
  /** Extensions that its migrations build on. They belong to the database: only an administrator may create them. */
  readonly extensions?: ReadonlyArray<string>
}

/**
 * Makes sure that the role and its schema exist in the database of `admin`, and returns the URL as that role. The role
 * may create and touch things in its own schema and in no other. Extensions are created in the schema `public`, where
 * they are not there yet. May be repeated, also by several processes at once.
 *
 * The role's password follows from the administrator's, so that it needs no place to be kept in and two processes agree
 * on it. An administrator without a password (trust, peer) leaves a random one each time.
 */
export const provision = (admin: Redacted.Redacted<string>, service: ServiceSchema) =>
  Effect.scoped(
    Effect.gen(function* () {
      const sql = yield* PgClient.makeClient({ url: admin, applicationName: "optica-provision" })
      const password = rolePassword(admin, service.role)
      yield* sql
        .withTransaction(
          Effect.gen(function* () {
            // Only those who provision the same database wait here: see `collides`.
            yield* sql`SELECT pg_advisory_xact_lock(hashtextextended('optica.provision', 0))`
            const run = (text: string) => sql`${sql.literal(text)}`.unprepared
            const role = sql.literal(identifier(service.role))
            const [found] = yield* sql<{
              readonly role: boolean
              readonly superuser: boolean
              readonly database: string
            }>`
            SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = ${service.role}) AS role,
              (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AS superuser, current_database() AS database`
            const verb = found?.role === true ? "ALTER" : "CREATE"
            // The one statement whose text is a secret, which no placeholder can stand for: its span would show it.
            yield* run(`${verb} ROLE ${identifier(service.role)} LOGIN PASSWORD '${password}'`).pipe(
              Effect.withTracerEnabled(false)
            )
            // Who is no superuser has to be a member of a role to give it a schema.
            if (found?.superuser !== true) yield* sql`GRANT ${role} TO CURRENT_USER`
            yield* run(
              `CREATE SCHEMA IF NOT EXISTS ${identifier(service.schema)} AUTHORIZATION ${identifier(service.role)}`
            )
            for (const extension of service.extensions ?? []) {
              yield* run(`CREATE EXTENSION IF NOT EXISTS ${identifier(extension)} SCHEMA public`)
            }
            yield* run(
              `GRANT CONNECT ON DATABASE ${identifier(found?.database ?? "")} TO ${identifier(service.role)}`
            )
          })
        )
        .pipe(
          // At once: the other one has committed by then.
          Effect.retry({ while: collides, times: 100 })
        )
      return roleUrl(admin, service.role, password)
    })
  ).pipe(
    Effect.provide(Reactivity.layer),
    Effect.mapError((error) => unavailable(admin, error)),
    Effect.withSpan("Provision.provision", { attributes: { role: service.role, schema: service.schema } })
  )

/**
 * Roles belong to the whole server, and an advisory lock to one database: whoever provisions another one at the same
 * time may touch the same role. PostgreSQL says so, and the second one simply goes again.
 */
const collides = ({ reason: { cause } }: SqlError): boolean =>
  cause instanceof Error &&
  (/^tuple concurrently (updated|deleted)$/.test(cause.message) ||
    ("code" in cause && (cause.code === "42710" || cause.code === "23505")))

/** The same URL for another role. */
const roleUrl = (admin: Redacted.Redacted<string>, role: string, password: string) => {
  const url = new URL(Redacted.value(admin))
  url.username = role
  url.password = password
  return Redacted.make(url.href)
}

const rolePassword = (admin: Redacted.Redacted<string>, role: string) => {
  const secret = new URL(Redacted.value(admin)).password
  return secret === ""
    ? randomBytes(24).toString("hex")
    : createHmac("sha256", secret).update(role).digest("hex")
}

/** Quoted, so that any name is one identifier. */
export const identifier = (name: string) => `"${name.replaceAll('"', '""')}"`
