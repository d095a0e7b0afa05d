import type { Image } from "@optica/contracts/optica/catalog/v1/product_pb"
import * as Schema from "effect/Schema"

export const imageFields = {
  id: Schema.Int,
  date_created: Schema.NullOr(Schema.String),
  date_created_gmt: Schema.NullOr(Schema.String),
  date_modified: Schema.NullOr(Schema.String),
  date_modified_gmt: Schema.NullOr(Schema.String),
  src: Schema.String,
  name: Schema.String,
  alt: Schema.String
}

/** A picture of a variation or a category. */
export const ImageView = Schema.Struct(imageFields).annotate({ identifier: "Image" })

export const imageView = (image: Image): typeof ImageView.Type => ({
  id: Number(image.id),
  date_created: image.dateCreated === "" ? null : image.dateCreated,
  date_created_gmt: image.dateCreatedGmt === "" ? null : image.dateCreatedGmt,
  date_modified: image.dateModified === "" ? null : image.dateModified,
  date_modified_gmt: image.dateModifiedGmt === "" ? null : image.dateModifiedGmt,
  src: image.src,
  name: image.name,
  alt: image.alt
})
