/**
 * Bounds what callers leave unread. An answer that its caller does not read waits in this process, and a page of 100
 * products has a megabyte: without bounds, some hundred connections that read nothing fill the memory.
 */
import { type IncomingMessage, ServerResponse } from "node:http"
import type { Socket } from "node:net"

/** Bytes of answers that may wait on a connection before its next request, sent ahead, is begun. */
export const CONNECTION_BYTES = 262_144
/** Bytes of answers that may wait on all connections. The one with the most is cut when there are more. */
export const TOTAL_BYTES = 67_108_864
/** Milliseconds in which a caller may take not one byte of what waits for it. */
const STALLED_MS = 10_000

/** An answer that says when all of it was given to node. */
export class Answer extends ServerResponse<IncomingMessage> {
  override end(...given: Array<unknown>): this {
    Reflect.apply(super.end, this, given)
    this.emit("given")
    return this
  }
}

/** The bounds of one server. */
export const make = () => {
  const waiting = new Map<Socket, { bytes: number; answers: number }>()
  const later = new Map<Socket, Array<() => void>>()
  let total = 0

  const forget = (socket: Socket) => {
    total -= waiting.get(socket)?.bytes ?? 0
    waiting.delete(socket)
  }

  /** Answers with the bytes that have to wait. */
  const given = (response: ServerResponse, socket: Socket): number => {
    // Nearly always nothing: the system has taken it all.
    const bytes = response.writableLength
    if (bytes === 0 || socket.destroyed) return 0
    const held = waiting.get(socket) ?? { bytes: 0, answers: 0 }
    held.bytes += bytes
    held.answers += 1
    total += bytes
    waiting.set(socket, held)
    // Node begins it anew while bytes are taken, and destroys the connection.
    socket.setTimeout(STALLED_MS)
    while (total > TOTAL_BYTES) {
      let [most, mostBytes] = [socket, 0]
      for (const [one, { bytes }] of waiting) if (bytes > mostBytes) [most, mostBytes] = [one, bytes]
      forget(most)
      most.destroy()
    }
    return bytes
  }

  const taken = (socket: Socket, bytes: number) => {
    const held = waiting.get(socket)
    if (held === undefined || bytes === 0) return
    held.bytes -= bytes
    held.answers -= 1
    total -= bytes
    if (held.answers === 0) waiting.delete(socket)
  }

  const goOn = (socket: Socket) => {
    const queue = later.get(socket) ?? []
    while (queue.length > 0 && !isFull(socket)) queue.shift()?.()
    if (queue.length === 0) later.delete(socket)
  }
  const isFull = (socket: Socket) => (waiting.get(socket)?.bytes ?? 0) > CONNECTION_BYTES

  return {
    /** Has the answer of a request watched. `isLast` tells whether its connection is owed none beside it. */
    watch: (response: ServerResponse, socket: Socket, isLast: () => boolean) => {
      let bytes = 0
      response.once("given", () => {
        bytes = given(response, socket)
      })
      response.once("close", () => {
        if (socket.destroyed) {
          forget(socket)
          later.delete(socket)
          return
        }
        taken(socket, bytes)
        goOn(socket)
        // After the last answer node itself sets how long the connection may be idle.
        if (!isLast() && !waiting.has(socket)) socket.setTimeout(0)
      })
    },
    /** Runs when no more waits on the connection than may, after what was to run before it. */
    begin: (socket: Socket, run: () => void) => {
      if (!isFull(socket) && !later.has(socket)) return run()
      later.set(socket, [...(later.get(socket) ?? []), run])
    }
  }
}
