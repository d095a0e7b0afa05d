import * as Config from "effect/Config"
import * as Schema from "effect/Schema"

/** Whole numbers within bounds; whatever else stands there is told in one sentence. */
const whole = (name: string, minimum: number, maximum: number) =>
  Config.schema(
    Schema.String.check(
      Schema.makeFilter(
        (text) => /^[0-9]{1,9}$/.test(text) && Number(text) >= minimum && Number(text) <= maximum,
        {
          message: `Expected a whole number from ${minimum} to ${maximum}`
        }
      )
    ),
    name
  ).pipe(Config.map(Number))

/** Settings of the demo store as its own process. */
export const demoStoreConfig = Config.all({
  port: whole("DEMO_PORT", 0, 65_535).pipe(Config.withDefault(4180)),
  products: whole("DEMO_PRODUCTS", 1, 1_000_000).pipe(Config.withDefault(600)),
  host: Config.String("DEMO_HOST").pipe(Config.withDefault("127.0.0.1")),
  seed: Config.String("DEMO_SEED").pipe(Config.withDefault("optica"))
})
