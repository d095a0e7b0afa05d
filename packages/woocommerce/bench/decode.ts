/** CPU that decoding costs per recorded product, beside JSON.parse of the same: `node bench/decode.ts`. */
import { readFileSync } from "node:fs"
import { Resources } from "../src/Resource.ts"

const rounds = 5
const products = 10_000

const records = JSON.parse(readFileSync(new URL("../test/fixtures/products.json", import.meta.url), "utf8"))
const rows = [...records["list-id-asc-per18-page1"].body, ...records["list-id-asc-per18-page2"].body]
const texts = rows.map((row) => JSON.stringify(row))

const microsecondsEach = (work: (index: number) => void): number => {
  const before = process.cpuUsage()
  for (let index = 0; index < products; index++) work(index % rows.length)
  const { system, user } = process.cpuUsage(before)
  return (user + system) / products
}

for (let round = 1; round <= rounds; round++) {
  const parse = microsecondsEach((index) => JSON.parse(texts[index] ?? ""))
  const decode = microsecondsEach((index) => Resources.products.decode(rows[index]))
  console.log(
    `round ${round}: JSON.parse ${parse.toFixed(1)} µs, decode ${decode.toFixed(1)} µs per product (${products})`
  )
}
