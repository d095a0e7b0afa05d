import * as Command from "effect/cli/Command"
import { Json } from "./Json.ts"
import { optics } from "./OpticsCommands.ts"
import { products } from "./ProductCommands.ts"
import { sync } from "./SyncCommands.ts"

/** The whole command. */
export const optica = Command.make("optica").pipe(
  Command.withDescription(
    "Operates Optica: mirrors the shop, looks at what the catalogue holds, and checks its optics"
  ),
  Command.withSubcommands([sync, products, optics]),
  Command.withGlobalFlags([Json])
)
