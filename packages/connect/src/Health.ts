/**
 * `grpc.health.v1.Health`, kept by the server. Probes come often: they get no spans.
 */
import { Code, ConnectError } from "@connectrpc/connect"
import {
  Health,
  HealthCheckResponse_ServingStatus as ServingStatus
} from "@optica/contracts/grpc/health/v1/health_pb"
import type { ServiceRoutes } from "./ConnectRoutes.ts"

/** What a server says of its services. The service "" stands for the whole server. */
export interface HealthState {
  readonly routes: ServiceRoutes
  readonly set: (service: string, serving: boolean) => void
  /** Says NOT_SERVING of all services from now on, whatever is set, and then ends the watches. */
  readonly drain: () => void
}

/** All services named, and the whole server, are serving at first. */
export const make = (services: ReadonlyArray<string>): HealthState => {
  const statuses = new Map(["", ...services].map((name) => [name, ServingStatus.SERVING]))
  let draining = false
  let changed = Promise.withResolvers<void>()
  const change = () => {
    changed.resolve()
    changed = Promise.withResolvers()
  }
  const now = (status: ServingStatus): ServingStatus => (draining ? ServingStatus.NOT_SERVING : status)
  const get = (service: string): ServingStatus | undefined => {
    const status = statuses.get(service)
    return status === undefined ? undefined : now(status)
  }
  return {
    set: (service, serving) => {
      statuses.set(service, serving ? ServingStatus.SERVING : ServingStatus.NOT_SERVING)
      change()
    },
    drain: () => {
      draining = true
      change()
    },
    routes: {
      service: Health,
      unary: new Map(),
      register: (router) =>
        router.service(Health, {
          check: ({ service }) => {
            const status = get(service)
            if (status === undefined) throw new ConnectError(`unknown service "${service}"`, Code.NotFound)
            return { status }
          },
          list: () => ({
            statuses: Object.fromEntries(
              [...statuses].map(([name, status]) => [name, { status: now(status) }])
            )
          }),
          async *watch({ service }, { signal }) {
            const left = Promise.withResolvers<void>()
            signal.addEventListener("abort", () => left.resolve(), { once: true })
            let last: ServingStatus | undefined
            while (!signal.aborted) {
              const next = changed.promise
              const status = get(service) ?? ServingStatus.SERVICE_UNKNOWN
              if (status !== last) yield { status }
              last = status
              if (draining) throw new ConnectError("the server is shutting down", Code.Unavailable)
              await Promise.race([next, left.promise])
            }
          }
        })
    }
  }
}
