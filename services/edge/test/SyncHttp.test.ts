import { Code } from "@connectrpc/connect"
import { expect, layer } from "@effect/vitest"
import { Effect, Fiber, Queue, Schema } from "effect"
import { Envelope } from "../src/Answers.ts"
import { RunView, StatusView } from "../src/RunView.ts"
import { done, FINISHED_ID, fail, progress, RUN_ID } from "./Doubles.ts"
import { json, problemOf } from "./Problem.ts"
import { operator, TestEdge, TOKEN } from "./TestEdge.ts"

const live = { excludeTestServices: true }
const run = json(Envelope(RunView))
const status = json(Envelope(StatusView))
const headers = operator

const everyRoute = [
  ["GET", "/sync/status"],
  ["GET", `/sync/runs/${RUN_ID}`],
  ["GET", `/sync/runs/${RUN_ID}/events`],
  ["POST", "/sync/full"],
  ["POST", "/sync/products"],
  ["POST", `/sync/runs/${RUN_ID}/cancel`]
] as const

layer(TestEdge.layer(), live)("the mirror's routes", (it) => {
  const wrong = [
    undefined,
    "",
    TOKEN,
    `Bearer ${TOKEN}x`,
    `Bearer ${TOKEN.slice(0, -1)}`,
    "Bearer ",
    "Bearer",
    `Basic ${btoa(`operator:${TOKEN}`)}`,
    `Bearer ${TOKEN} ${TOKEN}`
  ]
  it.effect.each(wrong)("are a 401 with %s", (authorization) =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      const calls = edge.controls.calls.length
      for (const [method, path] of everyRoute) {
        const response = yield* edge.get(path, {
          method,
          headers: authorization === undefined ? {} : { authorization }
        })
        expect(response.status).toBe(401)
        expect(response.headers.get("www-authenticate")).toBe('Bearer realm="optica"')
        const problem = yield* problemOf(response)
        expect(problem.error.code).toBe("UNAUTHORIZED")
        expect(JSON.stringify(problem)).not.toContain(TOKEN)
      }
      expect(edge.controls.calls.length).toBe(calls)
    })
  )

  it.effect("take the scheme in any case, and are kept by nobody", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      const response = yield* edge.get("/sync/status", { headers: { authorization: `bEARER ${TOKEN}` } })
      expect(response.status).toBe(200)
      expect(response.headers.get("cache-control")).toBe("private, no-store")
      expect(response.headers.get("etag")).toBeNull()
    })
  )

  it.effect("ask the sync service with the operator's token", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      yield* edge.get("/sync/status", { headers })
      expect(edge.controls.calls.at(-1)).toMatchObject({
        method: "GetSyncStatus",
        authorization: `Bearer ${TOKEN}`
      })
    })
  )

  it.effect("are no 401 for an operator when the services do not share the token, and say so", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      edge.controls.sync = fail(Code.Unauthenticated)
      for (const [method, path] of everyRoute) {
        const response = yield* edge.get(path, { method, headers })
        expect(response.status).toBe(503)
        expect(response.headers.get("www-authenticate")).toBeNull()
        expect((yield* problemOf(response)).error.message).toContain("OPTICA_OPERATOR_TOKEN")
      }
      edge.controls.sync = Effect.void
    })
  )

  it.effect("tell where the mirror stands", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      const { data } = yield* status(yield* edge.get("/sync/status", { headers }))
      expect(data).toMatchObject({
        current: null,
        first_completed_at: "2026-11-21T03:05:00.000Z",
        last_completed_at: null,
        shop_url: "https://shop.example"
      })
      expect(data.history).toHaveLength(1)
    })
  )

  it.effect.each([
    ["full", "/sync/full"],
    ["products", "/sync/products"]
  ] as const)("start a run of kind %s", ([kind, path]) =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      const response = yield* edge.get(path, { method: "POST", headers })
      expect(response.status).toBe(202)
      expect(response.headers.get("location")).toBe(`/sync/runs/${RUN_ID}`)
      expect((yield* run(response)).data).toMatchObject({ id: RUN_ID, kind, status: "running" })
    })
  )

  it.effect("refuse a second run, and name the one at work", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      edge.controls.running = true
      const response = yield* edge.get("/sync/full", { method: "POST", headers })
      edge.controls.running = false
      expect(response.status).toBe(409)
      expect(response.headers.get("location")).toBe(`/sync/runs/${RUN_ID}`)
      const { error } = yield* problemOf(response)
      expect(error.code).toBe("CONFLICT")
      expect(error.details[0]?.run_id).toBe(RUN_ID)
    })
  )

  it.effect("stop a run", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      const response = yield* edge.get(`/sync/runs/${RUN_ID}/cancel`, { method: "POST", headers })
      expect(response.status).toBe(202)
      expect((yield* run(response)).data.id).toBe(RUN_ID)
    })
  )

  it.effect("answer one run", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      const { data } = yield* run(yield* edge.get(`/sync/runs/${FINISHED_ID.toUpperCase()}`, { headers }))
      expect(data).toMatchObject({ id: FINISHED_ID, status: "completed", error: null })
      expect(data.steps[0]).toMatchObject({ resource: "products", total: 60, read: 60 })
    })
  )

  it.effect.each([
    ["GET", "/sync/runs/0198a3c2-5f1e-7c3a-9d1b-6f0f4b8f2aff", 404],
    ["GET", "/sync/runs/0198a3c2-5f1e-7c3a-9d1b-6f0f4b8f2aff/events", 404],
    ["POST", "/sync/runs/0198a3c2-5f1e-7c3a-9d1b-6f0f4b8f2aff/cancel", 404],
    ["GET", "/sync/runs/0198a3c2", 400],
    ["GET", "/sync/runs/%00", 400],
    ["GET", "/sync/runs", 404],
    ["POST", "/sync/incremental", 404],
    ["GET", "/sync/webhooks", 404]
  ] as const)("%s %s is a %i", ([method, path, expected]) =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      const response = yield* edge.get(path, { method, headers })
      expect(response.status).toBe(expected)
      yield* problemOf(response)
    })
  )
})

/** The events of a stream, as names and data. */
const eventsOf = (text: string) =>
  text
    .split("\n\n")
    .filter((block) => block.startsWith("event: "))
    .map((block) => {
      const [name = "", data = ""] = block.split("\n")
      return [name.slice("event: ".length), data.slice("data: ".length)] as const
    })
const Run = Schema.decodeUnknownSync(Schema.fromJsonString(RunView))

layer(TestEdge.layer(), live)("a run's events", (it) => {
  it.effect("come as the run goes on, and end with it", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      const response = yield* edge.get(`/sync/runs/${RUN_ID}/events`, {
        headers: { ...headers, "accept-encoding": "br, gzip" }
      })
      expect(response.headers.get("content-type")).toBe("text/event-stream")
      expect(response.headers.get("cache-control")).toBe("private, no-store")
      expect(response.headers.get("content-encoding")).toBeNull()
      const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
      if (reader === undefined) return yield* Effect.die("no body")
      const next = Effect.map(
        Effect.promise(() => reader.read()),
        ({ value }) => value ?? ""
      )
      expect(yield* next).toBe("retry: 2000\n\n")
      for (const read of [10n, 20n]) {
        yield* Queue.offer(edge.controls.states, progress(read))
        const [name, data] = eventsOf(yield* next)[0] ?? []
        expect(name).toBe("run")
        expect(Run(data).steps[0]?.read).toBe(Number(read))
      }
      yield* Queue.offer(edge.controls.states, done)
      let rest = ""
      for (let chunk = yield* next; chunk !== ""; chunk = yield* next) rest += chunk
      expect(eventsOf(rest).map(([name]) => name)).toStrictEqual(["run", "end"])
      expect(Run(eventsOf(rest)[1]?.[1])).toMatchObject({ status: "completed" })
    })
  )

  it.effect("of a run that has ended are its last state", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      const response = yield* edge.get(`/sync/runs/${FINISHED_ID}/events`, { headers })
      const events = eventsOf(yield* Effect.promise(() => response.text()))
      expect(events.map(([name]) => name)).toStrictEqual(["run", "end"])
    })
  )

  it.effect("stop the upstream's stream when the caller leaves", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      const before = edge.controls.interrupted
      const controller = new AbortController()
      const response = yield* edge.get(`/sync/runs/${RUN_ID}/events`, { headers, signal: controller.signal })
      const reading = yield* Effect.forkChild(Effect.exit(Effect.tryPromise(() => response.text())))
      while (edge.controls.calls.at(-1)?.method !== "WatchSync") yield* Effect.sleep(5)
      controller.abort()
      yield* Fiber.join(reading)
      while (edge.controls.interrupted === before) yield* Effect.sleep(5)
    })
  )

  it.effect("tell of a failure on the way", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      const controls = edge.controls
      let calls = 0
      controls.sync = Effect.suspend(() => {
        calls += 1
        return calls > 1 ? fail(Code.Unavailable, "secret") : Effect.void
      })
      const response = yield* edge.get(`/sync/runs/${RUN_ID}/events`, { headers })
      const text = yield* Effect.promise(() => response.text())
      controls.sync = Effect.void
      expect(eventsOf(text).map(([name]) => name)).toStrictEqual(["problem"])
      expect(text).toContain('"code":"SERVICE_UNAVAILABLE"')
      expect(text).not.toContain("secret")
    })
  )

  it.effect("answer HEAD without following the run", () =>
    Effect.gen(function* () {
      const edge = yield* TestEdge
      const response = yield* edge.get(`/sync/runs/${RUN_ID}/events`, { method: "HEAD", headers })
      expect(response.status).toBe(200)
      expect(response.headers.get("content-type")).toBe("text/event-stream")
      expect(edge.controls.calls.at(-1)?.method).toBe("GetRun")
    })
  )
})
