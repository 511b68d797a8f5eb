import { CHANGES_HEADER, CHANGES_MAGIC } from "./changes-layout.js";
import { KINDS, padded } from "./columns-layout.js";
import { ColumnsFormatError } from "./decode-columns.js";
import { packedValue, type PackedValue } from "./packed-value.js";

/** The changes of a signal in a window; see `ChangesQuery`. */
export interface DecodedChanges {
  readonly kind: (typeof KINDS)[number];
  readonly width: number;
  /** The change that is in force when the window starts, if it lies before. */
  readonly before: Change | undefined;
  /** Ticks, ascending. */
  readonly times: BigUint64Array;
  /** The value from `times[index]` on. */
  value(index: number): PackedValue | undefined;
  /** Where to start the next window to go on; `undefined` if all changes are there. */
  readonly next: bigint | undefined;
}

export interface Change {
  readonly time: bigint;
  readonly value: PackedValue;
}

/** Decodes an answer of `Waveform.changes`. Checks every length; arrays are views of `buffer`. */
export function decodeChanges(buffer: ArrayBuffer): DecodedChanges {
  if (buffer.byteLength < CHANGES_HEADER) throw wrong("is shorter than its header");
  const view = new DataView(buffer);
  if (view.getUint32(0, true) !== CHANGES_MAGIC) throw wrong("does not start as one");
  const kind = KINDS[view.getUint8(4)];
  const first = view.getUint8(5);
  const width = view.getUint32(8, true);
  const count = view.getUint32(12, true);
  const valueBytes = view.getUint32(16, true);
  if (kind === undefined) throw wrong("is of an unknown kind");
  if (count > buffer.byteLength || valueBytes > buffer.byteLength) throw wrong("is shorter than it says");
  if (first > 1 || first > count) throw wrong("has no first value");
  const timesAt = CHANGES_HEADER;
  const offsetsAt = timesAt + count * 8;
  const formsAt = offsetsAt + padded((count + 1) * 4);
  const valuesAt = formsAt + padded(count);
  if (valuesAt + padded(valueBytes) !== buffer.byteLength) throw wrong("has sections that do not add up");
  const times = new BigUint64Array(buffer, timesAt, count);
  const offsets = new Uint32Array(buffer, offsetsAt, count + 1);
  const forms = new Uint8Array(buffer, formsAt, count);
  for (let i = 0; i < count; i++) {
    const size = (offsets[i + 1] ?? 0) - (offsets[i] ?? 0);
    if (size < 0 || (kind === "real" && size !== 8)) throw wrong(`has a value of wrong length: ${i}`);
    if ((forms[i] ?? 0) > 2) throw wrong(`has a value of unknown form: ${i}`);
  }
  if (offsets[0] !== 0 || offsets[count] !== valueBytes) throw wrong("has values that do not add up");
  const valueAt = (index: number): PackedValue => {
    const from = offsets[index] ?? 0;
    const size = (offsets[index + 1] ?? 0) - from;
    return packedValue(kind, width, forms[index] ?? 0, new Uint8Array(buffer, valuesAt + from, size));
  };
  return {
    kind,
    width,
    before: first === 1 ? { time: times[0] ?? 0n, value: valueAt(0) } : undefined,
    times: times.subarray(first),
    value: (index) => (index >= 0 && index < count - first ? valueAt(index + first) : undefined),
    next: view.getUint8(6) === 1 ? view.getBigUint64(24, true) : undefined,
  };
}

function wrong(what: string): ColumnsFormatError {
  return new ColumnsFormatError(`the list of changes ${what}`);
}
