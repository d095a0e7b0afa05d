/** What the generated OpenAPI document does not know by itself: how parameters read, examples, and the problems. */
import * as OpenApi from "effect/http-api/OpenApi"
import * as Parameters from "./Parameters.ts"
import * as Problems from "./Problems.ts"
import { API_VERSION } from "./ResponseHeaders.ts"

const problemTable = Object.entries(Problems.catalogue)
  .map(([code, { status, title }]) => `| \`${code}\` | ${status} | ${title} |`)
  .join("\n")

const description = `The storefront API of a WooCommerce shop, mirrored and served fast.

Successes are \`{ "success": true, "data": …, "meta": … }\`. Failures are problem details (RFC 9457) whose \`error.code\` is made to be branched on:

| code | status | meaning |
|---|---|---|
${problemTable}

Public reads carry a weak \`ETag\` over \`data\` and \`pagination\`, and \`Last-Modified\`: ask again with \`If-None-Match\` and get 304 while nothing changed. A parameter that is not documented is refused. \`X-Request-ID\` is taken over when it matches \`^[A-Za-z0-9._-]{1,128}$\`, and is in every answer.`

interface Operation {
  parameters: Array<OpenApi.OpenAPISpecParameter>
  requestBody?: { required?: boolean }
  responses: Record<string, { description: string; headers?: object }>
}

const responseHeaders = {
  "x-request-id": { schema: { type: "string" }, required: true },
  "x-response-time": { schema: { type: "string" }, required: true },
  "x-api-version": { schema: { type: "string", const: API_VERSION }, required: true }
}

const describeOperation = (path: string, operation: Operation): void => {
  for (const parameter of operation.parameters) {
    const name = parameter.name === "id" && path.startsWith("/sync/") ? "run" : parameter.name
    const documented = Parameters.documentation[name]
    if (documented === undefined) throw new Error(`the parameter ${name} of ${path} is not documented`)
    Object.assign(
      parameter,
      documented,
      documented.schema.type === "array" ? { style: "form", explode: false } : {}
    )
  }
  if (operation.requestBody !== undefined) operation.requestBody.required = false
  for (const [status, response] of Object.entries(operation.responses)) {
    response.headers = {
      ...responseHeaders,
      ...(status === "202" ? { location: { schema: { type: "string" }, required: true } } : {})
    }
  }
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
        if (isOperation(operation)) describeOperation(path, operation)
    }
    return document
  }
})
