/** A database that lets nobody in, or cuts connections, is one that may answer later. */

import { Code } from "@connectrpc/connect"
import { PgClient } from "@effect/sql-pg"
import { assert, it } from "@effect/vitest"
import * as ConnectClient from "@optica/connect/ConnectClient"
import { transportInMemory } from "@optica/connect/ConnectClient"
import { OperatorToken } from "@optica/connect/OperatorToken"
import { CatalogService } from "@optica/contracts/optica/catalog/v1/catalog_service_pb"
import * as Postgres from "@optica/postgres/Postgres"
import { provision } from "@optica/postgres/Provision"
import { TestDatabase } from "@optica/postgres/TestDatabase"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Redacted from "effect/Redacted"
import * as Reactivity from "effect/reactivity/Reactivity"
import { Catalog } from "../src/Catalog.ts"
import { routes } from "../src/CatalogRpc.ts"
import { extensions, migrations } from "../src/CatalogService.ts"
import { options } from "./Shop.ts"

/** A role of its own: the limit is the server's, and the other tests share the role of the service. */
const role = "optica_limited"

it.live(
  "a database without room, or that cuts connections, is UNAVAILABLE, and told once and in few words",
  () => {
    const lines: Array<string> = []
    const logger = Logger.make<unknown, void>(({ cause, message }) => {
      lines.push(`${[message].flat().join(" ")}${cause.reasons.length === 0 ? "" : Cause.pretty(cause)}`)
    })
    return Effect.gen(function* () {
      const { adminUrl, database } = yield* TestDatabase
      const admin = yield* PgClient.makeClient({ url: adminUrl })
      const run = (text: string) => admin`${admin.literal(text)}`.unprepared
      const url = new URL(
        Redacted.value(yield* provision(adminUrl, { role, schema: "limited", extensions: [] }))
      )
      yield* run(`GRANT optica_catalog TO ${role}`)
      const sql = Postgres.layer({
        url: Redacted.make(url.href),
        schema: "catalog",
        applicationName: "limited"
      })
      const layer = Catalog.layerNoDeps(options()).pipe(Layer.provide(sql))
      yield* Effect.gen(function* () {
        const served = yield* routes
        const catalog = ConnectClient.make(CatalogService, transportInMemory([served]))
        const cut = run(
          `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '${database}' AND usename = '${role}'`
        )
        yield* catalog.listProducts({})

        yield* run(`ALTER ROLE ${role} CONNECTION LIMIT 0`)
        yield* cut
        lines.length = 0
        for (let call = 0; call < 10; call++) {
          const error = yield* Effect.flip(catalog.listProducts({}))
          assert.deepStrictEqual([error.code, error.reason], [Code.Unavailable, "CatalogUnavailable"])
        }
        // At most two of each, where a second ends between them.
        assert.isAtMost(lines.length, 4)
        assert.isTrue(
          lines.some((line) => line.includes("53300") || line.includes("57P01")),
          lines.join()
        )
        assert.isTrue(
          lines.every((line) => !line.includes("    at ")),
          lines.join()
        )

        yield* run(`ALTER ROLE ${role} CONNECTION LIMIT -1`)
        yield* catalog.listProducts({})
      }).pipe(
        Effect.provide(layer, { local: true }),
        Effect.ensuring(Effect.orDie(run(`ALTER ROLE ${role} CONNECTION LIMIT -1`)))
      )
    }).pipe(
      Effect.provide(
        Layer.mergeAll(
          TestDatabase.layer({ schema: "catalog", migrations, extensions }),
          Reactivity.layer,
          Logger.layer([logger]),
          Layer.succeed(OperatorToken, Redacted.make("operator-secret-token"))
        ),
        { local: true }
      ),
      Effect.scoped
    )
  }
)
