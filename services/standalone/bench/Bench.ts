/** What a bench is, and how its figures are read: medians of interleaved runs, lower is better. */

/** One pair of runs: ours, and the baseline that was run right beside it. Both in the bench's unit. */
export interface Pair {
  readonly value: number
  readonly baseline: number
}

/** Something else that was measured on the way, in the bench's unit. It has no target. */
export interface Extra {
  readonly name: string
  readonly value: number
}

export interface Bench {
  /** `<room>.<what>`, as named on the command line. */
  readonly name: string
  /** What `value` and `baseline` are measured in. */
  readonly unit: string
  /** What is measured against what, one line. */
  readonly about: string
  /** The bound, and what it bounds: the ratio ours / baseline, or our value alone. */
  readonly target: { readonly of: "ratio" | "value"; readonly atMost: number }
  /** How many pairs are run. */
  readonly pairs: number
  /** Sets up once, then hands out pairs; whatever it started is stopped when it returns. */
  readonly run: (
    pairs: number,
    note: (line: string) => void,
    /** Prints a further figure below the table. */
    tell: (extra: Extra) => void
  ) => Promise<ReadonlyArray<Pair>>
}

/** One row of `--json`. */
export interface Result {
  readonly name: string
  readonly unit: string
  /** Median of ours. */
  readonly value: number
  /** Median of the baseline. */
  readonly baseline: number
  /** Median of the pairs' ratios. */
  readonly ratio: number
  readonly target: number
  readonly holds: boolean
  readonly runs: ReadonlyArray<Pair>
  readonly extra: ReadonlyArray<Extra>
}

export const median = (numbers: ReadonlyArray<number>): number => {
  const sorted = numbers.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  const upper = sorted[Math.floor(middle)] ?? Number.NaN
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? Number.NaN) + upper) / 2 : upper
}

export const result = (bench: Bench, runs: ReadonlyArray<Pair>, extra: ReadonlyArray<Extra>): Result => {
  const value = median(runs.map((pair) => pair.value))
  const baseline = median(runs.map((pair) => pair.baseline))
  const ratio = median(runs.map((pair) => pair.value / pair.baseline))
  const bounded = bench.target.of === "ratio" ? ratio : value
  return {
    name: bench.name,
    unit: bench.unit,
    value,
    baseline,
    ratio,
    target: bench.target.atMost,
    holds: bounded <= bench.target.atMost,
    runs,
    extra
  }
}

const figure = (number: number): string =>
  number >= 100 ? number.toFixed(0) : number >= 10 ? number.toFixed(1) : number.toFixed(2)

const spread = (numbers: ReadonlyArray<number>): string =>
  `${figure(Math.min(...numbers))}..${figure(Math.max(...numbers))}`

/** The results as a table for people, with the spread of the runs, and below it what else was measured. */
export const table = (rows: ReadonlyArray<{ readonly bench: Bench; readonly result: Result }>): string => {
  const cells = rows.map(({ bench, result }) => [
    result.name,
    `${figure(result.value)} ${result.unit}`,
    spread(result.runs.map((pair) => pair.value)),
    figure(result.baseline),
    spread(result.runs.map((pair) => pair.baseline)),
    figure(result.ratio),
    `${bench.target.of} <= ${bench.target.atMost}`,
    result.holds ? "holds" : "MISSED"
  ])
  const head = ["bench", "ours", "spread", "baseline", "spread", "ratio", "target", ""]
  const lines = [head, ...cells]
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  const extras = rows.flatMap(({ result }) =>
    result.extra.map(({ name, value }) => `${result.name}: ${name}: ${figure(value)} ${result.unit}`)
  )
  return [
    ...lines.map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd()
    ),
    ...extras
  ].join("\n")
}
