import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { Envelope } from "./Answers.ts"
import { OperatorAccess } from "./OperatorAccess.ts"
import * as Parameters from "./Parameters.ts"
import * as Problems from "./Problems.ts"
import { Produces } from "./Routes.ts"
import { RunView, StatusView } from "./RunView.ts"

/** No options yet: an empty body, or an empty object. */
const noOptions = [Schema.Null, Parameters.nothing] as const

const Started = Envelope(RunView).pipe(HttpApiSchema.status(202))
const Conflict = Problems.documented("CONFLICT")
const params = { id: Parameters.runId }

const starts = (what: string) =>
  OpenApi.annotations({
    summary: `Mirror ${what}`,
    description: `Starts a run that mirrors ${what}; its address is in \`Location\`. CONFLICT while a run is at work.`
  })

export class SyncApi extends HttpApiGroup.make("sync")
  .add(
    HttpApiEndpoint.get("getStatus", "/sync/status", {
      query: Parameters.nothing,
      success: Envelope(StatusView)
    }).annotateMerge(
      OpenApi.annotations({
        summary: "Where the mirror stands",
        description: "The run at work and the last ten."
      })
    ),
    HttpApiEndpoint.get("getRun", "/sync/runs/:id", {
      params,
      query: Parameters.nothing,
      success: Envelope(RunView),
      error: Problems.NotFound
    }).annotateMerge(OpenApi.annotations({ summary: "One run" })),
    HttpApiEndpoint.get("watchRun", "/sync/runs/:id/events", {
      params,
      query: Parameters.nothing,
      success: Schema.String.pipe(HttpApiSchema.asText({ contentType: "text/event-stream" })),
      error: Problems.NotFound
    })
      .annotate(Produces, "text/event-stream")
      .annotateMerge(
        OpenApi.annotations({
          summary: "Follow a run",
          description:
            "Server-sent events: `run` with the run as it is now and each time it changed, then `end` with its last state, and the stream ends. Connect again to resume: the first event is always the present state. A comment is sent every 15 seconds. A failure after the start is an event `problem`."
        })
      ),
    HttpApiEndpoint.post("syncFull", "/sync/full", {
      query: Parameters.nothing,
      payload: noOptions,
      success: Started,
      error: Conflict
    }).annotateMerge(starts("the whole shop")),
    HttpApiEndpoint.post("syncProducts", "/sync/products", {
      query: Parameters.nothing,
      payload: noOptions,
      success: Started,
      error: Conflict
    }).annotateMerge(starts("products and their variations")),
    HttpApiEndpoint.post("cancelRun", "/sync/runs/:id/cancel", {
      params,
      query: Parameters.nothing,
      payload: noOptions,
      success: Started,
      error: Problems.NotFound
    }).annotateMerge(
      OpenApi.annotations({
        summary: "Stop a run",
        description: "After the pages that are under way. Stopping a run that has ended changes nothing."
      })
    )
  )
  .middleware(OperatorAccess)
  .annotateMerge(OpenApi.annotations({ title: "Mirror", description: "For operators." })) {}
