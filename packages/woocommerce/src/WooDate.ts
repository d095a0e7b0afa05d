/**
 * Dates as WooCommerce sends them: `date_*` in the shop's local time and `date_*_gmt` in UTC, both WITHOUT a zone
 * (fact 15). Only the `_gmt` ones name a moment; the local ones are for showing. Image dates that are not `_gmt`
 * are shifted twice and good for nothing.
 */
import * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { field } from "./Scalars.ts"

// MySQL's zero date ("0000-00-00", written "-0001-11-30" once PHP has normalised it) is "never", not a moment.
const never = /^(0000-00-00|-0001-11-30)/
const shape = /^(-?\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?)?$/

/** `2026-11-21T03:01:56` exactly as sent, `null` where there is none (also for `""`, `false` and MySQL's zero date). */
export const WooDate = field(
  Schema.NullOr(Schema.String),
  "a date such as 2026-11-21T03:01:56, or null",
  (value) => {
    if (value === null || value === "" || value === false) return null
    if (typeof value !== "string" || !shape.test(value)) return undefined
    return never.test(value) ? null : value
  }
)

const zoned = /(Z|[+-]\d{2}:?\d{2})$/

/** The moment that a `_gmt` field names: the missing zone is UTC. None for `null` and for what is no date. */
export const toUtc = (gmt: string | null): Option.Option<DateTime.Utc> =>
  gmt === null
    ? Option.none()
    : DateTime.make(zoned.test(gmt) ? gmt : `${gmt.replace(" ", "T")}Z`).pipe(Option.map(DateTime.toUtc))

/** A moment in the zoneless UTC form that `modified_after` wants together with `dates_are_gmt=true`; parts of a second are cut off. */
export const fromUtc = (moment: DateTime.DateTime): string =>
  DateTime.formatIso(DateTime.toUtc(moment)).slice(0, 19)
