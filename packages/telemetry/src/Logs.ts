import * as Arr from "effect/Array"
import * as Cause from "effect/Cause"
import * as Formatter from "effect/Formatter"
import * as Logger from "effect/Logger"
import * as References from "effect/References"
import type { LogOutput } from "./LogOutput.ts"

type Entry = Logger.Options<unknown>

const messageOf = ({ message }: Entry): string =>
  Arr.ensure(message)
    .map((part) => (typeof part === "string" ? part : Formatter.format(part)))
    .join(" ")

const causeOf = ({ cause }: Entry): string | undefined =>
  cause.reasons.length === 0 ? undefined : Cause.pretty(cause)

const spanOf = ({ fiber }: Entry) => {
  const span = fiber.cache.span
  // "noop" is the id of spans below a switched-off tracer.
  return span === undefined || span.traceId === "noop" ? undefined : span
}

/**
 * One JSON object per line: `time` (ISO 8601, UTC), `level`, `message`, `service`, `trace_id` and `span_id` inside a
 * span, `cause` for a failure, and every annotation of the fiber under its own name (`request_id`, …). An annotation
 * never replaces one of the fields above. Redacted values stay redacted at any depth.
 */
export const json = (service: string, output: LogOutput): Logger.Logger<unknown, void> =>
  Logger.make((entry) => {
    const span = spanOf(entry)
    const cause = causeOf(entry)
    const fields = {
      time: entry.date.toISOString(),
      level: entry.logLevel.toUpperCase(),
      message: messageOf(entry),
      service,
      ...(span && { trace_id: span.traceId, span_id: span.spanId }),
      ...(cause !== undefined && { cause })
    }
    const annotations = entry.fiber.getRef(References.CurrentLogAnnotations)
    // Twice: the first sets the order of the fields, the last makes them win.
    output.write(Formatter.formatJson({ ...fields, ...annotations, ...fields }))
  })

const colours: Record<string, string> = {
  Trace: "\u001b[90m",
  Debug: "\u001b[34m",
  Info: "\u001b[32m",
  Warn: "\u001b[33m",
  Error: "\u001b[31m",
  Fatal: "\u001b[41m"
}
const dim = "\u001b[2m"
const plain = "\u001b[0m"

/** For people: local time, level, message, annotations, and a cause on lines of its own below. */
export const pretty = (output: LogOutput, coloured: boolean): Logger.Logger<unknown, void> => {
  const paint = (colour: string, text: string) => (coloured ? `${colour}${text}${plain}` : text)
  return Logger.make((entry) => {
    const annotations = Object.entries(entry.fiber.getRef(References.CurrentLogAnnotations))
      .map(([key, value]) => ` ${key}=${typeof value === "string" ? value : Formatter.format(value)}`)
      .join("")
    const cause = causeOf(entry)
    const time = entry.date.toTimeString().slice(0, 8)
    const level = entry.logLevel.toUpperCase().padEnd(5)
    output.write(
      `${paint(dim, time)} ${paint(colours[entry.logLevel] ?? "", level)} ${messageOf(entry)}${paint(dim, annotations)}` +
        (cause === undefined ? "" : `\n${cause.replace(/^/gm, "    ")}`)
    )
  })
}
