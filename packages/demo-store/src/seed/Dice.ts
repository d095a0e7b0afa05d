/** FNV-1a over UTF-16 units: turns the seed's text into the number that all dice start from. */
export const hashText = (text: string): number => {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return hash >>> 0
}

/** Mixes a seed and a position, so that neighbours share nothing (the finaliser of MurmurHash3). */
export const mix = (seed: number, position: number): number => {
  let hash = Math.imul(position + 0x9e3779b9, 0x85ebca6b) ^ seed
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/** A small deterministic generator (mulberry32): the same seed gives the same shop on every machine. */
export class Dice {
  #state: number

  constructor(state: number) {
    this.#state = state
  }

  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let value = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value
    return (value ^ (value >>> 14)) >>> 0
  }

  /** 0 … limit - 1 */
  below(limit: number): number {
    return this.next() % limit
  }

  /** from … to, both included */
  between(from: number, to: number): number {
    return from + (this.next() % (to - from + 1))
  }

  percent(chance: number): boolean {
    return this.next() % 100 < chance
  }
}

/** The item at `at`, counted round: for tables that are never empty. */
export const at = <A>(items: readonly [A, ...ReadonlyArray<A>], position: number): A =>
  items[position % items.length] ?? items[0]
