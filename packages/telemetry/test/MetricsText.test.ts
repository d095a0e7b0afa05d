import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Metric from "effect/Metric"
import {
  DbConnectionMax,
  HttpServerRequestDuration,
  OVERFLOW,
  RpcRetries,
  SERIES_LIMIT
} from "../src/Metrics.ts"
import * as MetricsText from "../src/MetricsText.ts"

const alone = () => Context.make(Metric.MetricRegistry, new Map())

const plain = (context: Context.Context<never>) => MetricsText.exposition(context, undefined).text

const open = (context: Context.Context<never>) =>
  MetricsText.exposition(context, "application/openmetrics-text; version=1.0.0").text

const some = () => {
  const context = alone()
  HttpServerRequestDuration.update(context, 0.02, "GET", "/api/products/:id", "200")
  HttpServerRequestDuration.update(context, 7, "GET", "/api/products/:id", "200")
  RpcRetries.update(context, 2, "a.B", "C")
  DbConnectionMax.update(context, 10, "catalog")
  return context
}

describe("the metrics' text", () => {
  it("has histograms with cumulative buckets, the unit in their names, and the labels of each series", () => {
    const text = plain(some())
    assert.include(
      text,
      "# HELP http_server_request_duration_seconds Time from the request's head to the end of its answer\n# TYPE http_server_request_duration_seconds histogram\n"
    )
    const labels = 'http_request_method="GET",http_route="/api/products/:id",http_response_status_code="200"'
    const name = "http_server_request_duration_seconds"
    for (const line of [
      `${name}_bucket{${labels},le="0.01"} 0`,
      `${name}_bucket{${labels},le="0.025"} 1`,
      `${name}_bucket{${labels},le="5"} 1`,
      `${name}_bucket{${labels},le="10"} 2`,
      `${name}_bucket{${labels},le="+Inf"} 2`,
      `${name}_sum{${labels}} 7.02`,
      `${name}_count{${labels}} 2`
    ]) {
      assert.include(text, `\n${line}\n`)
    }
  })

  it("has counters that end in _total, and gauges as they are", () => {
    const text = plain(some())
    assert.include(text, "# TYPE optica_rpc_retries_total counter\n")
    assert.include(text, 'optica_rpc_retries_total{rpc_service="a.B",rpc_method="C"} 2\n')
    assert.include(text, 'db_client_connection_max{db_client_connection_pool_name="catalog"} 10\n')
  })

  it("is OpenMetrics where that is asked for: families without _total, floats for bounds, an end", () => {
    const text = open(some())
    assert.include(text, "# TYPE optica_rpc_retries counter\n")
    assert.include(text, 'optica_rpc_retries_total{rpc_service="a.B",rpc_method="C"} 2\n')
    assert.include(text, 'le="10.0"} 2\n')
    assert.match(text, /\n# EOF\n$/)
  })

  it("is the end alone where nothing was measured", () => {
    assert.strictEqual(plain(alone()), "")
    assert.strictEqual(open(alone()), "# EOF\n")
  })

  it("keeps a hostile label value on its line", () => {
    const context = alone()
    RpcRetries.update(context, 1, 'a"} 1\nfake 1\\', "C")
    assert.include(plain(context), '{rpc_service="a\\"} 1\\nfake 1\\\\",rpc_method="C"} 1\n')
    assert.notMatch(plain(context), /^fake/m)
  })
})

describe("a metric", () => {
  it("has no more series than its limit, and one that says so", () => {
    const context = alone()
    for (let n = 0; n < SERIES_LIMIT + 500; n++) RpcRetries.update(context, 1, "made.Up", `method-${n}`)
    const all = MetricsText.figures(context)
    assert.isAtMost(all.length, SERIES_LIMIT + 1)
    const rest = all.filter(({ labels }) => labels[OVERFLOW] === "true")
    assert.strictEqual(rest.length, 1)
    assert.isAtLeast(rest[0]?.value ?? 0, 500)
  })
})
