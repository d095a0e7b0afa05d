import * as Hex from "effect/encoding/Hex"
import * as Option from "effect/Option"
import type * as Tracer from "effect/Tracer"
import type { SamplerConfig } from "./Config.ts"

type SpanOptions = Parameters<Tracer.Tracer["span"]>[0]

const noAttributes: ReadonlyMap<string, unknown> = new Map()
const noLinks: ReadonlyArray<Tracer.SpanLink> = []

/**
 * A span that nobody will ever see. It keeps nothing, and stands for its parent: same trace, same span id, so that what
 * comes behind this process hangs on the span before it, and no link of the chain points at a span that was not
 * exported. Without a parent it begins a trace of its own: ids for the logs of one request.
 */
class UnrecordedSpan implements Tracer.Span {
  readonly _tag = "Span"
  readonly name: string
  readonly parent: Option.Option<Tracer.AnySpan>
  readonly annotations: SpanOptions["annotations"]
  readonly kind: Tracer.SpanKind
  readonly sampled: boolean
  readonly attributes = noAttributes
  readonly links = noLinks
  status: Tracer.SpanStatus
  #traceId: string | undefined
  #spanId: string | undefined

  constructor(options: SpanOptions, sampled: boolean, traceId?: string) {
    this.name = options.name
    this.parent = options.parent
    this.annotations = options.annotations
    this.kind = options.kind
    this.sampled = sampled
    this.status = { _tag: "Started", startTime: options.startTime }
    if (Option.isSome(options.parent)) {
      this.#traceId = options.parent.value.traceId
      this.#spanId = options.parent.value.spanId
    } else {
      this.#traceId = traceId
    }
  }

  // Random ids are made when somebody asks for them: most spans are never asked.
  get traceId(): string {
    this.#traceId ??= Hex.random(32)
    return this.#traceId
  }

  get spanId(): string {
    this.#spanId ??= Hex.random(16)
    return this.#spanId
  }

  end(endTime: bigint, exit: Extract<Tracer.SpanStatus, { readonly _tag: "Ended" }>["exit"]): void {
    this.status = { _tag: "Ended", startTime: this.status.startTime, endTime, exit }
  }

  attribute(): void {}
  event(): void {}
  addLinks(): void {}
}

/** Where the decision falls: no parent, or a parent in another process. Spans below follow the span above them. */
const isLocalRoot = (options: SpanOptions) =>
  Option.isNone(options.parent) || options.parent.value._tag === "ExternalSpan"

/**
 * The lowest 52 bits of the trace id (W3C Trace Context Level 2 wants the end of it random) against the share: every
 * process that is given the same share takes the same traces.
 */
const isWithinRatio = (traceId: string, ratio: number) =>
  Number.parseInt(traceId.slice(-13), 16) < ratio * 2 ** 52

/** Switched off in code (`sampled: false`, MinimumTraceLevel), not by the parent's flag. */
const isSwitchedOff = (options: SpanOptions) =>
  !options.sampled && (Option.isNone(options.parent) || options.parent.value.sampled)

/** Whether this trace is recorded, by the sampler alone. */
const decide = (
  sampler: SamplerConfig,
  parent: Option.Option<Tracer.AnySpan>,
  traceId: () => string
): boolean => {
  if (sampler.name.startsWith("parentbased_") && Option.isSome(parent)) return parent.value.sampled
  if (sampler.name.endsWith("always_on")) return true
  if (sampler.name.endsWith("always_off")) return false
  return isWithinRatio(traceId(), sampler.ratio)
}

/**
 * Puts a sampler before a tracer that has none. Spans that are not chosen cost next to nothing and travel on with the
 * flag `00`, so that the processes behind (with a `parentbased_` sampler) leave them out too.
 */
export const sampled = (tracer: Tracer.Tracer, sampler: SamplerConfig): Tracer.Tracer => ({
  ...tracer,
  span: (options) => {
    if (isSwitchedOff(options)) return new UnrecordedSpan(options, false)
    if (!isLocalRoot(options)) {
      return options.sampled ? tracer.span(options) : new UnrecordedSpan(options, false)
    }
    // A trace that begins here has its id from its first span: that one is made to be asked, and then may be let go.
    let begun: Tracer.Span | undefined
    const record = () => tracer.span({ ...options, sampled: true })
    const traceId = () => {
      if (Option.isSome(options.parent)) return options.parent.value.traceId
      begun = record()
      return begun.traceId
    }
    return decide(sampler, options.parent, traceId)
      ? (begun ?? record())
      : new UnrecordedSpan(options, false, begun?.traceId)
  }
})

/**
 * Exports nothing, but what comes in is passed on as it came: trace id, span id and flag. The flag of a trace that
 * begins here is the sampler's, so that a process behind this one may still record it.
 */
export const passThrough = (sampler: SamplerConfig): Tracer.Tracer => ({
  span: (options) => {
    if (Option.isSome(options.parent)) return new UnrecordedSpan(options, options.parent.value.sampled)
    const traceId = Hex.random(32)
    return new UnrecordedSpan(
      options,
      decide(sampler, options.parent, () => traceId),
      traceId
    )
  }
})
