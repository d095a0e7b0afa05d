/** Largest message that either side accepts unless told otherwise, in bytes: a batch of changes has to pass. */
export const MESSAGE_MAX_BYTES = 16 * 1024 * 1024
