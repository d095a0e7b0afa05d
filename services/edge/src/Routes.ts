/** What is served where, read from the contract: for 404, 405, 406, OPTIONS, and the route template in logs and spans. */
import * as Context from "effect/Context"
import * as FindMyWay from "effect/http/FindMyWay"
import * as HttpApi from "effect/http-api/HttpApi"
import type * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import type * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"
import { targetLimit } from "./Refusals.ts"

/** Media type of an endpoint's answer. */
export const Produces = Context.Reference<string>("@optica/edge/Produces", {
  defaultValue: () => "application/json"
})

/** Whether an endpoint is asked by machines every few seconds: no span, and its log line is of level debug. */
export const Probe = Context.Reference<boolean>("@optica/edge/Probe", { defaultValue: () => false })

export interface Route {
  /** `/api/products/:id` */
  readonly template: string
  /** Methods served here, HEAD and OPTIONS among them. */
  readonly methods: ReadonlySet<string>
  /** The same as the Allow field lists them. */
  readonly allow: string
  readonly produces: string
  /** Another media type that the same path has for those who ask for it. */
  readonly alternative?: string
  /** Query parameters that are known here; bracket parameters as `attributes[…]`. */
  readonly parameters?: ReadonlyArray<string>
  readonly probe: boolean
}

/** No case folding, no forgiven slashes: one resource has one address. What is too long is refused by who reads it. */
export const routerConfig = {
  ignoreDuplicateSlashes: false,
  ignoreTrailingSlash: false,
  caseSensitive: true,
  maxParamLength: targetLimit
}

interface Served {
  readonly served: Array<string>
}

/** Looks up what is served at a path, whatever the method. */
export const finder = <Id extends string, Groups extends HttpApiGroup.Constraint>(
  api: HttpApi.HttpApi<Id, Groups>
): ((path: string) => Route | undefined) => {
  const routes = new Map<string, Omit<Route, "methods" | "allow"> & Served>()
  HttpApi.reflect(api, {
    onGroup: () => {},
    onEndpoint: ({ endpoint, mergedAnnotations }) => {
      const known: Omit<Route, "methods" | "allow"> & Served = routes.get(endpoint.path) ?? {
        template: endpoint.path,
        served: [],
        parameters: parametersOf(endpoint.query),
        produces: Context.get(mergedAnnotations, Produces),
        probe: Context.get(mergedAnnotations, Probe)
      }
      known.served.push(...(endpoint.method === "GET" ? ["GET", "HEAD"] : [endpoint.method]))
      routes.set(endpoint.path, known)
    }
  })
  const router = FindMyWay.make<Route>(routerConfig)
  for (const [template, { served, ...route }] of routes) {
    if (!isPath(template)) throw new Error(`the path ${template} does not begin with a slash`)
    const all = [...served, "OPTIONS"]
    router.on("GET", template, { ...route, methods: new Set(all), allow: all.join(", ") })
  }
  return (path) => router.find("GET", path)?.handler
}

const isPath = (template: string): template is `/${string}` => template.startsWith("/")

const parametersOf = (query: Schema.Top | undefined): ReadonlyArray<string> => {
  if (query === undefined || !SchemaAST.isObjects(query.ast)) return []
  return [
    ...query.ast.propertySignatures.map(({ name }) => String(name)),
    ...query.ast.indexSignatures.map(() => "attributes[…]")
  ]
}
