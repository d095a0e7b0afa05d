/** What the documentation says of each problem: the places that the `type` of a problem leads to. */
import * as Struct from "effect/Struct"
import * as Problems from "./Problems.ts"

/** What each code means, and what a caller does about it. */
const advice: Record<Problems.ProblemCode, string> = {
  VALIDATION_ERROR:
    "The request breaks a rule. `error.details` names every field that is wrong, with the rule: mend all of them and ask again.",
  UNAUTHORIZED: "The address is for operators. Send their token as `Authorization: Bearer …`.",
  FORBIDDEN: "The token is known, and does not allow this. Ask whoever runs the server for one that does.",
  NOT_FOUND:
    "Nothing is here, or nothing that the public may see. Check the address; a product may have been taken out of the shop.",
  METHOD_NOT_ALLOWED: "What is here takes other methods: those in the field `Allow`.",
  NOT_ACCEPTABLE:
    "What is here has one media type only, and `Accept` leaves it out. Add the type that the sentence names, or send no `Accept`.",
  REQUEST_TIMEOUT: "The request did not arrive whole in time. Send it again on a new connection.",
  CONFLICT:
    "Another run of the mirror is at work. `error.details` has its `run_id` and `Location` its address: wait for its end, or cancel it.",
  PRECONDITION_FAILED:
    "What is here is no longer what `If-Match` or `If-Unmodified-Since` speak of. Read it again without them.",
  PAYLOAD_TOO_LARGE: "The body has more than 1 MiB. Send less; no route needs so much.",
  URI_TOO_LONG: "The address has more than 8,192 characters. Ask for less at once.",
  UNSUPPORTED_MEDIA_TYPE: "Bodies are read as JSON only. Send `Content-Type: application/json`.",
  UNPROCESSABLE: "The request is well formed, and cannot be done as things are. The sentence says why.",
  RATE_LIMIT_EXCEEDED: "Too much was asked in too short a time. Wait as long as `Retry-After` says.",
  HEADERS_TOO_LARGE:
    "The header fields have more than 16 KiB. Send fewer or shorter ones; cookies are not needed.",
  INTERNAL_ERROR:
    "Something is wrong with the server, not with the request. Tell whoever runs it the `request_id`; asking again may help.",
  SERVICE_UNAVAILABLE:
    "A service behind this address is starting, stopping, busy or away. Ask again after as many seconds as `Retry-After` says.",
  UPSTREAM_TIMEOUT:
    "A service behind this address did not answer in time. Ask again, and for less at once where that is possible."
}

/** A section for each problem, in Markdown: the documentation page makes the anchors of headings, `Problems.typeOf` names them. */
export const sections: string = Struct.keys(Problems.catalogue)
  .map((code) => {
    const { status, title } = Problems.catalogue[code]
    const heading = `Problem: ${code.toLowerCase().replaceAll("_", " ")}`
    return `### ${heading}\n\n\`${code}\`, ${status} ${title}. ${advice[code]}`
  })
  .join("\n\n")
