import { chmodSync, mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import { EmbeddedPostgres } from "../src/EmbeddedPostgres.ts"
import setup from "../src/TestSetup.ts"

// A run of tests of its own: sets up, starts a server as a test would, says where both are and waits to be interrupted.
await setup()
const dataDir = mkdtempSync(join(tmpdir(), "of-a-test-"))
chmodSync(dataDir, 0o711)
await Effect.runPromise(
  Layer.buildWithScope(EmbeddedPostgres.layer({ dataDir, durable: false }), Scope.makeUnsafe())
)
process.stdout.write(`${JSON.stringify({ tests: tmpdir(), dataDir })}\n`)
process.stdin.resume()
