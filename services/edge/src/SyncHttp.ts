import type { RpcError } from "@optica/connect/ConnectError"
import { type Run, RunKind } from "@optica/contracts/optica/sync/v1/run_pb"
import * as Effect from "effect/Effect"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as Stream from "effect/Stream"
import * as Tracer from "effect/Tracer"
import * as Answers from "./Answers.ts"
import { Api } from "./Api.ts"
import type { Exchange } from "./Exchange.ts"
import * as Problems from "./Problems.ts"
import * as Refusals from "./Refusals.ts"
import * as RunEvents from "./RunEvents.ts"
import { runView, statusView } from "./RunView.ts"
import { Stopping } from "./Stopping.ts"
import { SyncUpstream } from "./Upstreams.ts"

const fromSync =
  (exchange: Exchange) =>
  <A>(call: Effect.Effect<A, RpcError>): Effect.Effect<A, Problems.Problem> =>
    call.pipe(
      Refusals.logged,
      Answers.timed(exchange, "sync"),
      Effect.mapError((error) => Refusals.fromRpc(error))
    )

const found = (run: Run | undefined): Effect.Effect<Run, Problems.Problem> =>
  run === undefined ? Effect.fail(Problems.notFound("There is no run with that id")) : Effect.succeed(run)

const accepted = (exchange: Exchange, run: Run) =>
  Answers.privately(exchange, runView(run), { status: 202, headers: { location: `/sync/runs/${run.id}` } })

/** Answers the mirror's routes from the sync service. */
export const layer = HttpApiBuilder.group(
  Api,
  "sync",
  Effect.fnUntraced(function* (handlers) {
    const sync = yield* SyncUpstream
    const stopping = yield* Stopping
    const start = (request: HttpServerRequest, kind: RunKind) =>
      Answers.respond(
        request,
        Effect.fnUntraced(function* (exchange) {
          const { run } = yield* fromSync(exchange)(sync.startSync({ kind }))
          return accepted(exchange, yield* found(run))
        })
      )
    return handlers.handleAll({
      getStatus: ({ request }) =>
        Answers.respond(request, (exchange) =>
          Effect.map(fromSync(exchange)(sync.getSyncStatus({})), (status) =>
            Answers.privately(exchange, statusView(status))
          )
        ),
      getRun: ({ request, params }) =>
        Answers.respond(
          request,
          Effect.fnUntraced(function* (exchange) {
            const { run } = yield* fromSync(exchange)(sync.getRun({ id: params.id }))
            return Answers.privately(exchange, runView(yield* found(run)))
          })
        ),
      watchRun: ({ request, params }) =>
        Answers.respond(
          request,
          Effect.fnUntraced(function* (exchange) {
            // Asked for first, so that a run that is not there is a 404 and not a stream with bad news.
            yield* fromSync(exchange)(sync.getRun({ id: params.id }))
            const parent = yield* Effect.option(Effect.currentParentSpan)
            const runs = sync.watchSync({ id: params.id })
            const traced =
              parent._tag === "Some" ? Stream.provideService(runs, Tracer.ParentSpan, parent.value) : runs
            return HttpServerResponse.stream(RunEvents.make(traced, exchange, stopping), {
              headers: { "cache-control": "private, no-store", "x-accel-buffering": "no" },
              contentType: "text/event-stream"
            })
          })
        ),
      syncFull: ({ request }) => start(request, RunKind.FULL),
      syncProducts: ({ request }) => start(request, RunKind.PRODUCTS),
      cancelRun: ({ request, params }) =>
        Answers.respond(
          request,
          Effect.fnUntraced(function* (exchange) {
            const { run } = yield* fromSync(exchange)(sync.cancelSync({ id: params.id }))
            return accepted(exchange, yield* found(run))
          })
        )
    })
  })
)
