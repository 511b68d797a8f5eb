import { digitsOf } from "../format/packed-value.js";
import { NO_TIME, RecordCursor } from "../store/record-cursor.js";
import type { SignalStore } from "../store/signal-store.js";
import { widthOf, type Part } from "./derivation.js";
import { QueryError } from "../query/query-error.js";

/** Digits that are written at most for one derived signal; each change costs as many as the signal is wide. */
const MAX_DIGITS = 2 ** 30;
const UNKNOWN = 120; // x

/**
 * Appends to `target` the changes of the signal that `parts` of signals in `source` make. It has a value from the first
 * time at which one of the parts has; those without one are x until they have.
 */
export function deriveChanges(
  source: SignalStore,
  parts: readonly Part[],
  target: { readonly store: SignalStore; readonly signal: number },
): void {
  const width = widthOf(parts);
  const digits = new Uint8Array(width).fill(UNKNOWN);
  // One reader per signal, however many parts are of it.
  const readers = new Map<number, PartReader>();
  let at = 0;
  for (const part of parts) {
    let reader = readers.get(part.signal);
    if (reader === undefined) {
      reader = new PartReader(source, part.signal);
      readers.set(part.signal, reader);
    }
    reader.places.push({ at, part });
    at += part.high - part.low + 1;
  }
  const heap = new ReaderHeap([...readers.values()]);
  let left = MAX_DIGITS;
  for (let time = heap.time(); time !== NO_TIME; time = heap.time()) {
    for (; heap.time() === time; heap.settle()) heap.first().take(digits);
    left -= width;
    if (left < 0) throw new QueryError("the derived signal is too wide for how often it changes");
    target.store.now = time;
    target.store.appendDigits(target.signal, digits, 0, width);
  }
}

class PartReader {
  readonly places: { readonly at: number; readonly part: Part }[] = [];
  readonly #cursor: RecordCursor;
  readonly #width: number;

  constructor(store: SignalStore, signal: number) {
    this.#cursor = new RecordCursor(store, signal);
    this.#width = store.width(signal);
  }

  get time(): number {
    return this.#cursor.peek();
  }

  /** Takes the next change and writes its digits to where the parts are. */
  take(digits: Uint8Array): void {
    this.#cursor.take();
    const { form, bytes } = this.#cursor.value();
    const text = digitsOf({ states: form === 0 ? 2 : form === 1 ? 4 : 9, width: this.#width, bytes });
    for (const { at, part } of this.places) {
      const from = this.#width - 1 - part.high;
      for (let i = 0; i <= part.high - part.low; i++) digits[at + i] = text.charCodeAt(from + i);
    }
  }
}

/** Readers in the order of their next changes: a binary heap. */
class ReaderHeap {
  readonly #readers: PartReader[];

  constructor(readers: PartReader[]) {
    this.#readers = readers;
    for (let i = readers.length >>> 1; i >= 0; i--) this.#sink(i);
  }

  /** Time index of the next change, `NO_TIME` after the last. */
  time(): number {
    return this.#readers[0]?.time ?? NO_TIME;
  }

  first(): PartReader {
    const [reader] = this.#readers;
    if (reader === undefined) throw new QueryError("a derived signal needs at least one part");
    return reader;
  }

  /** The first one has moved on. */
  settle(): void {
    this.#sink(0);
  }

  #sink(start: number): void {
    const readers = this.#readers;
    for (let i = start; ;) {
      let least = i;
      for (const child of [2 * i + 1, 2 * i + 2]) {
        if ((readers[child]?.time ?? Infinity) < (readers[least]?.time ?? Infinity)) least = child;
      }
      const a = readers[i];
      const b = readers[least];
      if (least === i || a === undefined || b === undefined) return;
      readers[i] = b;
      readers[least] = a;
      i = least;
    }
  }
}
