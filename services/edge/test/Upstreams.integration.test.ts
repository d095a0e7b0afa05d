import { expect, layer } from "@effect/vitest"
import { ConnectServer } from "@optica/connect/ConnectServer"
import { OperatorToken } from "@optica/connect/OperatorToken"
import { Context, Effect, Layer, Logger, Redacted } from "effect"
import { Edge } from "../src/Edge.ts"
import { CatalogUpstream, SyncUpstream } from "../src/Upstreams.ts"
import { type Controls, FINISHED_ID, makeControls, routes } from "./Doubles.ts"
import { problemOf } from "./Problem.ts"
import { operator, TOKEN } from "./TestEdge.ts"

/** An edge whose services are behind a real port. */
class Distant extends Context.Service<
  Distant,
  { readonly controls: Controls; readonly get: (path: string, init?: RequestInit) => Effect.Effect<Response> }
>()("@optica/edge/test/Distant") {
  static readonly layer = Layer.effect(
    Distant,
    Effect.gen(function* () {
      const controls = yield* makeControls
      const services = yield* Layer.build(
        ConnectServer.layer({ host: "127.0.0.1", port: 0, routes: routes(controls) })
      )
      const baseUrl = `http://127.0.0.1:${Context.get(services, ConnectServer).port}`
      const built = yield* Layer.build(
        Edge.layer({ host: "127.0.0.1", port: 0, requestTimeoutMs: 1000 }).pipe(
          Layer.provide([CatalogUpstream.layer({ baseUrl }), SyncUpstream.layer({ baseUrl })]),
          Layer.provide(Layer.succeed(OperatorToken, Redacted.make(TOKEN)))
        )
      )
      const url = `http://127.0.0.1:${Context.get(built, Edge).port}`
      return {
        controls,
        get: (path: string, init?: RequestInit) =>
          Effect.promise((signal) => fetch(`${url}${path}`, { signal, ...init }))
      }
    })
  ).pipe(Layer.provide(Logger.layer([])))
}

layer(Distant.layer, { excludeTestServices: true })("services behind a socket", (it) => {
  it.effect("answer as those in memory do", () =>
    Effect.gen(function* () {
      const { get } = yield* Distant
      expect((yield* get("/api/products?per_page=3")).status).toBe(200)
      expect((yield* get("/health/ready")).status).toBe(200)
      const missing = yield* get("/api/products/20")
      expect(missing.status).toBe(404)
      expect((yield* problemOf(missing)).detail).toBe("There is no product with that id")
      const events = yield* get(`/sync/runs/${FINISHED_ID}/events`, { headers: operator })
      expect(yield* Effect.promise(() => events.text())).toContain("event: end")
    })
  )

  it.effect("are in the caller's trace, and know how long they may take", () =>
    Effect.gen(function* () {
      const { get, controls } = yield* Distant
      const traceId = "4bf92f3577b34da6a3ce929d0e0e4736"
      yield* get("/api/categories", { headers: { traceparent: `00-${traceId}-00f067aa0ba902b7-01` } })
      const call = controls.calls.at(-1)
      expect(call?.traceparent).toContain(traceId)
      expect(call?.timeoutMs).toBeGreaterThan(0)
      expect(call?.timeoutMs).toBeLessThanOrEqual(1000)
    })
  )

  it.effect("are told when the time is over", () =>
    Effect.gen(function* () {
      const { get, controls } = yield* Distant
      controls.catalog = Effect.never
      const response = yield* get("/api/products/18")
      expect(response.status).toBe(504)
      while (controls.interrupted === 0) yield* Effect.sleep(5)
      controls.catalog = Effect.void
    })
  )
})
