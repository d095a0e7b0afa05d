import type { Customer } from "../Customer.ts"
import { isObject, type Json, type JsonObject } from "../Json.ts"
import { decimals, paise } from "../Money.ts"
import type { Order, OrderLine } from "../Order.ts"
import { gmt, local } from "../SiteTime.ts"
import { avatar } from "./OtherJson.ts"
import { address, apiRoot, link, links, type Site } from "./Site.ts"

const customerMethods: ReadonlyArray<string> = ["GET", "POST", "PUT", "PATCH", "DELETE"]

/** An administrator cannot be deleted over REST, and a deleted user offers nothing. */
export const customerJson = (site: Site, row: Customer, gone = false): JsonObject => {
  const zone = site.shop.timezone
  return {
    id: row.id,
    date_created: local(row.created, zone),
    date_created_gmt: gmt(row.created),
    date_modified: row.modified === null ? null : local(row.modified, zone),
    date_modified_gmt: row.modified === null ? null : gmt(row.modified),
    email: row.email,
    first_name: row.first_name,
    last_name: row.last_name,
    role: row.role,
    username: row.username,
    billing: row.billing,
    shipping: row.shipping,
    is_paying_customer: row.is_paying_customer,
    avatar_url: avatar(site, row.email, 96),
    meta_data: row.meta_data.map((entry) => ({ id: entry.id, key: entry.key, value: entry.value })),
    _links: links(
      site,
      `/customers/${row.id}`,
      "/customers",
      {},
      gone ? null : row.role === "administrator" ? customerMethods.slice(0, 4) : customerMethods
    )
  }
}

const lineJson = (site: Site, line: OrderLine, money: (amount: string) => string): Json => ({
  id: line.id,
  name: line.name,
  product_id: line.product_id,
  variation_id: line.variation_id,
  quantity: line.quantity,
  tax_class: line.tax_class,
  subtotal: money(line.subtotal),
  subtotal_tax: money(line.subtotal_tax),
  total: money(line.total),
  total_tax: money(line.total_tax),
  taxes: line.taxes,
  meta_data: line.meta_data,
  sku: line.sku,
  global_unique_id: line.global_unique_id,
  price: line.price,
  image: { id: line.image.id, src: line.image.src === "" ? "" : address(site, line.image.src) },
  parent_name: line.parent_name
})

const editableStatuses = ["pending", "on-hold", "auto-draft"]

/** `dp` is the number of decimals of every amount. */
export const orderJson = (site: Site, row: Order, dp: number): JsonObject => {
  const zone = site.shop.timezone
  const money = (amount: string): string => (dp === 2 ? amount : decimals(paise(amount), Math.max(2, dp)))
  const amounts = (entry: JsonObject): JsonObject =>
    dp === 2
      ? entry
      : Object.fromEntries(
          Object.entries(entry).map(([key, value]) =>
            typeof value === "string" && /total/.test(key) && value !== ""
              ? [key, money(value)]
              : [key, value]
          )
        )
  const when = (seconds: number | null) => (seconds === null ? null : local(seconds, zone))
  const whenGmt = (seconds: number | null) => (seconds === null ? null : gmt(seconds))
  return {
    id: row.id,
    parent_id: 0,
    status: row.status,
    currency: row.currency,
    version: "11.0.1",
    prices_include_tax: false,
    date_created: local(row.created, zone),
    date_modified: local(row.modified, zone),
    discount_total: money(row.discount_total),
    discount_tax: money(row.discount_tax),
    shipping_total: money(row.shipping_total),
    shipping_tax: money(row.shipping_tax),
    cart_tax: money(row.cart_tax),
    total: money(row.total),
    total_tax: money(row.total_tax),
    customer_id: row.customer_id,
    order_key: row.order_key,
    billing: row.billing,
    shipping: row.shipping,
    payment_method: row.payment_method,
    payment_method_title: row.payment_method_title,
    transaction_id: row.transaction_id,
    customer_ip_address: "",
    customer_user_agent: "",
    created_via: row.created_via,
    customer_note: row.customer_note,
    date_completed: when(row.completed),
    date_paid: when(row.paid),
    cart_hash: "",
    number: String(row.id),
    meta_data: row.meta_data.map((entry) => ({ id: entry.id, key: entry.key, value: entry.value })),
    line_items: row.line_items.map((line) => lineJson(site, line, money)),
    tax_lines: row.tax_lines.map(amounts),
    shipping_lines: row.shipping_lines.map(amounts),
    fee_lines: row.fee_lines.map(amounts),
    coupon_lines: row.coupon_lines.map(amounts),
    refunds: row.refunds.flatMap((entry) => (isObject(entry) ? [amounts(entry)] : [])),
    payment_url: `${site.url}/checkout/order-pay/${row.id}/?pay_for_order=true&key=${row.order_key}`,
    is_editable: editableStatuses.includes(row.status),
    needs_payment: (row.status === "pending" || row.status === "failed") && paise(row.total) > 0n,
    needs_processing: row.line_items.some((line) => needsProcessing(site, line)),
    date_created_gmt: gmt(row.created),
    date_modified_gmt: gmt(row.modified),
    date_completed_gmt: whenGmt(row.completed),
    date_paid_gmt: whenGmt(row.paid),
    currency_symbol: row.currency === "INR" ? "₹" : row.currency,
    _links: links(site, `/orders/${row.id}`, "/orders", {
      email_templates: [
        { embeddable: true, href: `${site.url}${apiRoot}/orders/${row.id}/actions/email_templates` }
      ],
      ...(row.customer_id === 0 ? {} : { customer: link(site, `/customers/${row.customer_id}`) })
    })
  }
}

const needsProcessing = (site: Site, line: OrderLine): boolean => {
  const product = site.shop.product(line.product_id)
  return product === undefined || !(product.virtual && product.downloadable)
}
