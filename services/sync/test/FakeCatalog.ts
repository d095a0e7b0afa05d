import { Code } from "@connectrpc/connect"
import * as ConnectRoutes from "@optica/connect/ConnectRoutes"
import { CatalogService } from "@optica/contracts/optica/catalog/v1/catalog_service_pb"
import { ChangeOutcome, type ResourceKind } from "@optica/contracts/optica/catalog/v1/change_pb"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

class Refused extends Schema.TaggedError<Refused>()("Refused", { code: Schema.Enum(Code) }) {
  get connectCode() {
    return this.code
  }
  override get message() {
    return "refused by the test"
  }
}

interface Held {
  readonly observation: bigint
  readonly json: string | undefined
  readonly parentId: bigint
}

/** The contract's two write-side calls over maps, by the contract's rules; a product with `bad` in it is rejected. */
export class FakeCatalog {
  readonly held = new Map<ResourceKind, Map<number, Held>>()
  /** Every batch that was applied. */
  batches = 0
  /** Runs before each batch; a code refuses it. */
  hook: () => Code | undefined = () => undefined

  /** Ids that are alive. */
  ids(kind: ResourceKind) {
    return [...(this.held.get(kind) ?? [])]
      .filter(([, it]) => it.json !== undefined)
      .map(([id]) => id)
      .sort((a, b) => a - b)
  }

  json(kind: ResourceKind, id: number) {
    return this.held.get(kind)?.get(id)?.json
  }

  readonly routes = ConnectRoutes.makePartial(CatalogService, {
    applyChanges: ({ changes }) =>
      Effect.suspend(() => {
        const code = this.hook()
        if (code !== undefined) return Effect.fail(new Refused({ code }))
        this.batches += 1
        return Effect.succeed({
          results: changes.map(({ id, kind, observation, parentId, state }) => {
            const things = this.held.get(kind) ?? new Map<number, Held>()
            this.held.set(kind, things)
            const before = things.get(Number(id))
            const json = state.case === "sourceJson" ? state.value : undefined
            if (json?.includes('"bad"')) {
              return { kind, id, outcome: ChangeOutcome.REJECTED, reason: "bad: must not be there" }
            }
            if (before !== undefined && before.observation >= observation) {
              return { kind, id, outcome: ChangeOutcome.STALE }
            }
            things.set(Number(id), { observation, json, parentId })
            const same = before !== undefined && before.json === json
            return { kind, id, outcome: same ? ChangeOutcome.UNCHANGED : ChangeOutcome.APPLIED }
          })
        })
      }),
    listResourceVersions: ({ afterId, kind, limit, observedBefore }) =>
      Effect.sync(() => ({
        versions: [...(this.held.get(kind) ?? [])]
          .filter(([id, it]) => it.json !== undefined && BigInt(id) > afterId)
          .filter(([, it]) => observedBefore === 0n || it.observation < observedBefore)
          .sort(([a], [b]) => a - b)
          .slice(0, limit === 0 ? 1000 : limit)
          .map(([id, it]) => ({ id: BigInt(id), observation: it.observation, parentId: it.parentId }))
      }))
  })
}
