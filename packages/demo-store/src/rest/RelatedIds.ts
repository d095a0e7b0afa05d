import type { Product } from "../Product.ts"
import type { Shop } from "../Shop.ts"
import { Dice } from "../seed/Dice.ts"
import { productIdAt } from "../seed/Ids.ts"

/** `related_ids`: another random handful on every single read (fact 7), from products that share a category or tag. */
export class RelatedIds {
  readonly #dice = new Dice(0x0e7a11)

  of(shop: Shop, product: Product): ReadonlyArray<number> {
    const { count } = shop.seeded
    const found = new Set<number>()
    for (let tries = 0; tries < 24 && found.size < 5 && count > 0; tries++) {
      const id = productIdAt(this.#dice.below(count))
      const facts = shop.facts().get(id)
      if (id === product.id || facts === undefined || facts.status !== "publish") continue
      if (facts.categoryIds.some((category) => product.category_ids.includes(category))) found.add(id)
    }
    return [...found]
  }
}
