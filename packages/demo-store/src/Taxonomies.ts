import * as Seed from "./seed/Terms.ts"
import type { Attribute, Term } from "./Term.ts"

export type Taxonomy = "product_cat" | "product_tag" | "product_brand" | `pa:${number}`

/** Categories, tags, brands, attributes and their terms: few enough to be held whole. */
export class Taxonomies {
  readonly #terms = new Map<Taxonomy, Map<number, Term>>()
  readonly #attributes = new Map<number, Attribute>()
  #nextTerm: number = Seed.firstFreeTerm
  #nextAttribute = 0

  constructor() {
    const load = (taxonomy: Taxonomy, terms: ReadonlyArray<Term>) =>
      this.#terms.set(taxonomy, new Map(terms.map((term) => [term.id, term])))
    load("product_cat", Seed.categories)
    load("product_tag", Seed.tags)
    load("product_brand", Seed.brandTerms)
    for (const attribute of Seed.attributes) this.putAttribute(attribute)
    for (const [id, terms] of Seed.attributeTerms) load(`pa:${id}`, terms)
  }

  /** Drops everything: a shop whose terms are put in one by one. */
  clear(): void {
    this.#terms.clear()
    this.#attributes.clear()
  }

  term(taxonomy: Taxonomy, id: number): Term | undefined {
    return this.#terms.get(taxonomy)?.get(id)
  }

  terms(taxonomy: Taxonomy): ReadonlyArray<Term> {
    return [...(this.#terms.get(taxonomy)?.values() ?? [])]
  }

  putTerm(taxonomy: Taxonomy, term: Term): Term {
    const held = this.#terms.get(taxonomy) ?? new Map<number, Term>()
    held.set(term.id, term)
    this.#terms.set(taxonomy, held)
    this.#nextTerm = Math.max(this.#nextTerm, term.id + 1)
    return term
  }

  removeTerm(taxonomy: Taxonomy, id: number): boolean {
    return this.#terms.get(taxonomy)?.delete(id) ?? false
  }

  /** Where products without a category go. */
  get defaultCategory(): number {
    return Seed.category.uncategorized
  }

  newTermId(): number {
    return this.#nextTerm
  }

  attribute(id: number): Attribute | undefined {
    return this.#attributes.get(id)
  }

  /** In the order of names, as WooCommerce lists them. */
  attributes(): ReadonlyArray<Attribute> {
    return [...this.#attributes.values()].sort((a, b) => a.name.localeCompare(b.name))
  }

  putAttribute(attribute: Attribute): Attribute {
    this.#attributes.set(attribute.id, attribute)
    this.#nextAttribute = Math.max(this.#nextAttribute, attribute.id + 1)
    return attribute
  }

  removeAttribute(id: number): void {
    this.#attributes.delete(id)
    this.#terms.delete(`pa:${id}`)
  }

  newAttributeId(): number {
    return this.#nextAttribute
  }
}
