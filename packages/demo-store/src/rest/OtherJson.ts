import type { JsonObject } from "../Json.ts"
import type { Review } from "../Review.ts"
import { gmt, local } from "../SiteTime.ts"
import type { Taxonomy } from "../Taxonomies.ts"
import type { Attribute, Term } from "../Term.ts"
import { autop } from "./Html.ts"
import { termImage } from "./ImageJson.ts"
import { permalink } from "./ProductJson.ts"
import { link, links, type Site } from "./Site.ts"

/** Address of a taxonomy's collection. */
export const taxonomyPath = (taxonomy: Taxonomy): string =>
  taxonomy === "product_cat"
    ? "/products/categories"
    : taxonomy === "product_tag"
      ? "/products/tags"
      : taxonomy === "product_brand"
        ? "/products/brands"
        : `/products/attributes/${taxonomy.slice(3)}/terms`

export const termJson = (site: Site, taxonomy: Taxonomy, term: Term, count: number): JsonObject => {
  const path = taxonomyPath(taxonomy)
  const tree = taxonomy === "product_cat" || taxonomy === "product_brand"
  return {
    id: term.id,
    name: term.name,
    slug: term.slug,
    ...(tree ? { parent: term.parent } : {}),
    description: term.description,
    ...(tree
      ? { display: term.display, image: term.image === null ? null : termImage(site, term.image) }
      : {}),
    ...(taxonomy === "product_tag" ? {} : { menu_order: term.menu_order }),
    count,
    _links: links(
      site,
      `${path}/${term.id}`,
      path,
      tree && term.parent !== 0 ? { up: link(site, `${path}/${term.parent}`) } : {}
    )
  }
}

export const attributeJson = (site: Site, attribute: Attribute): JsonObject => ({
  id: attribute.id,
  name: attribute.name,
  slug: attribute.slug,
  type: attribute.type,
  order_by: attribute.order_by,
  has_archives: attribute.has_archives,
  _links: links(site, `/products/attributes/${attribute.id}`, "/products/attributes")
})

export const reviewJson = (site: Site, row: Review, context: "view" | "edit"): JsonObject => {
  const product = site.shop.product(row.product_id)
  return {
    id: row.id,
    date_created: local(row.created, site.shop.timezone),
    date_created_gmt: gmt(row.created),
    product_id: row.product_id,
    product_name: product?.name ?? "",
    product_permalink: product === undefined ? "" : permalink(site, product),
    status: row.status,
    reviewer: row.reviewer,
    reviewer_email: row.reviewer_email,
    review: context === "view" ? autop(row.review) : row.review,
    rating: row.rating,
    verified: row.verified,
    reviewer_avatar_urls: Object.fromEntries(
      [24, 48, 96].map((size) => [String(size), avatar(site, row.reviewer_email, size)])
    ),
    _links: links(site, `/products/reviews/${row.id}`, "/products/reviews", {
      up: link(site, `/products/${row.product_id}`)
    })
  }
}

/** Pictures of people are drawn by the shop as well: pages look whole offline. */
export const avatar = (site: Site, email: string, size: number): string =>
  `${site.url}/wp-content/uploads/demo/avatar-${email.split("@")[0] ?? "someone"}.svg?s=${size}&d=mm&r=g`
