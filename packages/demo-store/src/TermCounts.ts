import type { Shop } from "./Shop.ts"

/** How many published products each term has. Counted when asked, again after each change. */
export class TermCounts {
  #revision = -1
  #direct = new Map<number, number>()
  #whole = new Map<number, number>()

  /** Products that carry the term itself: what a single term shows. */
  direct(shop: Shop, id: number): number {
    this.#count(shop)
    return this.#direct.get(id) ?? 0
  }

  /** With those of all terms below it: what lists of categories show (`wc_change_term_counts`). */
  whole(shop: Shop, id: number): number {
    this.#count(shop)
    return this.#whole.get(id) ?? this.#direct.get(id) ?? 0
  }

  #count(shop: Shop): void {
    if (this.#revision === shop.revision) return
    this.#revision = shop.revision
    const direct = new Map<number, number>()
    const whole = new Map<number, number>()
    const parents = new Map(shop.taxonomies.terms("product_cat").map((term) => [term.id, term.parent]))
    const add = (counts: Map<number, number>, id: number) => counts.set(id, (counts.get(id) ?? 0) + 1)
    for (const facts of shop.facts().values()) {
      if (facts.status !== "publish") continue
      for (const id of facts.categoryIds) add(direct, id)
      for (const id of facts.tagIds) add(direct, id)
      for (const id of facts.brandIds) add(direct, id)
      for (const id of new Set(shop.termIds(facts.id))) add(direct, id)
      const above = new Set<number>()
      for (const id of facts.categoryIds) {
        for (
          let at: number | undefined = id;
          at !== undefined && at !== 0 && !above.has(at);
          at = parents.get(at)
        )
          above.add(at)
      }
      for (const id of above) add(whole, id)
    }
    this.#direct = direct
    this.#whole = whole
  }
}
