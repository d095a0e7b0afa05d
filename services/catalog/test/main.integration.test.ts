import { type ChildProcess, spawn } from "node:child_process"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { assert, layer } from "@effect/vitest"
import * as ConnectClient from "@optica/connect/ConnectClient"
import { CatalogService } from "@optica/contracts/optica/catalog/v1/catalog_service_pb"
import { ResourceKind } from "@optica/contracts/optica/catalog/v1/change_pb"
import { TestDatabase } from "@optica/postgres/TestDatabase"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import { SqlClient } from "effect/sql/SqlClient"
import { extensions, migrations } from "../src/CatalogService.ts"
import { product } from "./Shop.ts"

const main = join(import.meta.dirname, "../src/main.ts")

/** The service as its own process on any free port; what it still is at the end of the test is killed. */
const start = Effect.gen(function* () {
  const { url } = yield* TestDatabase
  const child = yield* Effect.acquireRelease(
    Effect.sync(() =>
      spawn(process.execPath, [main], {
        env: {
          DATABASE_URL: Redacted.value(url),
          OPTICA_OPERATOR_TOKEN: "operator-secret-token",
          CATALOG_PORT: "0"
        },
        stdio: ["ignore", "pipe", "inherit"]
      })
    ),
    (child) => end(child, "SIGKILL")
  )
  const line = yield* Effect.promise(
    () => new Promise<string>((resolve) => createInterface({ input: child.stdout }).once("line", resolve))
  )
  const port = /127\.0\.0\.1:(\d+)/.exec(line)?.[1]
  const transport = yield* ConnectClient.transportHttp({
    baseUrl: `http://127.0.0.1:${port}`,
    protocol: "grpc"
  })
  const client = ConnectClient.make(CatalogService, transport, {
    headers: { authorization: Redacted.make("Bearer operator-secret-token") }
  })
  return { child, client }
})

const end = (child: ChildProcess, signal: NodeJS.Signals) =>
  Effect.promise(
    () =>
      new Promise<number | null>((resolve) => {
        if (child.exitCode !== null || child.signalCode !== null) return resolve(child.exitCode)
        child.once("exit", resolve)
        child.kill(signal)
      })
  )

const batch = (observation: number, size: number) => ({
  changes: Array.from({ length: size }, (_, index) => ({
    kind: ResourceKind.PRODUCT,
    id: BigInt(index + 1),
    observation: BigInt(observation),
    state: {
      case: "sourceJson" as const,
      value: JSON.stringify(product(index + 1, { name: `seen by ${observation}` }))
    }
  }))
})

layer(TestDatabase.layer({ schema: "catalog", migrations, extensions }), { excludeTestServices: true })(
  "the catalogue as a process",
  (it) => {
    it.effect("serves on its port and ends cleanly when it is told to", () =>
      Effect.gen(function* () {
        const { child, client } = yield* start
        yield* client.applyChanges(batch(1, 3))
        assert.strictEqual((yield* client.listProducts({})).page?.total, 3n)
        assert.strictEqual(yield* end(child, "SIGTERM"), 0)
      }).pipe(Effect.scoped)
    )

    it.effect("holds whole batches or nothing of them after it was killed, and goes on from there", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient
        for (const round of [1, 2]) {
          const { child, client } = yield* start
          const sending = yield* Effect.forkChild(
            Effect.ignore(
              Effect.forEach(
                Array.from({ length: 1000 }, (_, index) => round * 1000 + index),
                (observation) => client.applyChanges(batch(observation, 100))
              )
            )
          )
          // Somewhere in the middle of the third batch.
          const seen = sql`SELECT FROM resource_versions WHERE observation >= ${round * 1000 + 2} LIMIT 1`
          while ((yield* seen).length === 0) yield* Effect.yieldNow
          yield* end(child, "SIGKILL")
          yield* Fiber.interrupt(sending)
          const states = yield* sql`
          SELECT v.observation, count(*)::int AS products,
            bool_and(p.source LIKE '%"seen by ' || v.observation || '"%') AS whole
          FROM resource_versions v JOIN products p ON p.id = v.id WHERE v.family = 1 GROUP BY v.observation`
          assert.deepStrictEqual(
            states.map(({ products, whole }) => ({ products, whole })),
            [{ products: 100, whole: true }]
          )
        }
      }).pipe(Effect.scoped)
    )
  }
)
