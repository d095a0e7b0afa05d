import * as Flag from "effect/cli/Flag"
import * as GlobalFlag from "effect/cli/GlobalFlag"

/** `--json`: answers as the contract's JSON, one object on each line, instead of words. */
export const Json = GlobalFlag.Setting("json")({
  flag: Flag.Boolean("json").pipe(
    Flag.withDescription("Answer in JSON, one object on each line"),
    Flag.withDefault(false)
  )
})
