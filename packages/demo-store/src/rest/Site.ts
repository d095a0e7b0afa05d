import type { Json, JsonObject } from "../Json.ts"
import type { Shop } from "../Shop.ts"

/** What rendering needs beside the row: the shop and the address it is seen under. */
export interface Site {
  readonly shop: Shop
  /** `http://127.0.0.1:4180`, without a slash at the end. WordPress calls it `home`. */
  readonly url: string
}

export const apiRoot = "/wp-json/wc/v3"

/** `_links` of an item: WordPress repeats the methods that the caller may use. */
export const links = (
  site: Site,
  self: string,
  collection: string,
  more: JsonObject = {},
  allow: ReadonlyArray<string> | null = itemMethods
): Json => ({
  self: [
    allow === null
      ? { href: `${site.url}${apiRoot}${self}` }
      : { href: `${site.url}${apiRoot}${self}`, targetHints: { allow } }
  ],
  collection: [{ href: `${site.url}${apiRoot}${collection}` }],
  ...more
})

export const link = (site: Site, path: string): Json => [{ href: `${site.url}${apiRoot}${path}` }]

const itemMethods: ReadonlyArray<string> = ["GET", "POST", "PUT", "PATCH", "DELETE"]

/** Address of a stored picture or file: paths are below the site. */
export const address = (site: Site, src: string): string => (src.startsWith("/") ? `${site.url}${src}` : src)
