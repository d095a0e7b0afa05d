import { execFile } from "node:child_process"
import { once } from "node:events"
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { connect, createServer } from "node:net"
import { join } from "node:path"
import { promisify } from "node:util"
import { assert, describe, it } from "@effect/vitest"
import { alive, freePort, startNode, until } from "../bench/Processes.ts"
import { endpoints, type Standalone, start, welcomed, withDataDir } from "./Standalone.ts"

const timeout = 120_000

/** Process id of the PostgreSQL that works on the data folder. The first line of its pid file, see its documentation. */
const postmaster = (dataDir: string): number =>
  Number(readFileSync(join(dataDir, "postgres/postmaster.pid"), "utf8").split("\n")[0])

const products = async ({ origin }: Standalone): Promise<number> => {
  const answer = await fetch(`${origin}/api/products`)
  const { meta } = (await answer.json()) as { meta: { pagination: { total: number } } }
  return meta.pagination.total
}

const runs = async (standalone: Standalone, dataDir: string): Promise<number> => {
  const answer = await fetch(`${standalone.origin}/sync/status`, {
    headers: { authorization: `Bearer ${endpoints(dataDir).operatorToken}` }
  })
  const { data } = (await answer.json()) as { data: { history: ReadonlyArray<unknown> } }
  return data.history.length
}

/** Starts what cannot run, and returns what it says before it exits with 1. */
const refusal = async (env: Record<string, string>): Promise<string> => {
  const standalone = await start(env)
  const code = await standalone.exited
  assert.strictEqual(code, 1, standalone.output())
  return standalone.output().trim()
}

const assertOneSentence = (said: string, ...parts: ReadonlyArray<string>): void => {
  for (const part of parts) assert.include(said, part)
  assert.notMatch(said, /\n\s+at /, "no stack trace")
}

describe("npm start", { timeout }, () => {
  it("mirrors the demo store, serves it, and stops within five seconds leaving no process behind", () =>
    withDataDir(async (dataDir) => {
      const standalone = await start({ OPTICA_DATA: dataDir })
      await welcomed(standalone)
      assert.isAbove(await products(standalone), 30)
      assert.include(standalone.output(), `${standalone.origin}/api/products`)
      assert.strictEqual(statSync(join(dataDir, "standalone.json")).mode & 0o777, 0o600)
      // What a pipe takes may end in a journal: it is told where the token is, and how to use it all the same.
      assert.notInclude(standalone.output(), endpoints(dataDir).operatorToken)
      assert.include(standalone.output(), join(dataDir, "operator-token"))
      const [curl = ""] = /^ *curl -H .*$/m.exec(standalone.output()) ?? []
      const { stdout } = await promisify(execFile)("sh", ["-c", `${curl.trim()} -s`])
      assert.include(stdout, '"success":true')
      const postgres = postmaster(dataDir)
      assert.isTrue(alive(postgres))
      const asked = performance.now()
      standalone.signal("SIGINT")
      assert.strictEqual(await standalone.exited, 0, standalone.output())
      assert.isBelow(performance.now() - asked, 5000)
      assert.isFalse(alive(postgres))
    }))

  it("stops within five seconds with clients that have stalled on every port", () =>
    withDataDir(async (dataDir) => {
      const standalone = await start({ OPTICA_DATA: dataDir })
      await welcomed(standalone)
      const { catalog, edge, sync } = endpoints(dataDir)
      const stalled = [catalog, edge, sync].map((origin) => {
        const { hostname, port } = new URL(origin)
        const socket = connect(Number(port), hostname)
        // The server may cut it off at any time.
        socket.on("error", () => {})
        socket.write("POST /sync/full HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{")
        return socket
      })
      await Promise.all(stalled.map((socket) => once(socket, "connect")))
      const asked = performance.now()
      standalone.signal("SIGINT")
      assert.strictEqual(await standalone.exited, 0, standalone.output())
      assert.isBelow(performance.now() - asked, 5000)
      for (const socket of stalled) socket.destroy()
    }))

  it("picks up where it was: same data, same token, no second mirror", () =>
    withDataDir(async (dataDir) => {
      const first = await start({ OPTICA_DATA: dataDir })
      await welcomed(first)
      const { operatorToken } = endpoints(dataDir)
      const total = await products(first)
      await first.stop()
      const second = await start({ OPTICA_DATA: dataDir })
      await welcomed(second)
      assert.strictEqual(await products(second), total)
      assert.strictEqual(await runs(second, dataDir), 1)
      assert.strictEqual(endpoints(dataDir).operatorToken, operatorToken)
      await second.stop()
    }))

  it("mirrors anew when the demo store was filled anew, and never mixes two shops", () =>
    withDataDir(async (dataDir) => {
      const small = await start({ OPTICA_DATA: dataDir })
      await welcomed(small)
      const before = await products(small)
      await small.stop()
      const bigger = await start({ OPTICA_DATA: dataDir, DEMO_PRODUCTS: "60" })
      await welcomed(bigger)
      await until("the new products are there", bigger, async () => (await products(bigger)) > before + 10)
      await bigger.stop()
      const key = { WOO_CONSUMER_KEY: "ck_x", WOO_CONSUMER_SECRET: "cs_x" }
      const other = await refusal({ OPTICA_DATA: dataDir, WOO_URL: "http://127.0.0.1:1", ...key })
      assertOneSentence(other, "WOO_URL", "OPTICA_DATA", "the demo store")
    }))

  it("goes on after SIGKILL with the PostgreSQL that was left behind", () =>
    withDataDir(async (dataDir) => {
      const killed = await start({ OPTICA_DATA: dataDir })
      await welcomed(killed)
      const total = await products(killed)
      const left = postmaster(dataDir)
      killed.signal("SIGKILL")
      await killed.exited
      assert.isTrue(alive(left))
      const next = await start({ OPTICA_DATA: dataDir })
      await welcomed(next)
      assert.strictEqual(await products(next), total)
      await next.stop()
      assert.isFalse(alive(left))
    }))

  it("ends with a sentence when its PostgreSQL dies", () =>
    withDataDir(async (dataDir) => {
      const standalone = await start({ OPTICA_DATA: dataDir })
      await welcomed(standalone)
      process.kill(postmaster(dataDir), "SIGKILL")
      assert.strictEqual(await standalone.exited, 1, standalone.output())
      assert.include(standalone.output(), "postgres.log")
    }))

  it("lets ports that nobody asked for give way, and names those that were", () =>
    withDataDir(async (dataDir) => {
      const taken = createServer().listen(0, "127.0.0.1")
      await new Promise((done) => taken.once("listening", done))
      const address = taken.address()
      const port = String(typeof address === "object" ? address?.port : 0)
      try {
        assertOneSentence(await refusal({ OPTICA_DATA: dataDir, CATALOG_PORT: port }), "CATALOG_PORT", port)
        assertOneSentence(await refusal({ OPTICA_DATA: dataDir, PORT: port }), "PORT", port)
        const squatter = createServer()
        // The default port may be taken by something else already, which serves the same end.
        await new Promise((done) =>
          squatter.once("error", done).listen(4101, "127.0.0.1", () => done(undefined))
        )
        const standalone = await start({ OPTICA_DATA: dataDir })
        await welcomed(standalone)
        assert.notStrictEqual(endpoints(dataDir).catalog, "http://127.0.0.1:4101")
        await standalone.stop()
        squatter.close()
      } finally {
        taken.close()
      }
    }))

  it("says in one sentence which setting is wrong", () =>
    withDataDir(async (dataDir) => {
      const file = join(dataDir, "file")
      writeFileSync(file, "")
      assertOneSentence(await refusal({ OPTICA_DATA: file }), "OPTICA_DATA")
      assertOneSentence(await refusal({ OPTICA_DATA: dataDir, PORT: "eighty" }), "PORT")
      assertOneSentence(await refusal({ OPTICA_DATA: dataDir, DEMO_PRODUCTS: "some" }), "DEMO_PRODUCTS")
      assertOneSentence(
        await refusal({ OPTICA_DATA: dataDir, WOO_URL: "https://127.0.0.1:1" }),
        "WOO_CONSUMER_KEY"
      )
      const key = { WOO_CONSUMER_KEY: "ck_x", WOO_CONSUMER_SECRET: "cs_x" }
      assertOneSentence(
        await refusal({ OPTICA_DATA: dataDir, WOO_URL: "https://127.0.0.1:1", ...key }),
        "WOO_URL"
      )
      const databaseUrl = "postgres://nobody:secret-word@127.0.0.1:1/none"
      const said = await refusal({ OPTICA_DATA: dataDir, DATABASE_URL: databaseUrl })
      assertOneSentence(said, "DATABASE_URL")
      assert.notInclude(said, "secret-word")
    }))

  it("mirrors a shop that it is given, and says when the shop refuses the key", () =>
    withDataDir(async (dataDir) => {
      const port = await freePort()
      const store = startNode("packages/demo-store/src/main.ts", {
        DEMO_PORT: String(port),
        DEMO_PRODUCTS: "30"
      })
      try {
        await until("the store tells its key", store, async () => /secret\s+\S/.test(store.output()))
        const [, key = ""] = /consumer key\s+(\S+)/.exec(store.output()) ?? []
        const [, secret = ""] = /secret\s+(\S+)/.exec(store.output()) ?? []
        const shop = { OPTICA_DATA: dataDir, WOO_URL: `http://127.0.0.1:${port}`, WOO_CONSUMER_KEY: key }
        assertOneSentence(await refusal({ ...shop, WOO_CONSUMER_SECRET: "cs_wrong" }), "WOO_CONSUMER_SECRET")
        const standalone = await start({ ...shop, WOO_CONSUMER_SECRET: secret })
        await welcomed(standalone)
        assert.isAbove(await products(standalone), 20)
        assert.notInclude(standalone.output(), secret)
        await standalone.stop()
      } finally {
        await store.stop()
      }
    }))

  it("leaves no data folder half made when it is refused", () =>
    withDataDir(async (dataDir) => {
      const fresh = join(dataDir, "fresh")
      await refusal({ OPTICA_DATA: fresh, PORT: "eighty" })
      assert.isFalse(existsSync(fresh))
    }))
})
