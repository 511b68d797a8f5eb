/** Version of the messages; both sides send theirs first and refuse another. */
export const PROTOCOL_VERSION = 1;

/** Largest control message from a client, in bytes of UTF-8. */
export const MAX_CONTROL_BYTES = 64 * 1024;

/** Requests of one connection that may wait for their answer at the same time. */
export const MAX_PENDING_REQUESTS = 64;

/** Milliseconds in which a new connection must have said hello. */
export const HELLO_DEADLINE_MS = 5_000;

/** Most items in one answer of a list method. */
export const MAX_PAGE = 5_000;

/** Most pixel columns of one query. */
export const MAX_COLUMNS = 16_384;

/** Most rows (signals) of one query. */
export const MAX_ROWS = 1_024;

/** Longest path, name or search text in a message, in UTF-16 units. */
export const MAX_TEXT = 4_096;

/** Most stretches without recording that are told of a file: its first ones. */
export const MAX_BLACKOUTS = 1_000;
