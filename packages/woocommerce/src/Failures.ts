/**
 * Everything that talking to a shop can end in. Every message says in one sentence what is wrong and names the
 * setting or the place to look at; none of them carries a secret, a stack trace or the request.
 */
import * as Schema from "effect/Schema"

/** 401 or 403: the shop does not know the key, or the key may not do this. */
export class WrongCredentials extends Schema.TaggedError<WrongCredentials>()("WrongCredentials", {
  status: Schema.Int,
  /** WooCommerce's own code, `""` where something in front of it answered. */
  code: Schema.String,
  message: Schema.String
}) {}

/** No answer: name not found, connection refused or reset, TLS trouble, or no answer in time. */
export class ShopUnreachable extends Schema.TaggedError<ShopUnreachable>()("ShopUnreachable", {
  /** The shop's address without credentials or query. */
  url: Schema.String,
  reason: Schema.Literals(["name", "refused", "reset", "tls", "timeout", "other"]),
  message: Schema.String
}) {}

/** The shop answered with a redirect. It is never followed: a request carries the key, and the signature holds for one address only. */
export class ShopMoved extends Schema.TaggedError<ShopMoved>()("ShopMoved", {
  status: Schema.Int,
  /** Where it points, without query. */
  location: Schema.String,
  message: Schema.String
}) {}

/** 429 or 5xx: overload, maintenance, a PHP fatal (fact 18). */
export class ShopFailed extends Schema.TaggedError<ShopFailed>()("ShopFailed", {
  status: Schema.Int,
  code: Schema.String,
  /** What `Retry-After` asked for, in milliseconds. */
  retryAfterMs: Schema.UndefinedOr(Schema.Finite),
  message: Schema.String
}) {}

/** 404 on an id: it never was, or it is deleted for good. A thing in the trash is found, with status `trash` (fact 9). */
export class ResourceNotFound extends Schema.TaggedError<ResourceNotFound>()("ResourceNotFound", {
  resource: Schema.String,
  id: Schema.Int,
  code: Schema.String,
  message: Schema.String
}) {}

/** 404 `rest_no_route`: this shop's WooCommerce has no such route (the list of all variations is missing before version 10). */
export class RouteMissing extends Schema.TaggedError<RouteMissing>()("RouteMissing", {
  route: Schema.String,
  message: Schema.String
}) {}

/** Any other 4xx: the shop understood who asks and declines what is asked. */
export class RequestRefused extends Schema.TaggedError<RequestRefused>()("RequestRefused", {
  status: Schema.Int,
  code: Schema.String,
  /** Wrong parameters by name, as WooCommerce explains them. */
  params: Schema.Record(Schema.String, Schema.String),
  message: Schema.String
}) {}

/** The parameters contradict each other or would silently lose rows; nothing was sent. */
export class InvalidParams extends Schema.TaggedError<InvalidParams>()("InvalidParams", {
  param: Schema.String,
  message: Schema.String
}) {}

/** Something answered, but no WooCommerce REST API: a web page, plain permalinks, another program. */
export class NotWooCommerce extends Schema.TaggedError<NotWooCommerce>()("NotWooCommerce", {
  url: Schema.String,
  status: Schema.Int,
  message: Schema.String
}) {}

/** A WooCommerce answer that cannot be used: PHP output before the JSON, cut off, too large, wrong shape or totals. */
export class AnswerUnreadable extends Schema.TaggedError<AnswerUnreadable>()("AnswerUnreadable", {
  reason: Schema.Literals(["php-output", "not-json", "too-large", "shape", "totals", "item"]),
  /** Of an item that was read by id and refused: the path of the field, such as `images[0].src`. */
  path: Schema.String,
  message: Schema.String
}) {}

export type WooCommerceError =
  | WrongCredentials
  | ShopUnreachable
  | ShopMoved
  | ShopFailed
  | ResourceNotFound
  | RouteMissing
  | RequestRefused
  | InvalidParams
  | NotWooCommerce
  | AnswerUnreadable

/** WOO_URL is no address that a shop can have. */
export class InvalidShopUrl extends Schema.TaggedError<InvalidShopUrl>()("InvalidShopUrl", {
  message: Schema.String
}) {}
