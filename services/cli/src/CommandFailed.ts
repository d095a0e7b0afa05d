import { Code } from "@connectrpc/connect"
import type { RpcError } from "@optica/connect/ConnectError"
import * as Schema from "effect/Schema"

/** The command did not do what was asked. One sentence says why; the exit code is 1. */
export class CommandFailed extends Schema.TaggedError<CommandFailed>()("CommandFailed", {
  message: Schema.String
}) {}

/** What a person makes of a failed call. */
export const fromRpc =
  (service: { readonly name: string; readonly url: string; readonly setting: string }) => (error: RpcError) =>
    new CommandFailed({ message: sentence(service, error) })

const sentence = (
  service: { readonly name: string; readonly url: string; readonly setting: string },
  error: RpcError
) => {
  switch (error.code) {
    case Code.Unavailable:
    case Code.DeadlineExceeded:
      return `${service.name} does not answer at ${service.url}. Start it with \`npm start\`, or set ${service.setting}.`
    case Code.Unauthenticated:
      return `${service.name} at ${service.url} refuses the token. Set OPTICA_OPERATOR_TOKEN to the one that it was started with.`
    case Code.InvalidArgument:
      return error.violations.length > 0
        ? error.violations.map(({ field, message }) => `${field}: ${message}`).join("; ")
        : error.message
    default:
      return error.message
  }
}
