/** The least that a Node process can be while it answers on a port: the baseline of start.service and memory.standalone. */
import { createServer } from "node:http"

createServer((_, response) => response.end("ok")).listen(Number(process.env.PORT), "127.0.0.1")
