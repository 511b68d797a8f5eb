import { COLUMNS_HEADER, COLUMNS_MAGIC, KINDS, padded, ROW_HEADER } from "./columns-layout.js";
import { packedValue, type PackedValue } from "./packed-value.js";

export type IndexArray = Uint8Array | Uint16Array | Uint32Array;

/** What the pixel columns of some rows show; see `ColumnQuery`. */
export interface DecodedColumns {
  readonly start: bigint;
  readonly end: bigint;
  readonly columns: number;
  readonly rows: readonly DecodedRow[];
}

export interface DecodedRow {
  readonly signal: number;
  readonly kind: (typeof KINDS)[number];
  readonly width: number;
  /** Per column the `COLUMN_…` bits. */
  readonly flags: Uint8Array;
  /** Per column what {@link DecodedRow.value} takes: the value at its first tick and at its last; 0 if there is none yet. */
  readonly first: IndexArray;
  readonly last: IndexArray;
  /** Number of values; valid indices are 1 to this. Adjacent columns show the same value under the same index. */
  readonly values: number;
  /** The value under an index from `first` or `last`; `undefined` for 0. */
  value(index: number): PackedValue | undefined;
  /** Per column the smallest and largest number, NaN where there is none (no value, x, z). */
  readonly analog?: { readonly min: Float64Array; readonly max: Float64Array };
}

/** Thrown by {@link decodeColumns} for bytes that are no column answer. */
export class ColumnsFormatError extends Error {
  override readonly name = "ColumnsFormatError";
}

/** Decodes an answer of `Waveform.columns`. Checks every length; arrays are views of `buffer`. */
export function decodeColumns(buffer: ArrayBuffer): DecodedColumns {
  if (buffer.byteLength < COLUMNS_HEADER)
    throw new ColumnsFormatError("the answer is shorter than its header");
  const view = new DataView(buffer);
  if (view.getUint32(0, true) !== COLUMNS_MAGIC)
    throw new ColumnsFormatError("the answer does not start as one");
  const columns = view.getUint32(4, true);
  const count = view.getUint32(8, true);
  if (columns > buffer.byteLength || count > buffer.byteLength / ROW_HEADER) {
    throw new ColumnsFormatError("the answer is shorter than it says");
  }
  const rows: DecodedRow[] = [];
  let at = COLUMNS_HEADER;
  for (let i = 0; i < count; i++) {
    if (at + ROW_HEADER > buffer.byteLength) throw new ColumnsFormatError(`row ${i} is missing`);
    const bytes = view.getUint32(at, true);
    if (bytes % 8 !== 0 || bytes < ROW_HEADER || at + bytes > buffer.byteLength) {
      throw new ColumnsFormatError(`row ${i} is longer than the answer`);
    }
    rows.push(decodeRow(buffer, view, { at, bytes, columns, row: i }));
    at += bytes;
  }
  if (at !== buffer.byteLength) throw new ColumnsFormatError("the answer goes on after its last row");
  return { start: tick(view, 16), end: tick(view, 28), columns, rows };
}

function tick(view: DataView, at: number): bigint {
  const low = BigInt(view.getUint32(at, true));
  const high = BigInt(view.getUint32(at + 4, true));
  return (BigInt(view.getInt32(at + 8, true)) << 64n) | (high << 32n) | low;
}

function decodeRow(
  buffer: ArrayBuffer,
  view: DataView,
  where: { at: number; bytes: number; columns: number; row: number },
): DecodedRow {
  const { at, bytes, columns, row } = where;
  const wrong = (what: string): ColumnsFormatError => new ColumnsFormatError(`row ${row}: ${what}`);
  const kind = KINDS[view.getUint8(at + 8)];
  const indexBytes = view.getUint8(at + 9);
  const hasAnalog = view.getUint8(at + 10) === 1;
  const width = view.getUint32(at + 12, true);
  const count = view.getUint32(at + 16, true);
  const valueBytes = view.getUint32(at + 20, true);
  if (kind === undefined) throw wrong("unknown kind");
  if (indexBytes !== 1 && indexBytes !== 2 && indexBytes !== 4) throw wrong("indices of unknown size");
  if (count > bytes || valueBytes > bytes) throw wrong("more values than bytes");

  let next = at + ROW_HEADER;
  const section = (length: number): number => {
    const from = next;
    next += padded(length);
    return from;
  };
  const minAt = section(hasAnalog ? columns * 8 : 0);
  const maxAt = section(hasAnalog ? columns * 8 : 0);
  const offsetsAt = section((count + 1) * 4);
  const firstAt = section(columns * indexBytes);
  const lastAt = section(columns * indexBytes);
  const flagsAt = section(columns);
  const formsAt = section(count);
  const valuesAt = section(valueBytes);
  if (next !== at + bytes) throw wrong("its sections do not add up to its length");

  const offsets = new Uint32Array(buffer, offsetsAt, count + 1);
  for (let i = 0; i < count; i++) {
    const size = (offsets[i + 1] ?? 0) - (offsets[i] ?? 0);
    if (size < 0 || (kind === "real" && size !== 8)) throw wrong(`value ${i} has a wrong length`);
  }
  if (offsets[0] !== 0 || offsets[count] !== valueBytes) throw wrong("its values do not add up");
  const indices = (from: number): IndexArray =>
    indexBytes === 1
      ? new Uint8Array(buffer, from, columns)
      : indexBytes === 2
        ? new Uint16Array(buffer, from, columns)
        : new Uint32Array(buffer, from, columns);
  const first = indices(firstAt);
  const last = indices(lastAt);
  for (let i = 0; i < columns; i++) {
    if ((first[i] ?? 0) > count || (last[i] ?? 0) > count) throw wrong(`column ${i} has no such value`);
  }
  const forms = new Uint8Array(buffer, formsAt, count);
  for (let i = 0; i < count; i++) if ((forms[i] ?? 0) > 2) throw wrong(`value ${i} has an unknown form`);
  return {
    signal: view.getUint32(at + 4, true),
    kind,
    width,
    flags: new Uint8Array(buffer, flagsAt, columns),
    first,
    last,
    values: count,
    value(index) {
      if (index < 1 || index > count) return undefined;
      const from = offsets[index - 1] ?? 0;
      const size = (offsets[index] ?? 0) - from;
      return packedValue(kind, width, forms[index - 1] ?? 0, new Uint8Array(buffer, valuesAt + from, size));
    },
    ...(hasAnalog
      ? {
          analog: {
            min: new Float64Array(buffer, minAt, columns),
            max: new Float64Array(buffer, maxAt, columns),
          },
        }
      : {}),
  };
}
