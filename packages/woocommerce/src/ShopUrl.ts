/** WOO_URL as people write it. */
import * as Result from "effect/Result"
import { InvalidShopUrl } from "./Failures.ts"

/** The shop's root without trailing slash, query and fragment; a pasted `/wp-json/…` is cut off. */
export const parse = (input: URL | string): Result.Result<URL, InvalidShopUrl> => {
  const refuse = (why: string) => Result.fail(new InvalidShopUrl({ message: `WOO_URL ${why}` }))
  const text = String(input).trim()
  if (!/^https?:\/\//i.test(text))
    return refuse("must begin with https:// or http://, such as https://shop.example.")
  if (!URL.canParse(text)) return refuse("is no valid address. Write it such as https://shop.example.")
  const url = new URL(text)
  if (url.username !== "" || url.password !== "") {
    return refuse(
      "must not hold a user name or password: the key goes into WOO_CONSUMER_KEY and WOO_CONSUMER_SECRET."
    )
  }
  url.search = ""
  url.hash = ""
  url.pathname = url.pathname.replace(/\/wp-json(\/.*)?$/, "").replace(/\/+$/, "")
  return Result.succeed(url)
}
