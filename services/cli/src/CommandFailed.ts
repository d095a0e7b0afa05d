import { Code } from "@connectrpc/connect"
import type { RpcError } from "@optica/connect/ConnectError"
import * as Schema from "effect/Schema"

/** The command did not do what was asked. One sentence says why; the exit code is 1. */
export class CommandFailed extends Schema.TaggedError<CommandFailed>()("CommandFailed", {
  message: Schema.String
}) {}

/** What a person makes of a failed call. */
export const fromRpc = (service: Service) => (error: RpcError) =>
  new CommandFailed({ message: sentence(service, error) })

interface Service {
  readonly name: string
  readonly url: string
  /** The setting of its address. */
  readonly setting: string
  /** The file that the token was read from; undefined when it was set. */
  readonly tokenFile: string | undefined
}

const sentence = (service: Service, error: RpcError) => {
  switch (error.code) {
    case Code.Unavailable:
    case Code.DeadlineExceeded:
      return `${service.name} does not answer at ${service.url}. Start it with \`npm start\`, or set ${service.setting}.`
    case Code.Unauthenticated:
      return `${service.name} at ${service.url} refuses the token${otherToken(service.tokenFile)}`
    case Code.InvalidArgument:
      return error.violations.length > 0
        ? error.violations.map(({ field, message }) => `${field}: ${message}`).join("; ")
        : error.message
    default:
      return error.message
  }
}

/** Of several data folders the default one is read unless OPTICA_DATA says which. */
const otherToken = (file: string | undefined): string =>
  file === undefined
    ? ". Set OPTICA_OPERATOR_TOKEN to the one that it was started with."
    : ` in ${file}. Set OPTICA_DATA to the data folder that it was started with, or OPTICA_OPERATOR_TOKEN to its token.`
