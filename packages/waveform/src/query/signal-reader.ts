import { LruCache } from "./lru-cache.js";
import { NO_TIME, RecordCursor } from "../store/record-cursor.js";
import { CHECKPOINT_EVERY, lastBelow, SignalIndex } from "../store/signal-index.js";
import type { SignalStore } from "../store/signal-store.js";

/** Indices of all signals that were looked at lately, together. */
const MAX_INDEX_BYTES = 192 << 20;

/** Finds places in the streams of signals. Keeps the indices of signals that were looked at. */
export class SignalReader {
  readonly store: SignalStore;
  readonly #indices = new LruCache<SignalIndex>(MAX_INDEX_BYTES);

  constructor(store: SignalStore) {
    this.store = store;
  }

  index(signal: number): SignalIndex {
    return this.#indices.get(signal, () => new SignalIndex(this.store, signal));
  }

  /** The changes of a signal are gone, so the places in it are too. */
  forget(signal: number): void {
    this.#indices.delete(signal);
  }

  forgetAll(): void {
    this.#indices.clear();
  }

  /** A cursor that has taken every record whose time index is below `limit`, and no more. */
  cursorBelow(signal: number, limit: number): RecordCursor {
    const cursor = new RecordCursor(this.store, signal);
    if (cursor.peek() >= limit) return cursor;
    const { points, length } = this.index(signal);
    const checkpoint = lastBelow(points, limit, 0, length >>> 1);
    cursor.moveTo(
      points[checkpoint * 2 + 1] ?? 0,
      points[checkpoint * 2] ?? NO_TIME,
      checkpoint * CHECKPOINT_EVERY,
    );
    if (cursor.peek() < limit) cursor.takeBelow(limit, NO_TIME);
    return cursor;
  }
}
