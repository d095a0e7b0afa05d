import type { Json } from "../Json.ts"
import type { Image } from "../Product.ts"
import { gmt, local } from "../SiteTime.ts"
import { address, type Site } from "./Site.ts"

const widths = [
  ["300x200", "300w"],
  ["1024x683", "1024w"],
  ["768x512", "768w"],
  ["416x277", "416w"]
] as const

/** `frame.svg` → `frame-300x200.svg` */
const resized = (url: string, size: string): string => {
  const dot = url.lastIndexOf(".")
  return `${url.slice(0, dot)}-${size}${url.slice(dot)}`
}

/** The image of a category: dates once shifted, as for posts. */
export const termImage = (site: Site, image: Image): Json => ({
  id: image.id,
  date_created: local(image.created, site.shop.timezone),
  date_created_gmt: gmt(image.created),
  date_modified: local(image.modified, site.shop.timezone),
  date_modified_gmt: gmt(image.modified),
  src: address(site, image.src),
  name: image.name,
  alt: image.alt
})

/** The image of a variation: local dates are shifted TWICE (fact 15). */
export const variationImage = (site: Site, image: Image): { readonly [key: string]: Json } => {
  const twice = 2 * 60 * site.shop.timezone.offsetMinutes
  return {
    id: image.id,
    date_created: gmt(image.created + twice),
    date_created_gmt: gmt(image.created),
    date_modified: gmt(image.modified + twice),
    date_modified_gmt: gmt(image.modified),
    src: address(site, image.src),
    name: image.name,
    alt: image.alt
  }
}

/** The image of a product: as of a variation, with the sizes for a page. */
export const productImage = (site: Site, image: Image): Json => {
  const url = address(site, image.src)
  return {
    ...variationImage(site, image),
    srcset: [`${url} 1200w`, ...widths.map(([size, width]) => `${resized(url, size)} ${width}`)].join(", "),
    sizes: "(max-width: 1200px) 100vw, 1200px",
    thumbnail: resized(url, "324x324")
  }
}
