/** How much the shop was asked for, so that tests can count the load that a client makes. */
export class Stats {
  #routes = new Map<string, number>()
  #statuses = new Map<number, number>()
  #now = 0
  #most = 0

  /** Call when a REST request begins; the result is called with its outcome. */
  begin(): (route: string, status: number) => void {
    this.#now += 1
    this.#most = Math.max(this.#most, this.#now)
    let open = true
    return (route, status) => {
      if (!open) return
      open = false
      this.#now -= 1
      this.#routes.set(route, (this.#routes.get(route) ?? 0) + 1)
      this.#statuses.set(status, (this.#statuses.get(status) ?? 0) + 1)
    }
  }

  reset(): void {
    this.#routes = new Map()
    this.#statuses = new Map()
    this.#most = this.#now
  }

  /** `routes` by method and pattern (`GET /products/#`); status 0 = no answer was given. */
  get report() {
    return {
      total: [...this.#routes.values()].reduce((sum, count) => sum + count, 0),
      routes: Object.fromEntries([...this.#routes].sort(([a], [b]) => (a < b ? -1 : 1))),
      statuses: Object.fromEntries(this.#statuses),
      concurrent: this.#now,
      max_concurrent: this.#most
    }
  }
}
