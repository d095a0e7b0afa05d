import * as Progress from "@optica/cli/Progress"
import { errorLines, summary } from "@optica/cli/RunText"
import * as ConnectClient from "@optica/connect/ConnectClient"
import { OperatorToken } from "@optica/connect/OperatorToken"
import { type Run, RunStatus } from "@optica/contracts/optica/sync/v1/run_pb"
import { SyncService } from "@optica/contracts/optica/sync/v1/sync_service_pb"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { SyncRoutes } from "./Services.ts"

/** What is told once everything runs. */
export interface Addresses {
  readonly edge: string
  readonly catalog: string
  readonly sync: string
  readonly shop: string
  readonly demoAdmin: string | undefined
  readonly notice: string | undefined
  readonly operatorToken: OperatorToken["Service"]
  /** Where the token is kept; undefined when it was set. */
  readonly tokenFile: string | undefined
}

/** Shows the first mirror as it goes on, then says where things are. */
export const welcome = Effect.fn("Welcome.welcome")(function* (addresses: Addresses) {
  if (addresses.notice !== undefined) yield* Console.log(addresses.notice)
  const sync = ConnectClient.make(SyncService, ConnectClient.transportInMemory([yield* SyncRoutes]), {
    headers: { authorization: OperatorToken.authorization(addresses.operatorToken) }
  })
  const { current, firstCompletedAt, history } = yield* sync.getSyncStatus({ history: 1 })
  if (firstCompletedAt === undefined) {
    yield* Console.log(`Mirroring ${addresses.shop}`)
    // A short run may have ended before anyone looked.
    const ended = current === undefined ? history[0] : yield* follow(sync.watchSync({ id: current.id }))
    if (ended !== undefined) yield* tell(ended)
  }
  yield* Console.log(text(addresses, process.stdout.isTTY))
})

/** How the first mirror ended. */
const tell = Effect.fnUntraced(function* (run: Run) {
  yield* Console.log(summary(run))
  yield* Effect.forEach(errorLines(run), (line) => Console.log(line))
  if (run.status === RunStatus.FAILED) {
    yield* Console.error(
      `${run.error}\nNothing is served until a mirror is complete: npm run optica -- sync full`
    )
  }
})

/** A bar on a terminal, plain lines elsewhere; the run as it ended. */
const follow = Effect.fnUntraced(function* <E>(runs: Stream.Stream<{ readonly run?: Run | undefined }, E>) {
  const write = (text: string) => process.stdout.write(text)
  const progress = process.stdout.isTTY
    ? Progress.bar(write, () => process.stdout.columns)
    : Progress.lines(write)
  const last = yield* runs.pipe(
    Stream.tap(({ run }) => (run === undefined ? Effect.void : progress.show(run))),
    Stream.runLast,
    Effect.ensuring(progress.end)
  )
  return last._tag === "Some" ? last.value.run : undefined
})

/** What is told about the token: itself to a person at a terminal; in a pipe, which a journal may keep, where it is. */
const tokenOf = (at: Addresses, isTerminal: boolean) => {
  if (isTerminal) {
    const token = Redacted.value(at.operatorToken)
    return { told: token, header: `'authorization: Bearer ${token}'` }
  }
  return at.tokenFile === undefined
    ? { told: "as set by OPTICA_OPERATOR_TOKEN", header: '"authorization: Bearer $OPTICA_OPERATOR_TOKEN"' }
    : { told: `in ${at.tokenFile}`, header: `"authorization: Bearer $(cat '${at.tokenFile}')"` }
}

const text = (at: Addresses, isTerminal: boolean): string => {
  const { header, told } = tokenOf(at, isTerminal)
  return `
Optica is running. Ctrl-C stops it.

  Storefront     ${at.edge}/
  API            ${at.edge}/api/products
  Docs           ${at.edge}/docs
  Health         ${at.edge}/health/ready
  gRPC catalog   ${at.catalog}
  gRPC sync      ${at.sync}
  ${at.demoAdmin === undefined ? `Shop           ${at.shop}` : `Demo store     ${at.shop}\n  Demo admin     ${at.demoAdmin}/stats`}
  Operator token ${told}

Try:

  curl '${at.edge}/api/products?per_page=2&fields=id,name,price'
  curl '${at.edge}/api/products?on_sale=true&orderby=price&order=asc'
  curl '${at.edge}/api/categories'
  curl -H ${header} '${at.edge}/sync/status'
  npm run optica -- sync status
`
}
