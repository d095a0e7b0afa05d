import type { Product } from "../Product.ts"
import type { PriceRange } from "../Shop.ts"

/** WooCommerce's `price_html`: markup, for people; a price that nobody set gives "". */
export const priceHtml = (product: Product, range: PriceRange): string => {
  if (range.min === "") return ""
  if (product.type === "variable" || product.type === "grouped") {
    return range.min === range.max ? plain(range.min) : between(range.min, range.max)
  }
  return range.onSale ? reduced(product.regular_price, range.min) : plain(range.min)
}

const symbol = '<span class="woocommerce-Price-currencySymbol" translate="no">&#8377;</span>'

const amount = (price: string, hidden = ""): string =>
  `<span class="woocommerce-Price-amount amount"${hidden}><bdi>${symbol}${grouped(price)}</bdi></span>`

const plain = (price: string): string => amount(price)

const reduced = (regular: string, price: string): string =>
  `<del aria-hidden="true">${amount(regular)}</del> <span class="screen-reader-text">Original price was: &#8377;${grouped(regular)}.</span>` +
  `<ins aria-hidden="true">${amount(price)}</ins><span class="screen-reader-text">Current price is: &#8377;${grouped(price)}.</span>`

const hidden = ' aria-hidden="true"'

const between = (min: string, max: string): string =>
  `${amount(min, hidden)} <span aria-hidden="true">&ndash;</span> ${amount(max, hidden)}` +
  `<span class="screen-reader-text">Price range: &#8377;${grouped(min)} through &#8377;${grouped(max)}</span>`

/** `12999.999` as people see it: two decimals, half up, thousands set apart. Exact, in integer digits. */
const grouped = (price: string): string => {
  const [whole = "0", fraction = ""] = price.split(".")
  const paise = BigInt(`${whole}${fraction.padEnd(3, "0").slice(0, 3)}`)
  const rounded = (paise + 5n) / 10n
  const digits = String(rounded).padStart(3, "0")
  return `${digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ",")}.${digits.slice(-2)}`
}
