/** The few pages a person may open: a shop front and one page for each product. No styling, no cart. */
import type { Product } from "./Product.ts"
import { address, type Site } from "./rest/Site.ts"

export interface Page {
  readonly status: number
  readonly html: string
}

const document = (title: string, body: string): string =>
  `<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>${title}</title>\n<body>${body}</body></html>\n`

const notFound: Page = {
  status: 404,
  html: document("Page not found", "<h1>Page not found</h1>")
}

/** `/`, `/product/<slug>/`, `/?post_type=product&p=<id>`: only what the public may see. */
export const shopPage = (site: Site, path: string, id: number | undefined): Page => {
  const slug = /^\/product\/([^/]+)\/?$/.exec(path)?.[1]
  if (slug !== undefined) return productPage(site, site.shop.bySlug(slug.toLowerCase()))
  if (path !== "/") return notFound
  return id === undefined ? front(site) : productPage(site, id)
}

const front = (site: Site): Page => {
  const items: Array<string> = []
  for (const facts of site.shop.facts().values()) {
    if (items.length === 24) break
    const row = facts.status === "publish" ? site.shop.product(facts.id) : undefined
    if (row !== undefined && row.post_password === "" && row.catalog_visibility === "visible") {
      items.push(`<li><a href="${site.url}/product/${row.slug}/">${row.name}</a></li>`)
    }
  }
  return {
    status: 200,
    html: document("Optica demo shop", `<h1>Optica demo shop</h1><ul>${items.join("\n")}</ul>`)
  }
}

const productPage = (site: Site, id: number | undefined): Page => {
  const row = id === undefined ? undefined : site.shop.product(id)
  if (row === undefined || row.status !== "publish") return notFound
  if (row.post_password !== "") return { status: 200, html: document("Protected", "<h1>Protected</h1>") }
  return {
    status: 200,
    html: document(row.name, `<h1>${row.name}</h1>${image(site, row)}${row.description}`)
  }
}

const image = (site: Site, row: Product): string => {
  const first = row.images[0]
  return first === undefined
    ? ""
    : `<p><img src="${address(site, first.src)}" alt="" width="600" height="400"></p>`
}
