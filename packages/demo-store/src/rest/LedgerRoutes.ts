import type { Customer } from "../Customer.ts"
import type { JsonObject } from "../Json.ts"
import type { Order } from "../Order.ts"
import { dateTests } from "../ProductQuery.ts"
import { createCustomer, deleteCustomer, updateCustomer } from "../write/CustomerWrite.ts"
import { createOrder, deleteOrder, trashOrder, updateOrder } from "../write/OrderWrite.ts"
import { batch } from "./Batch.ts"
import { customerJson, orderJson } from "./LedgerJson.ts"
import * as Rules from "./ListRules.ts"
import { page } from "./Lists.ts"
import { flag, integer, integers, text, texts } from "./Params.ts"
import { type Call, created, editable, ok, type Route } from "./Route.ts"
import { trashNotSupported, WooError } from "./WooError.ts"
import { customerBody, force, orderBody, required } from "./WriteRules.ts"

const heldCustomer = (call: Call, id: number, status = 404): Customer => {
  const row = call.site.shop.ledger.customer(id)
  if (row !== undefined) return row
  throw status === 404
    ? new WooError("wc_user_invalid_id", "Invalid user ID.", 404)
    : new WooError("woocommerce_rest_invalid_id", "Invalid ID.", 400)
}

const heldOrder = (call: Call, id: number, status = 404): Order => {
  const row = call.site.shop.ledger.order(id)
  if (row === undefined) throw new WooError("woocommerce_rest_shop_order_invalid_id", "Invalid ID.", status)
  return row
}

const pathId = (call: Call): number => call.ids[0] ?? 0
const order = (call: Call, row: Order): JsonObject => orderJson(call.site, row, integer(call.values, "dp", 2))

const removeCustomer = (call: Call, row: Customer): JsonObject => {
  deleteCustomer(call.site.shop, row)
  return customerJson(call.site, row, true)
}

/** Answers with the order as it was before. */
const removeOrder = (call: Call, row: Order, forced: boolean): JsonObject => {
  const before = order(call, row)
  if (forced) deleteOrder(call.site.shop, row)
  else if (row.status === "trash") {
    throw new WooError("woocommerce_rest_already_trashed", "The shop_order has already been deleted.", 410)
  } else trashOrder(call.site.shop, row)
  return before
}

export const ledgerRoutes: ReadonlyArray<Route> = [
  {
    pattern: "/customers",
    GET: {
      rules: Rules.customerList,
      permission: "list",
      run: (call) =>
        page(call, customerIds(call), (id) => {
          const row = call.site.shop.ledger.customer(id)
          return row === undefined ? undefined : customerJson(call.site, row)
        })
    },
    POST: {
      rules: required(customerBody, "email"),
      permission: "create",
      run: (call) => {
        const row = createCustomer(call.site.shop, call.values)
        return created(customerJson(call.site, row), `/customers/${row.id}`)
      }
    }
  },
  {
    pattern: "/customers/batch",
    ...editable({
      rules: {},
      permission: "batch",
      run: (call) =>
        batch(call, {
          rules: customerBody,
          create: (_, body) => customerJson(call.site, createCustomer(call.site.shop, body)),
          update: (_, id, body) =>
            customerJson(call.site, updateCustomer(call.site.shop, heldCustomer(call, id, 400), body)),
          remove: (_, id) => removeCustomer(call, heldCustomer(call, id))
        })
    })
  },
  {
    pattern: "/customers/#",
    GET: {
      rules: { context: Rules.context },
      permission: "view",
      run: (call) => {
        const row = heldCustomer(call, pathId(call))
        return {
          ...ok(customerJson(call.site, row)),
          ...(row.role === "administrator" ? { allow: "GET, POST, PUT, PATCH" } : {})
        }
      }
    },
    ...editable({
      rules: customerBody,
      permission: "edit",
      run: (call) =>
        ok(
          customerJson(
            call.site,
            updateCustomer(call.site.shop, heldCustomer(call, pathId(call), 400), call.values)
          )
        )
    }),
    DELETE: {
      rules: { ...force, reassign: { type: "integer" } },
      permission: "delete",
      run: (call) => {
        const row = heldCustomer(call, pathId(call))
        if (flag(call.values, "force") !== true) throw trashNotSupported("Customers do not support")
        return { ...ok(removeCustomer(call, row)), gone: true }
      }
    }
  },
  {
    pattern: "/customers/#/downloads",
    GET: {
      rules: {},
      permission: "view",
      run: (call) => {
        heldCustomer(call, pathId(call))
        return ok([])
      }
    }
  },
  {
    pattern: "/orders",
    GET: {
      rules: Rules.orderList,
      permission: "list",
      run: (call) => {
        const answer = page(call, orderIds(call), (id) => {
          const row = call.site.shop.ledger.order(id)
          return row === undefined ? undefined : order(call, row)
        })
        // Past the end, the totals of orders become 0 (fact 10).
        const { paging } = answer
        return paging !== undefined && paging.page > 1 && paging.page > paging.totalPages
          ? { ...answer, paging: { total: 0, totalPages: 0, page: paging.page } }
          : answer
      }
    },
    POST: {
      rules: orderBody,
      permission: "create",
      run: (call) => {
        const row = createOrder(call.site.shop, call.values)
        return created(order(call, row), `/orders/${row.id}`)
      }
    }
  },
  {
    pattern: "/orders/batch",
    ...editable({
      rules: {},
      permission: "batch",
      run: (call) =>
        batch(call, {
          rules: orderBody,
          create: (_, body) => order(call, createOrder(call.site.shop, body)),
          update: (_, id, body) => order(call, updateOrder(call.site.shop, heldOrder(call, id, 400), body)),
          remove: (_, id) => removeOrder(call, heldOrder(call, id), true)
        })
    })
  },
  {
    pattern: "/orders/#",
    GET: {
      rules: { context: Rules.context, dp: { type: "integer", default: 2 } },
      permission: "view",
      run: (call) => ok(order(call, heldOrder(call, pathId(call))))
    },
    ...editable({
      rules: orderBody,
      permission: "edit",
      run: (call) =>
        ok(order(call, updateOrder(call.site.shop, heldOrder(call, pathId(call), 400), call.values)))
    }),
    DELETE: {
      rules: force,
      permission: "delete",
      run: (call) => ok(removeOrder(call, heldOrder(call, pathId(call)), flag(call.values, "force") === true))
    }
  }
]

/** `modified_after` is not looked at (fact 3). */
const customerIds = (call: Call): ReadonlyArray<number> => {
  const { values } = call
  const include = integers(values, "include")
  const exclude = integers(values, "exclude")
  const role = text(values, "role") ?? "customer"
  const email = text(values, "email")
  const search = text(values, "search")?.toLowerCase()
  const found = call.site.shop.ledger
    .customers()
    .filter(
      (row) =>
        (role === "all" || row.role === role) &&
        (include.length === 0 || include.includes(row.id)) &&
        !exclude.includes(row.id) &&
        (email === undefined || row.email === email) &&
        (search === undefined ||
          `${row.email} ${row.username} ${row.first_name} ${row.last_name}`.toLowerCase().includes(search))
    )
  const orderby = text(values, "orderby") ?? "name"
  const sign = text(values, "order") === "desc" ? -1 : 1
  const key = (row: Customer): number | string =>
    orderby === "name"
      ? `${row.first_name} ${row.last_name} ${row.username}`.trim().toLowerCase()
      : orderby === "registered_date"
        ? row.created
        : orderby === "include"
          ? include.indexOf(row.id)
          : row.id
  return found
    .sort((a, b) => {
      const [left, right] = [key(a), key(b)]
      return sign * (left < right ? -1 : left > right ? 1 : a.id - b.id)
    })
    .map((row) => row.id)
}

const orderIds = (call: Call): ReadonlyArray<number> => {
  const { values } = call
  const { shop } = call.site
  const include = integers(values, "include")
  const exclude = integers(values, "exclude")
  const statuses = new Set(texts(values, "status"))
  const search = text(values, "search")?.toLowerCase()
  const customer = values.customer
  const product = values.product
  const dates = dateTests(shop.timezone, values)
  const found = shop.ledger.orders().filter(
    (row) =>
      // "any" is not all: trash and checkout drafts must be named (fact 9).
      ((statuses.has("any") && row.status !== "trash" && row.status !== "checkout-draft") ||
        statuses.has(row.status)) &&
      (include.length === 0 || include.includes(row.id)) &&
      !exclude.includes(row.id) &&
      (typeof customer !== "number" || row.customer_id === customer) &&
      (typeof product !== "number" || row.line_items.some((line) => line.product_id === product)) &&
      (search === undefined ||
        String(row.id) === search ||
        JSON.stringify(row.billing).toLowerCase().includes(search)) &&
      dates.every((test) => test(row))
  )
  const orderby = text(values, "orderby") ?? "date"
  const sign = text(values, "order") === "asc" ? 1 : -1
  const key = (row: Order): number =>
    orderby === "modified"
      ? row.modified
      : orderby === "date"
        ? row.created
        : orderby === "include"
          ? include.indexOf(row.id)
          : row.id
  return found
    .sort((a, b) => (orderby === "include" ? 1 : sign) * (key(a) - key(b) || a.id - b.id))
    .map((row) => row.id)
}
