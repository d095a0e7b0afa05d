import { describe, expect, it } from "@effect/vitest"
import { Schema, Struct } from "effect"
import { HttpApi, OpenApi } from "effect/http-api"
import { Api } from "../src/Api.ts"
import { catalogue, typeOf } from "../src/Problems.ts"

/** For this machine, and for operators from elsewhere. */
const local = ["/health/full", "/health/metrics", "/metrics"]

const Json = Schema.Record(Schema.String, Schema.Unknown)
const Parameter = Schema.Struct({
  name: Schema.String,
  in: Schema.Literals(["path", "query"]),
  required: Schema.Boolean,
  description: Schema.String,
  example: Schema.Unknown,
  schema: Json,
  style: Schema.optionalKey(Schema.Literals(["form", "deepObject"])),
  explode: Schema.optionalKey(Schema.Boolean)
})
const Answer = Schema.Struct({
  description: Schema.String,
  headers: Schema.Record(
    Schema.String,
    Schema.Struct({ schema: Json, required: Schema.Boolean, description: Schema.optionalKey(Schema.String) })
  ),
  content: Schema.optionalKey(
    Schema.Record(
      Schema.String,
      Schema.Struct({
        schema: Json,
        examples: Schema.optionalKey(
          Schema.Struct({ recorded: Schema.Struct({ summary: Schema.String, value: Schema.Unknown }) })
        )
      })
    )
  )
})
const Operation = Schema.Struct({
  tags: Schema.Array(Schema.String),
  operationId: Schema.String,
  summary: Schema.String,
  description: Schema.optionalKey(Schema.String),
  parameters: Schema.Array(Parameter),
  security: Schema.Array(Json),
  requestBody: Schema.optionalKey(Schema.Struct({ required: Schema.Literal(false), content: Json })),
  responses: Schema.Record(Schema.String, Answer)
})
const Document = Schema.Struct({
  openapi: Schema.Literal("3.1.0"),
  info: Schema.Struct({
    title: Schema.Literal("Optica"),
    version: Schema.String,
    description: Schema.String,
    license: Json
  }),
  servers: Schema.Array(Json),
  security: Schema.Array(Json),
  tags: Schema.Array(Schema.Struct({ name: Schema.String, description: Schema.optionalKey(Schema.String) })),
  paths: Schema.Record(
    Schema.String,
    Schema.Struct({ get: Schema.optionalKey(Operation), post: Schema.optionalKey(Operation) })
  ),
  components: Schema.Struct({ schemas: Schema.Record(Schema.String, Json), securitySchemes: Json })
})

// As it is sent: through JSON.
const text = JSON.stringify(OpenApi.fromApi(Api))
const document = Schema.decodeUnknownSync(Schema.fromJsonString(Document), { onExcessProperty: "error" })(
  text
)

const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ path, method, operation }))
)

describe("the OpenAPI document", () => {
  it("holds every route of the contract, and no other", () => {
    const routes: Array<string> = []
    HttpApi.reflect(Api, {
      onGroup: () => {},
      onEndpoint: ({ endpoint }) => {
        if (!endpoint.path.endsWith(".js")) {
          routes.push(`${endpoint.method.toLowerCase()} ${endpoint.path.replace(/:([a-z]+)/g, "{$1}")}`)
        }
      }
    })
    expect(operations.map(({ path, method }) => `${method} ${path}`).sort()).toStrictEqual(routes.sort())
    expect(routes).toHaveLength(28)
  })

  it("has no reference that leads nowhere, and no schema that nobody needs", () => {
    const references = new Set(
      [...text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map((it) => it[1])
    )
    expect([...references].sort()).toStrictEqual(Object.keys(document.components.schemas).sort())
  })

  it("calls operations by names of their own", () => {
    expect(new Set(operations.map(({ operation }) => operation.operationId)).size).toBe(operations.length)
  })

  it("says of every parameter what it is, what it may be, and gives an example", () => {
    for (const { path, operation } of operations) {
      const names = operation.parameters.filter((it) => it.in === "path").map((it) => `{${it.name}}`)
      expect(path.match(/\{[a-z]+\}/g) ?? []).toStrictEqual(names)
      for (const parameter of operation.parameters) {
        const isText = parameter.name === "q" && path !== "/api/products/facets"
        expect(parameter.required).toBe(parameter.in === "path" || isText)
        expect(parameter.example).toBeDefined()
        const { type, ...rules } = parameter.schema
        expect(type).toBeDefined()
        if (type !== "boolean") expect(Object.keys(rules)).not.toHaveLength(0)
        if (type === "array") expect(parameter).toMatchObject({ style: "form", explode: false })
        if (type === "object") expect(parameter).toMatchObject({ style: "deepObject", explode: true })
      }
    }
  })

  it("has the parameters of the product list", () => {
    expect(document.paths["/api/products"]?.get?.parameters.map(({ name }) => name)).toStrictEqual([
      ...["page", "per_page", "cursor", "fields", "categories", "tag", "brand", "sku", "include"],
      ...["min_price", "max_price", "on_sale", "stock_status", "rating", "featured", "search"],
      ...["orderby", "order", "attributes"]
    ])
  })

  const everywhere = ["400", "406", "414", "431", "500", "503", "504"]
  it.each(operations.map((it) => [`${it.method} ${it.path}`, it] as const))(
    "tells every problem of %s",
    (_, it) => {
      const { path, operation } = it
      const statuses = Object.keys(operation.responses)
      const expected = new Set([
        ...everywhere,
        ...(path.startsWith("/sync/") || local.includes(path) ? ["401"] : []),
        ...(path.includes("{") ? ["404"] : []),
        ...(path === "/sync/full" || path === "/sync/products" ? ["409"] : []),
        ...(path.startsWith("/api/") ? ["412"] : []),
        ...(it.method === "post" ? ["413", "415"] : [])
      ])
      expect(new Set(statuses.filter((status) => Number(status) >= 400))).toStrictEqual(expected)
      for (const [status, answer] of Object.entries(operation.responses)) {
        expect(Object.keys(answer.headers)).toEqual(
          expect.arrayContaining(["x-request-id", "x-response-time"])
        )
        if (Number(status) < 400) continue
        expect(Object.keys(answer.content ?? {})).toStrictEqual(["application/problem+json"])
        expect(JSON.stringify(answer.content)).toMatch(/#\/components\/schemas\/[A-Za-z]+Problem/)
      }
    }
  )

  it("asks for the operator's token where it is needed", () => {
    expect(document.components.securitySchemes).toMatchObject({ operator: { type: "http" } })
    for (const { path, operation } of operations) {
      const needed = path.startsWith("/sync/") ? [{ operator: [] }] : []
      const expected = local.includes(path) ? [{}, { operator: [] }] : needed
      expect(operation.security).toStrictEqual(expected)
    }
  })

  it("has a section for every code, which the type of the problem leads to", () => {
    const sections = [...document.info.description.matchAll(/^### (.+)\n\n`(.+)`, (.+)$/gm)]
    expect(sections.map(([, , code]) => code)).toStrictEqual(Object.keys(catalogue))
    for (const code of Struct.keys(catalogue)) {
      const [, heading = "", , said = ""] = sections.find((section) => section[2] === code) ?? []
      expect(said).toMatch(new RegExp(`^${catalogue[code].status} ${catalogue[code].title}\\. .{30,}`))
      // As the documentation page makes anchors of headings.
      const anchor = heading.toLowerCase().replaceAll(":", "").replaceAll(" ", "-")
      expect(typeOf(code)).toBe(`/docs#${anchor}`)
    }
  })

  it("has numbers that JSON can say", () => {
    expect(text).not.toMatch(/NaN|Infinity/)
  })

  it("says of names and terms that they are HTML-encoded", () => {
    const encoded = JSON.stringify(document.components.schemas)
    for (const schema of ["Product", "Variation", "SearchHit", "Category", "CategoryNode", "SuggestedTerm"]) {
      const { properties } = document.components.schemas[schema] ?? {}
      expect(JSON.stringify(Object(properties).name), schema).toContain("HTML-encoded")
    }
    expect(encoded).toContain("Name of a term, HTML-encoded")
  })

  it("says of every facet what it is", () => {
    const { properties } = document.components.schemas.Facets ?? {}
    for (const [name, facet] of Object.entries(Object(properties))) {
      expect(Object(facet), name).toHaveProperty("description")
    }
  })

  it("gives an answer of a real catalogue for every public read, of the form that it declares", () => {
    const declared = new Map<string, ReadonlyArray<Schema.Top>>()
    HttpApi.reflect(Api, {
      onGroup: () => {},
      onEndpoint: ({ endpoint }) => {
        declared.set(endpoint.path.replace(/:([a-z]+)/g, "{$1}"), [...endpoint.success])
      }
    })
    for (const { path, operation } of operations.filter((it) => it.path.startsWith("/api/"))) {
      const { recorded } = operation.responses[200]?.content?.["application/json"]?.examples ?? {}
      expect(recorded?.summary, path).toContain(`GET ${path.split("{")[0]}`)
      const asked = operation.parameters
        .filter((it) => it.in === "path")
        .reduce((address, it) => address.replace(`{${it.name}}`, String(it.example)), path)
      expect(recorded?.summary.split("?")[0], path).toBe(`GET ${asked}`)
      const [schema] = declared.get(path) ?? []
      expect(schema !== undefined && Schema.is(schema)(recorded?.value), path).toBe(true)
    }
  })

  it("gives examples of what it answers with", () => {
    for (const name of ["Product", "Variation", "Category", "Run"]) {
      const { examples, properties } = document.components.schemas[name] ?? {}
      const [example] = Schema.decodeUnknownSync(Schema.Array(Json))(examples)
      expect(Object.keys(example ?? {}).sort()).toStrictEqual(Object.keys(Object(properties)).sort())
    }
  })
})
