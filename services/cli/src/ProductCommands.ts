import { toJsonString } from "@bufbuild/protobuf"
import { GetProductResponseSchema, ProductView } from "@optica/contracts/optica/catalog/v1/catalog_service_pb"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Json } from "./Json.ts"
import { Output } from "./Output.ts"
import { timeText } from "./RunText.ts"
import { catalogUpstream } from "./Upstreams.ts"

const get = Command.make(
  "get",
  {
    id: Argument.Int("id").pipe(
      Argument.withDescription("The id that WooCommerce gave it"),
      Argument.withSchema(Schema.Int.check(Schema.isGreaterThan(0)))
    ),
    full: Flag.Boolean("full").pipe(
      Flag.withDescription("Whole and raw, as the shop sent it, also what the public may not see"),
      Flag.withDefault(false)
    )
  },
  Effect.fn("optica.products.get")(function* ({ full, id }) {
    const json = yield* Json
    const output = yield* Output
    const { client, explain } = yield* catalogUpstream
    const view = full ? ProductView.FULL : ProductView.PUBLIC
    const answer = yield* Effect.mapError(client.getProduct({ id: BigInt(id), view }), explain)
    if (json) return output.line(toJsonString(GetProductResponseSchema, answer))
    if (full) return output.line(answer.sourceJson)
    const { product } = answer
    if (product === undefined) return
    output.line(`${product.id} ${product.name}`)
    output.line(`  ${product.type}, ${product.status}, sku ${product.sku || "none"}, ${product.stockStatus}`)
    output.line(
      `  price ${product.price || "none"} (regular ${product.regularPrice || "none"}, sale ${product.salePrice || "none"})`
    )
    output.line(`  categories ${product.categories.map((category) => category.name).join(", ") || "none"}`)
    output.line(`  ${product.permalink}`)
    output.line(`  changed in the catalogue ${timeText(answer.lastModified)}`)
  }, Effect.scoped)
).pipe(Command.withDescription("Shows one product or variation"))

export const products = Command.make("products").pipe(
  Command.withDescription("Look at what the catalogue holds"),
  Command.withSubcommands([get])
)
