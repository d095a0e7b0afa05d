/** Largest message that either side accepts unless told otherwise, in bytes: a batch of changes has to pass. */
export const MESSAGE_MAX_BYTES = 16 * 1024 * 1024

/**
 * What one HTTP/2 connection may hold in memory, in megabytes (Node's `maxSessionMemory`). By Node's default of 10 a peer
 * that has more than that still to send resets the streams of whoever answers it.
 */
export const SESSION_MAX_MEGABYTES = 128
