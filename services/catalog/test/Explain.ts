/** How PostgreSQL runs the statements of the catalogue: the very ones that it sends, with what it sends along. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { SqlClient } from "effect/sql/SqlClient"
import { CurrentTransformer, type Transformer } from "effect/sql/Statement"

/** A statement as it was sent. */
export interface Sent {
  readonly text: string
  readonly parameters: ReadonlyArray<unknown>
}

/** Runs something, and tells what statements it sent in its own fiber. */
export const recording = <A, E, R>(
  run: Effect.Effect<A, E, R>
): Effect.Effect<{ readonly answer: A; readonly sent: ReadonlyArray<Sent> }, E, R> =>
  Effect.suspend(() => {
    const sent: Array<Sent> = []
    const record: Transformer = (statement) =>
      Effect.sync(() => {
        const [text, parameters] = statement.compile()
        sent.push({ text, parameters })
        return statement
      })
    return Effect.map(Effect.provideService(run, CurrentTransformer, record), (answer) => ({ answer, sent }))
  })

/**
 * A prepared statement is planned for its parameters (custom) at first, and once for all (generic) when PostgreSQL thinks
 * that this is as good.
 */
export type PlanFor = "custom" | "generic"

const Prepared = Schema.Struct({ name: Schema.String, types: Schema.Array(Schema.String) })
const decodePrepared = Schema.decodeUnknownEffect(Schema.NonEmptyArray(Prepared))
const decodeLiterals = Schema.decodeUnknownEffect(Schema.Tuple([Schema.Record(Schema.String, Schema.String)]))

interface Node {
  readonly "Node Type": string
  readonly "Relation Name"?: string
  readonly "Index Name"?: string
  readonly "Actual Rows": number
  readonly "Actual Loops": number
  readonly "Rows Removed by Filter"?: number
  readonly "Rows Removed by Index Recheck"?: number
  readonly "Sort Space Type"?: string
  readonly "Hash Batches"?: number
  readonly "Shared Hit Blocks": number
  readonly "Shared Read Blocks": number
  readonly "Temp Written Blocks": number
  readonly Plans?: ReadonlyArray<Node>
}
const Node = Schema.Struct({
  "Node Type": Schema.String,
  "Relation Name": Schema.optionalKey(Schema.String),
  "Index Name": Schema.optionalKey(Schema.String),
  "Actual Rows": Schema.Number,
  "Actual Loops": Schema.Number,
  "Rows Removed by Filter": Schema.optionalKey(Schema.Number),
  "Rows Removed by Index Recheck": Schema.optionalKey(Schema.Number),
  "Sort Space Type": Schema.optionalKey(Schema.String),
  "Hash Batches": Schema.optionalKey(Schema.Number),
  "Shared Hit Blocks": Schema.Number,
  "Shared Read Blocks": Schema.Number,
  "Temp Written Blocks": Schema.Number,
  Plans: Schema.optionalKey(Schema.Array(Schema.suspend((): Schema.Codec<Node> => Node)))
})
const decodePlan = Schema.decodeUnknownEffect(
  Schema.Tuple([
    Schema.Struct({
      "QUERY PLAN": Schema.Tuple([Schema.Struct({ Plan: Node, "Execution Time": Schema.Number })])
    })
  ])
)

/** What a plan read, and how. */
export interface Evidence {
  /** Pages of 8 KiB that were looked at, each time counted. */
  readonly buffers: number
  /** Rows that scans came across, whether they were wanted or not. */
  readonly rows: number
  /** For people: it depends on the machine, so no test looks at it. */
  readonly ms: number
  /** `Index Scan products_by_date`, most rows first. */
  readonly scans: ReadonlyArray<string>
  /** Tables that were read from one end to the other. */
  readonly sequential: ReadonlyArray<string>
  /** Sorts and hashes that did not fit their memory. */
  readonly spills: ReadonlyArray<string>
}

/**
 * Runs a statement that this session has just prepared once more, under `EXPLAIN (ANALYZE, BUFFERS)`, and takes back
 * what it wrote. The pool may have one connection only: prepared statements belong to a session.
 */
export const explain = Effect.fnUntraced(function* (sent: Sent, planFor: PlanFor) {
  const sql = yield* SqlClient
  const run = (text: string) => sql`${sql.literal(text)}`.unprepared
  const [prepared] = yield* decodePrepared(
    yield* sql`SELECT name, parameter_types::text[] AS types FROM pg_prepared_statements
      WHERE statement = ${sent.text} ORDER BY prepare_time DESC LIMIT 1`.unprepared
  )
  // EXECUTE takes no parameters but values: as the statement has their types, so they are written.
  const written = prepared.types.map((type, at) => `quote_nullable($${at + 1}::${type}::text) AS v${at}`)
  const [literals] =
    written.length === 0
      ? [{}]
      : yield* decodeLiterals(
          yield* sql.unsafe(`SELECT ${written.join(", ")}`, [...sent.parameters]).unprepared
        )
  const values = Object.values(literals).map((literal, at) => `${literal}::${prepared.types[at]}`)
  const call = `EXECUTE "${prepared.name}"${values.length === 0 ? "" : `(${values.join(", ")})`}`
  yield* run("BEGIN")
  const rows = yield* Effect.andThen(
    run(`SET LOCAL plan_cache_mode = force_${planFor}_plan`),
    run(`EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${call}`)
  ).pipe(Effect.ensuring(Effect.orDie(run("ROLLBACK"))))
  const [
    {
      "QUERY PLAN": [plan]
    }
  ] = yield* decodePlan(rows)
  return evidenceOf(plan.Plan, plan["Execution Time"])
})

const evidenceOf = (root: Node, ms: number): Evidence => {
  const nodes = flatten(root)
  const scans = nodes.filter((node) => /Scan$/.test(node["Node Type"]) && isStored(node))
  const read = (node: Node) =>
    (node["Actual Rows"] +
      (node["Rows Removed by Filter"] ?? 0) +
      (node["Rows Removed by Index Recheck"] ?? 0)) *
    node["Actual Loops"]
  const busy = scans.filter((node) => node["Actual Loops"] > 0).toSorted((a, b) => read(b) - read(a))
  return {
    buffers: root["Shared Hit Blocks"] + root["Shared Read Blocks"],
    rows: Math.round(busy.reduce((sum, node) => sum + read(node), 0)),
    ms,
    scans: [
      ...new Set(busy.map((node) => `${node["Node Type"]} ${node["Index Name"] ?? node["Relation Name"]}`))
    ],
    sequential: busy.flatMap((node) =>
      node["Node Type"] === "Seq Scan" ? [node["Relation Name"] ?? ""] : []
    ),
    spills: nodes.flatMap((node) =>
      node["Sort Space Type"] === "Disk" || (node["Hash Batches"] ?? 1) > 1 || node["Temp Written Blocks"] > 0
        ? [node["Node Type"]]
        : []
    )
  }
}

/** Of a table or index, that is; a scan of what the statement made itself is none. */
const isStored = (node: Node): boolean =>
  node["Index Name"] !== undefined || node["Relation Name"] !== undefined

const flatten = (node: Node): ReadonlyArray<Node> => [node, ...(node.Plans ?? []).flatMap(flatten)]
