/** A process of its own: claims each data folder that it is sent, several times at once, and tells how often it got it. */
import { claim } from "../src/DataFolderOwner.ts"

process.on("message", async (dataDir: string) => {
  const claims = await Promise.allSettled(Array.from({ length: 4 }, () => claim(dataDir)))
  process.send?.({
    won: claims.filter((it) => it.status === "fulfilled").length,
    refusals: claims.flatMap((it) => (it.status === "rejected" ? [String(it.reason)] : []))
  })
})
process.send?.("ready")
