import * as Config from "effect/Config"

/** Settings of the demo store as its own process. */
export const demoStoreConfig = Config.all({
  port: Config.Port("DEMO_PORT").pipe(Config.withDefault(4180)),
  products: Config.Int("DEMO_PRODUCTS").pipe(Config.withDefault(600)),
  host: Config.String("DEMO_HOST").pipe(Config.withDefault("127.0.0.1")),
  seed: Config.String("DEMO_SEED").pipe(Config.withDefault("optica"))
})
