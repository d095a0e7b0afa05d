import * as Redacted from "effect/Redacted"
import type { ApiKey } from "./rest/Authentication.ts"

export interface DemoKeys {
  readonly consumerKey: string
  readonly consumerSecret: Redacted.Redacted<string>
}

/** The keys of a shop that holds nothing real: public on purpose, the same in every copy of this repository. */
export const demoKeys: DemoKeys & { readonly limited: ReadonlyArray<ApiKey> } = {
  consumerKey: "ck_demo0000000000000000000000000000000000ab",
  consumerSecret: Redacted.make("cs_demo0000000000000000000000000000000000cd"),
  limited: [
    {
      consumerKey: "ck_demoreadonly0000000000000000000000000ab",
      consumerSecret: "cs_demoreadonly0000000000000000000000000cd",
      permissions: "read"
    },
    {
      consumerKey: "ck_demowriteonly000000000000000000000000ab",
      consumerSecret: "cs_demowriteonly000000000000000000000000cd",
      permissions: "write"
    }
  ]
}
