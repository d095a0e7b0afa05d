import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Scope from "effect/Scope"
import { EmbeddedPostgres } from "../src/EmbeddedPostgres.ts"

// A process of its own for the tests: starts the server, says where it is in one line of JSON, ends on a closed stdin.
const scope = Scope.makeUnsafe()
const context = await Effect.runPromise(
  Layer.buildWithScope(EmbeddedPostgres.layer({ dataDir: process.argv[2] ?? "", durable: false }), scope)
)
const { adopted, dataDir, pid, port, url } = Context.get(context, EmbeddedPostgres)
process.stdout.write(`${JSON.stringify({ adopted, dataDir, pid, port, url: Redacted.value(url) })}\n`)
process.stdin.on("end", () => {
  if (process.argv[3] === "exit") process.exit(0)
  Effect.runPromise(Scope.close(scope, Exit.void)).then(() => process.exit(0))
})
process.stdin.resume()
