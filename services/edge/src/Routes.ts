/** What is served where, read from the contract: for 404, 405, 406, OPTIONS, and the route template in logs and spans. */
import * as Context from "effect/Context"
import * as FindMyWay from "effect/http/FindMyWay"
import * as HttpApi from "effect/http-api/HttpApi"
import type * as HttpApiGroup from "effect/http-api/HttpApiGroup"

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
  readonly probe: boolean
}

/** No case folding, no forgiven slashes: one resource has one address. */
export const routerConfig = { ignoreDuplicateSlashes: false, ignoreTrailingSlash: false, caseSensitive: true }

/** Looks up what is served at a path, whatever the method. */
export const finder = <Id extends string, Groups extends HttpApiGroup.Constraint>(
  api: HttpApi.HttpApi<Id, Groups>
): ((path: string) => Route | undefined) => {
  const methods = new Map<string, { readonly methods: Array<string>; produces: string; probe: boolean }>()
  HttpApi.reflect(api, {
    onGroup: () => {},
    onEndpoint: ({ endpoint, mergedAnnotations }) => {
      const known = methods.get(endpoint.path) ?? {
        methods: [],
        produces: Context.get(mergedAnnotations, Produces),
        probe: Context.get(mergedAnnotations, Probe)
      }
      known.methods.push(...(endpoint.method === "GET" ? ["GET", "HEAD"] : [endpoint.method]))
      methods.set(endpoint.path, known)
    }
  })
  const router = FindMyWay.make<Route>(routerConfig)
  for (const [template, { methods: served, produces, probe }] of methods) {
    if (!isPath(template)) throw new Error(`the path ${template} does not begin with a slash`)
    const all = [...served, "OPTIONS"]
    router.on("GET", template, { template, methods: new Set(all), allow: all.join(", "), produces, probe })
  }
  return (path) => router.find("GET", path)?.handler
}

const isPath = (template: string): template is `/${string}` => template.startsWith("/")
