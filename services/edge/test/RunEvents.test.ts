import { IncomingMessage } from "node:http"
import { Socket } from "node:net"
import { expect, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, Stream } from "effect"
import { TestClock } from "effect/testing"
import * as Exchange from "../src/Exchange.ts"
import * as RunEvents from "../src/RunEvents.ts"

const exchange = Exchange.begin(new IncomingMessage(new Socket()), () => undefined, "127.0.0.1")

const collect = (stream: Stream.Stream<Uint8Array>) => {
  const seen: Array<string> = []
  return Effect.map(
    Effect.forkChild(
      Stream.runForEach(Stream.decodeText(stream), (text) =>
        Effect.sync(() => {
          seen.push(text)
        })
      )
    ),
    (fiber) => ({ seen, fiber })
  )
}

it.effect("a quiet stream says every 15 seconds that it is still there", () =>
  Effect.gen(function* () {
    const stopping = yield* Deferred.make<void>()
    const { seen } = yield* collect(RunEvents.make(Stream.never, exchange, stopping))
    yield* TestClock.adjust("1 second")
    yield* TestClock.adjust("13 seconds")
    expect(seen).toStrictEqual(["retry: 2000\n\n"])
    yield* TestClock.adjust("2 seconds")
    expect(seen).toStrictEqual(["retry: 2000\n\n", ": still here\n\n"])
    yield* TestClock.adjust("30 seconds")
    expect(seen).toHaveLength(4)
  })
)

it.effect("a stream ends when the server stops", () =>
  Effect.gen(function* () {
    const stopping = yield* Deferred.make<void>()
    const { seen, fiber } = yield* collect(RunEvents.make(Stream.never, exchange, stopping))
    yield* TestClock.adjust("1 second")
    yield* Deferred.succeed(stopping, undefined)
    yield* Fiber.join(fiber)
    expect(seen.join("")).not.toContain("event:")
  })
)
