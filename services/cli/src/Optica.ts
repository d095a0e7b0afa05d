import * as Command from "effect/cli/Command"
import { Json } from "./Json.ts"
import { products } from "./ProductCommands.ts"
import { sync } from "./SyncCommands.ts"

/** The whole command. */
export const optica = Command.make("optica").pipe(
  Command.withDescription("Operates Optica: mirrors the shop, and looks at what the catalogue holds"),
  Command.withSubcommands([sync, products]),
  Command.withGlobalFlags([Json])
)
