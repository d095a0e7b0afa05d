import type { ResourceKind } from "@optica/contracts/optica/catalog/v1/change_pb"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import { SqlClient } from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import {
  type ApplyOutcome,
  applyChanges,
  type DerivedOtherwise,
  type DuplicateChange
} from "./ApplyChanges.ts"
import { type CatalogUnavailable, unavailable } from "./CatalogFailure.ts"
import { listVersions } from "./CatalogSql/listVersions.ts"
import * as Categories from "./Categories.ts"
import { type Change, derivationOf, familyOf } from "./Change.ts"
import * as Cursor from "./Cursor.ts"
import { deriveAnew } from "./DeriveAnew.ts"
import * as Facets from "./Facets.ts"
import * as ProductLists from "./ProductLists.ts"
import * as ProductReads from "./ProductReads.ts"
import * as ProductSearch from "./ProductSearch.ts"
import { checkSearchLanguage, type SearchLanguageUnknown } from "./SearchLanguage.ts"
import * as Stats from "./Stats.ts"

/** What is held of one thing. */
export interface HeldVersion {
  readonly id: bigint
  readonly observation: bigint
  readonly dateModifiedGmt: string
  readonly parentId: bigint
}

/** Writes, and what whoever writes has to know. */
interface Mirror {
  /** Writes what was read from the shop, in one transaction; one outcome for each change, in their order. */
  applyChanges(
    changes: ReadonlyArray<Change>
  ): Effect.Effect<ReadonlyArray<ApplyOutcome>, DuplicateChange | DerivedOtherwise | CatalogUnavailable>
  /** What is held of a kind by rising id, for whoever compares it with the shop: for operators. */
  listResourceVersions(query: {
    readonly kind: ResourceKind
    readonly afterId: bigint
    readonly observedBefore: bigint
    readonly limit: number
  }): Effect.Effect<ReadonlyArray<HeldVersion>, CatalogUnavailable>
}

/** What one catalogue differs in from another. */
export interface CatalogOptions {
  /** Keys of meta_data that the public may see. */
  readonly metaAllow: ReadonlyArray<string>
  /** The language of the shop's texts: one that PostgreSQL has a text search configuration for. */
  readonly searchLanguage: string
  /** What cursors are signed with. */
  readonly cursorSecret: Redacted.Redacted<string>
}

/**
 * The mirrored catalogue. Every read shows what an anonymous visitor may see, save those that say otherwise.
 */
export class Catalog extends Context.Service<
  Catalog,
  ProductReads.ProductReads &
    ProductLists.ProductLists &
    ProductSearch.ProductSearch &
    Facets.Facets &
    Categories.Categories &
    Pick<Stats.Stats, "getCatalogStats"> &
    Mirror
>()("@optica/catalog/Catalog") {
  /** Needs the schema `catalog` with its migrations. */
  static readonly layerNoDeps = (
    options: CatalogOptions
  ): Layer.Layer<Catalog, SqlError | SearchLanguageUnknown, SqlClient> =>
    Layer.effect(
      Catalog,
      Effect.gen(function* () {
        const sql = yield* SqlClient
        const allow = new Set(options.metaAllow)
        const derivation = derivationOf(allow, options.searchLanguage)
        yield* checkSearchLanguage(sql, options.searchLanguage)
        yield* deriveAnew(sql, derivation)
        const cursors = Cursor.make(options.cursorSecret)
        const { changed, getCatalogStats } = yield* Stats.make(sql)
        const applied = Effect.fn("Catalog.applyChanges")((changes: ReadonlyArray<Change>) =>
          applyChanges(sql, derivation, changes).pipe(unavailable, Effect.tap(changed))
        )
        return {
          ...ProductReads.make(sql, allow),
          ...ProductLists.make(sql, allow, cursors, options.searchLanguage),
          ...ProductSearch.make(sql, allow, cursors, options.searchLanguage),
          ...Facets.make(sql, options.searchLanguage),
          ...Categories.make(sql),
          getCatalogStats,
          applyChanges: applied,
          listResourceVersions: Effect.fn("Catalog.listResourceVersions")(function* (query) {
            const rows = yield* listVersions(sql, { ...query, family: familyOf(query.kind) })
            return rows.map((row) => ({
              id: row.id,
              observation: row.observation,
              dateModifiedGmt: row.date_modified_gmt,
              parentId: row.parent_id
            }))
          }, unavailable)
        }
      })
    )
}
