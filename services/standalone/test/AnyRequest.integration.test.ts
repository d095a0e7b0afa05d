import type { DescMethod, DescMethodUnary } from "@bufbuild/protobuf"
import { Code, ConnectError } from "@connectrpc/connect"
import { assert, layer } from "@effect/vitest"
import { CatalogService } from "@optica/contracts/optica/catalog/v1/catalog_service_pb"
import { ChangeOutcome } from "@optica/contracts/optica/catalog/v1/change_pb"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { Served } from "./Served.ts"
import { shop } from "./SmallShop.ts"
import { choices, wildMessage } from "./WildMessage.ts"

// Whatever is asked of a real catalogue with a small shop, over REST and over RPC, is answered or refused: it is never a
// fault of ours, never without a word, and never without an end.

const served = Layer.effectDiscard(
  Effect.gen(function* () {
    const { operator } = yield* Served
    const { results } = yield* operator.applyChanges({ changes: [...shop] })
    for (const { outcome } of results) assert.strictEqual(outcome, ChangeOutcome.APPLIED)
  })
).pipe(Layer.provideMerge(Served.layer))

const Seed = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 2 ** 31 }))

const known = {
  texts: ["frame-1", "round frame", "rond frmae", "bolt", "sku-1", "pa_color", "black", "Black", "café"],
  ids: [1n, 6n, 30n, 31n, 41n, 51n, 101n, 201n],
  forms: {
    min_price: ["", "0", "4.99"],
    max_price: ["", "10", "999999999999999.9999999999"],
    stock_status: ["", "instock"],
    cursor: [""],
    slug: ["frame-1", "\u091a", "frame-99"],
    source_json: shop.map(({ state }) => String(state?.value))
  }
}

const isUnary = (method: DescMethod): method is DescMethodUnary => method.methodKind === "unary"

/** How long an answer may take that a person waits for; only an endless one takes so long here. */
const PATIENCE_MS = 20_000

/** What is never the caller's doing, in a catalogue whose database answers. */
const faults = new Set([
  ...[Code.Internal, Code.Unknown, Code.Unimplemented, Code.DataLoss],
  ...[Code.Unavailable, Code.DeadlineExceeded, Code.Aborted, Code.Canceled]
])

/** What may stand in a path: ids and slugs of the shop, and what is neither. */
const fills = ["1", "6", "30", "31", "101", "frame-1", "\u091a", "999", "2147483648", "9007199254740991"]
const wildFills = [
  ...["1", "0", "-1", "1.5", "9007199254740993", "abc", "\0", "%", "a/b", "\u200b", "x".repeat(601)]
]

/** Values that a parameter takes, by name. */
const values: Record<string, ReadonlyArray<string>> = {
  page: ["1", "2", "100"],
  per_page: ["1", "20", "100"],
  cursor: ["AAAA"],
  fields: ["id", "id,name,price"],
  categories: ["30", "31,999"],
  tag: ["41"],
  brand: ["51"],
  sku: ["sku-1,sku-2"],
  include: ["3,1,2", "999"],
  min_price: ["0", "5.00"],
  max_price: ["999999999999999.9999999999", "10"],
  on_sale: ["true", "false"],
  featured: ["true", "false"],
  stock_status: ["instock", "preorder"],
  rating: ["5", "1,2,3,4,5", "5,4,5,4,5,4"],
  attributes: ["black", "Black,black", "blue"],
  search: known.texts,
  q: known.texts,
  limit: ["1", "20"],
  orderby: [
    "date",
    "id",
    "include",
    "title",
    "slug",
    "modified",
    "menu_order",
    "price",
    "popularity",
    "rating",
    "relevance"
  ],
  order: ["asc", "desc"]
}

/** Values that hardly any parameter takes, and texts that a search has to take as they are. */
const wild = [
  ...[
    "",
    " ",
    "0",
    "-1",
    "1.5",
    "9007199254740993",
    "abc",
    ",",
    "1,,2",
    "\0",
    "a\0b",
    "\u200b",
    "\u202e",
    "😀"
  ],
  ...[
    "'",
    '"',
    "a & b | !c",
    "a:* <-> (b",
    "\\",
    "%",
    "';--",
    "x".repeat(101),
    "1".repeat(40),
    "é".repeat(100)
  ]
]

interface Route {
  readonly path: string
  readonly parameters: ReadonlyArray<{ readonly name: string; readonly required: boolean }>
}

const decodeDocument = Schema.decodeUnknownSync(
  Schema.fromJsonString(
    Schema.Struct({
      paths: Schema.Record(
        Schema.String,
        Schema.Struct({
          get: Schema.optionalKey(
            Schema.Struct({
              parameters: Schema.Array(
                Schema.Struct({ name: Schema.String, in: Schema.String, required: Schema.Boolean })
              )
            })
          )
        })
      )
    })
  )
)

/** Routes of the public API, as the edge's own document lists them. */
const routes = Effect.gen(function* () {
  const { url } = yield* Served
  const text = yield* Effect.promise(() => fetch(`${url}/openapi.json`).then((it) => it.text()))
  return Object.entries(decodeDocument(text).paths).flatMap(
    ([path, { get }]): ReadonlyArray<Route> =>
      get === undefined || !path.startsWith("/api/")
        ? []
        : [{ path, parameters: get.parameters.filter((it) => it.in === "query") }]
  )
})

const decodeAnswer = Schema.decodeUnknownSync(
  Schema.fromJsonString(
    Schema.Struct({
      success: Schema.Boolean,
      error: Schema.optionalKey(
        Schema.Struct({ code: Schema.String, message: Schema.String, details: Schema.Array(Schema.Json) })
      )
    })
  )
)

layer(served, { excludeTestServices: true, timeout: 60_000 })("a catalogue with a small shop", (it) => {
  const codes = new Map<string, Set<string>>()

  it.effect.prop(
    "answers or refuses any message at every RPC",
    {
      rpc: Schema.Literals(CatalogService.methods.map((it) => it.localName)),
      isOperator: Schema.Literals([true, true, true, false]),
      seed: Seed
    },
    ({ rpc, isOperator, seed }) =>
      Effect.gen(function* () {
        const { authorization, transport } = yield* Served
        const method = CatalogService.methods.filter(isUnary).find((it) => it.localName === rpc)
        if (method === undefined) return assert.fail(`${rpc} is not unary`)
        const message = wildMessage(method.input, seed, known)
        const headers = isOperator ? { authorization } : {}
        const code = yield* Effect.promise(() =>
          transport.unary(method, undefined, PATIENCE_MS, headers, message).then(
            () => "OK",
            (error) => {
              const { code, rawMessage } = ConnectError.from(error)
              const what = `${rpc} ${JSON.stringify(message, (_, it) => (typeof it === "bigint" ? String(it) : it))}`
              assert.isFalse(faults.has(code), `${what}: ${Code[code]} ${rawMessage}`)
              assert.notStrictEqual(rawMessage, "", what)
              return String(Code[code])
            }
          )
        )
        codes.set(rpc, (codes.get(rpc) ?? new Set()).add(code))
      }),
    { arbitrary: { runs: 1500 }, timeout: 120_000 }
  )

  it("was asked of every RPC, and each answered to some", () => {
    for (const { localName } of CatalogService.methods)
      assert.include([...(codes.get(localName) ?? [])], "OK", localName)
  })

  const statuses = new Map<string, Set<number>>()

  it.effect.prop(
    "answers or refuses any request at every route that the document lists",
    { seed: Seed },
    ({ seed }) =>
      Effect.gen(function* () {
        const { url } = yield* Served
        const next = choices(seed)
        const pick = <A>(values: ReadonlyArray<A>, otherwise: A): A =>
          values[next(values.length)] ?? otherwise
        const isTame = pick([true, false], true)
        const route = pick(yield* routes, { path: "/api/products", parameters: [] })
        const path = route.path.replace(/\{[a-z]+\}/g, () =>
          encodeURIComponent(pick(isTame ? fills : wildFills, "1"))
        )
        const query = route.parameters.flatMap(({ name, required }) => {
          if (!required && pick([true, true, true, false], true)) return []
          const value = pick([...(values[name] ?? []), ...(isTame ? [] : wild)], "")
          const asked =
            name === "attributes" ? `attributes[${pick(["pa_color", "color", "\u200b"], "")}]` : name
          return [`${encodeURIComponent(asked)}=${encodeURIComponent(value)}`]
        })
        const target = `${path}${query.length === 0 ? "" : `?${query.join("&")}`}`
        const { status, text } = yield* Effect.promise(async () => {
          const response = await fetch(url + target, { signal: AbortSignal.timeout(PATIENCE_MS) })
          return { status: response.status, text: await response.text() }
        })
        const what = `${target}: ${status} ${text.slice(0, 300)}`
        assert.isBelow(status, 500, what)
        const { error, success } = decodeAnswer(text)
        assert.strictEqual(success, status === 200, what)
        if (status !== 200) assert.include([400, 404], status, what)
        if (status === 400) assert.isNotEmpty(error?.details, what)
        statuses.set(route.path, (statuses.get(route.path) ?? new Set()).add(status))
      }),
    { arbitrary: { runs: 1000 }, timeout: 120_000 }
  )

  it.effect("was asked at every route, and each answered and refused some", () =>
    Effect.gen(function* () {
      for (const { path, parameters } of yield* routes) {
        assert.include([...(statuses.get(path) ?? [])], 200, path)
        if (parameters.length > 0) assert.include([...(statuses.get(path) ?? [])], 400, path)
      }
    })
  )
})
