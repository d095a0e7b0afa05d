import type { Customer } from "./Customer.ts"
import type { Order } from "./Order.ts"

/** Customers and orders: few, so that they are held whole. Seeded on first use. */
export class Ledger {
  readonly #seed: () => { readonly customers: ReadonlyArray<Customer>; readonly orders: ReadonlyArray<Order> }
  #held: { readonly customers: Map<number, Customer>; readonly orders: Map<number, Order> } | undefined
  #nextCustomer = 1
  #nextItem = 1

  constructor(
    seed: () => { readonly customers: ReadonlyArray<Customer>; readonly orders: ReadonlyArray<Order> }
  ) {
    this.#seed = seed
  }

  get #rows() {
    if (this.#held !== undefined) return this.#held
    const seed = this.#seed()
    const held = {
      customers: new Map(seed.customers.map((row) => [row.id, row])),
      orders: new Map(seed.orders.map((row) => [row.id, row]))
    }
    this.#nextCustomer = Math.max(0, ...held.customers.keys()) + 1
    this.#nextItem = 10_000
    this.#held = held
    return held
  }

  customer(id: number): Customer | undefined {
    return this.#rows.customers.get(id)
  }

  customers(): ReadonlyArray<Customer> {
    return [...this.#rows.customers.values()]
  }

  newCustomerId(): number {
    void this.#rows
    return this.#nextCustomer++
  }

  putCustomer(row: Customer): Customer {
    this.#rows.customers.set(row.id, row)
    this.#nextCustomer = Math.max(this.#nextCustomer, row.id + 1)
    return row
  }

  removeCustomer(id: number): void {
    this.#rows.customers.delete(id)
  }

  order(id: number): Order | undefined {
    return this.#rows.orders.get(id)
  }

  orders(): ReadonlyArray<Order> {
    return [...this.#rows.orders.values()]
  }

  newItemId(): number {
    void this.#rows
    return this.#nextItem++
  }

  putOrder(row: Order): Order {
    this.#rows.orders.set(row.id, row)
    return row
  }

  removeOrder(id: number): void {
    this.#rows.orders.delete(id)
  }
}
