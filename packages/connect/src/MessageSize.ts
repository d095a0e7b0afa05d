/**
 * Largest request that a server accepts from anybody, in bytes. Protobuf of 16 MiB that nobody signed for may be eight
 * million empty messages, and decoding them keeps the process from everything else for seconds.
 */
export const REQUEST_MAX_BYTES = 64 * 1024

/** Largest answer that a client accepts, and request that a server accepts from its operator: a batch of changes. */
export const MESSAGE_MAX_BYTES = 16 * 1024 * 1024

/**
 * What one HTTP/2 connection may hold in memory, in megabytes (Node's `maxSessionMemory`). By Node's default of 10 a peer
 * that has more than that still to send resets the streams of whoever answers it.
 */
export const SESSION_MAX_MEGABYTES = 128
