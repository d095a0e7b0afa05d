/** What the generated OpenAPI document does not know by itself: how parameters read, examples, headers, and the sections of problems. */
import { create } from "@bufbuild/protobuf"
import { RunKind, RunSchema, RunStatus } from "@optica/contracts/optica/sync/v1/run_pb"
import * as OpenApi from "effect/http-api/OpenApi"
import recorded from "../data/examples.json" with { type: "json" }
import { documentation } from "./ParameterDocumentation.ts"
import { sections } from "./ProblemSections.ts"
import { productFields, variationFields } from "./ProductView.ts"
import { API_VERSION } from "./ResponseHeaders.ts"
import { runView } from "./RunView.ts"
import { hitFields } from "./SearchHitView.ts"

const description = `The storefront API of a WooCommerce shop, mirrored and served fast.

Successes are \`{ "success": true, "data": …, "meta": … }\`. Failures are problem details (RFC 9457) whose \`error.code\` is made to be branched on, and whose \`type\` leads to its section below.

Public reads carry a weak \`ETag\` over \`data\`, \`pagination\` and \`corrected_search\`, and \`Last-Modified\`: ask again with \`If-None-Match\` and get 304 while nothing changed. A parameter that is not documented is refused. \`X-Request-ID\` is taken over when it matches \`^[A-Za-z0-9._-]{1,128}$\`, and is in every answer. HEAD is served wherever GET is.

## Problems

What can go wrong, by \`error.code\`.

${sections}`

/** Examples of the named schemas: what the demo store answers, and a run as it is made for answers. */
const examples: Record<string, unknown> = {
  Product: recorded["/api/products/{id}"].answer.data,
  Variation: recorded["/api/products/{id}/variations"].answer.data[0],
  Category: recorded["/api/categories/{id}"].answer.data,
  Run: runView(
    create(RunSchema, {
      id: String(documentation.run?.example),
      kind: RunKind.FULL,
      status: RunStatus.RUNNING,
      startedAt: { seconds: 1_795_230_000n },
      steps: [{ resource: "products", total: 600n, read: 200n, applied: 200n }],
      itemsPerSecond: 85.2,
      etaSeconds: 4.7
    })
  )
}

interface Operation {
  parameters: Array<OpenApi.OpenAPISpecParameter>
  requestBody?: { required?: boolean }
  security: Array<object>
  responses: Record<
    string,
    {
      description: string
      headers?: Record<string, unknown>
      content?: Record<string, { schema: object; examples?: object }>
    }
  >
}

const text = { schema: { type: "string" }, required: true }

const everyAnswer = {
  "x-request-id": text,
  "x-response-time": text,
  "x-api-version": { schema: { type: "string", const: API_VERSION }, required: true },
  "server-timing": text
}

const cacheableAnswer = {
  etag: text,
  "last-modified": { ...text, required: false },
  "cache-control": text,
  "x-cache-status": text,
  "x-cache-source": text,
  "cache-status": text
}

const headersOf: Record<string, Record<string, unknown>> = {
  202: { location: text },
  401: { "www-authenticate": text },
  409: { location: { ...text, required: false } },
  503: { "retry-after": text }
}

/** How lists and objects are written into a query. */
const styles: Record<string, object> = {
  array: { style: "form", explode: false },
  object: { style: "deepObject", explode: true }
}

const pagedAnswer = {
  link: { ...text, required: false, description: "RFC 8288: first, prev, next, last; relative" },
  "x-wp-total": text,
  "x-wp-totalpages": text
}

/** Without a token from this machine. */
const local = new Set(["/metrics", "/health/metrics", "/health/full"])

/** Names that `fields` takes. */
const fieldsAt = (path: string): ReadonlyArray<string> => [
  ...(path.endsWith("/variations") ? variationFields : path.endsWith("/search") ? hitFields : productFields)
]

const describeOperation = (path: string, operation: Operation): void => {
  const cacheable = path.startsWith("/api/")
  const paged = operation.parameters.some(({ name }) => name === "per_page")
  // The document knows no bracket parameters, which are one object here.
  if (operation.parameters.some(({ name }) => name === "rating")) {
    operation.parameters.push({ name: "attributes", in: "query", schema: {}, required: false })
  }
  for (const parameter of operation.parameters) {
    const name = parameter.name === "id" && path.startsWith("/sync/") ? "run" : parameter.name
    const documented = documentation[name]
    if (documented === undefined) throw new Error(`the parameter ${name} of ${path} is not documented`)
    Object.assign(parameter, documented, styles[String(documented.schema.type)])
    if (name === "fields")
      parameter.schema = { ...documented.schema, items: { type: "string", enum: fieldsAt(path) } }
  }
  if (local.has(path)) operation.security = [{}, { operator: [] }]
  if (operation.requestBody === undefined) {
    delete operation.responses[413]
    delete operation.responses[415]
  } else {
    operation.requestBody.required = false
  }
  if (cacheable) operation.responses[304] = { description: "What the caller holds is still so" }
  else delete operation.responses[412]
  for (const [status, response] of Object.entries(operation.responses)) {
    response.headers = {
      ...everyAnswer,
      ...(cacheable && (status === "200" || status === "304") ? cacheableAnswer : {}),
      ...(paged && (status === "200" || status === "304") ? pagedAnswer : {}),
      ...headersOf[status]
    }
  }
}

/** Answers of a demo store, by the path of their operation; see the test that records them. */
const answers = new Map(Object.entries<{ readonly request: string; readonly answer: unknown }>(recorded))

const giveExample = (path: string, operation: Operation): void => {
  const example = answers.get(path)
  // What the path asks for is there: the same as in the recorded request.
  const asked = example?.request.split("?")[0]?.split("/")
  for (const parameter of operation.parameters) {
    const value =
      parameter.in === "path" ? asked?.[path.split("/").indexOf(`{${parameter.name}}`)] : undefined
    if (value !== undefined)
      Object.assign(parameter, { example: parameter.name === "id" ? Number(value) : value })
  }
  const content = operation.responses[200]?.content?.["application/json"]
  if (example === undefined || content === undefined) return
  content.examples = { recorded: { summary: `GET ${example.request}`, value: example.answer } }
}

const isOperation = (value: unknown): value is Operation =>
  typeof value === "object" && value !== null && "responses" in value && "parameters" in value

/** Title, description and finishing touches of the document. */
export const annotations = OpenApi.annotations({
  title: "Optica",
  version: API_VERSION,
  description,
  license: { name: "MIT", identifier: "MIT" },
  servers: [{ url: "/" }],
  transform: (document) => {
    for (const [path, item] of Object.entries<object>(document.paths)) {
      for (const operation of Object.values(item))
        if (isOperation(operation)) {
          describeOperation(path, operation)
          giveExample(path, operation)
        }
    }
    for (const [name, example] of Object.entries(examples))
      document.components.schemas[name].examples = [example]
    return document
  }
})
