import { COLUMNS_HEADER, COLUMNS_MAGIC, KINDS, padded, ROW_HEADER } from "../format/columns-layout.js";
import type { ColumnQuery, SignalKind } from "../model.js";
import type { TimeTable } from "../store/time-table.js";
import { AnalogIndex } from "./analog-index.js";
import { columnBounds } from "./column-bounds.js";
import { LruCache } from "./lru-cache.js";
import { fillRow, type RowColumns } from "./row-columns.js";
import type { LocatedSignal } from "./located-signal.js";
import { checkAnswerSize, MAX_ANSWER, ValueTable } from "./value-table.js";

/** Pyramids of all analog rows that were looked at lately, together. */
const MAX_ANALOG_BYTES = 256 << 20;

/** Answers column queries with the bytes that `decodeColumns` reads. */
export class ColumnsQuery {
  readonly #times: TimeTable;
  readonly #locate: (signal: number) => LocatedSignal;
  readonly #analog = new LruCache<AnalogIndex>(MAX_ANALOG_BYTES);
  readonly #bytes = new AnswerBytes();

  constructor(times: TimeTable, locate: (signal: number) => LocatedSignal) {
    this.#times = times;
    this.#locate = locate;
  }

  /** The query must be a valid one, see `checkColumnQuery`. */
  answer(query: ColumnQuery): ArrayBuffer {
    try {
      this.#write(query);
      return this.#bytes.copy();
    } finally {
      this.#bytes.clear();
    }
  }

  #write(query: ColumnQuery): void {
    const { columns } = query;
    const bounds = columnBounds(this.#times, query.start, query.end, columns);
    const out: RowColumns = {
      flags: new Uint8Array(columns),
      first: new Uint32Array(columns),
      last: new Uint32Array(columns),
      min: new Float64Array(columns),
      max: new Float64Array(columns),
      values: new ValueTable(),
      far: new Int32Array(columns),
    };
    const bytes = this.#bytes;
    writeHeader(bytes, query);
    for (const { signal, analog } of query.rows) {
      const { reader, signal: own } = this.#locate(signal);
      const { store } = reader;
      const kind = store.kind(own);
      const index =
        analog === true && (kind === "bits" || kind === "real")
          ? this.#analogIndex(signal, { reader, signal: own })
          : undefined;
      out.values.clear();
      fillRow(reader, own, bounds, out, index);
      writeRow(bytes, { signal, kind, width: store.width(own), analog: index !== undefined }, out);
    }
  }

  /** See {@link SignalReader.forget}. */
  forget(signal: number): void {
    this.#analog.delete(signal);
  }

  forgetAll(): void {
    this.#analog.clear();
  }

  #analogIndex(signal: number, { reader, signal: own }: LocatedSignal): AnalogIndex {
    return this.#analog.get(signal, () => new AnalogIndex(reader.store, own));
  }
}

function writeRow(
  bytes: AnswerBytes,
  { signal, kind, width, analog }: { signal: number; kind: SignalKind; width: number; analog: boolean },
  row: RowColumns,
): void {
  const { values } = row;
  const columns = row.flags.length;
  const indexBytes = values.length < 256 ? 1 : values.length < 65_536 ? 2 : 4;
  const size =
    ROW_HEADER +
    (analog ? columns * 16 : 0) +
    padded((values.length + 1) * 4) +
    2 * padded(columns * indexBytes) +
    padded(columns) +
    padded(values.length) +
    padded(values.byteLength);
  let at = bytes.reserve(size);
  const { view, data } = bytes;
  view.setUint32(at, size, true);
  view.setUint32(at + 4, signal, true);
  view.setUint8(at + 8, KINDS.indexOf(kind));
  view.setUint8(at + 9, indexBytes);
  view.setUint8(at + 10, analog ? 1 : 0);
  view.setUint32(at + 12, width, true);
  view.setUint32(at + 16, values.length, true);
  view.setUint32(at + 20, values.byteLength, true);
  at += ROW_HEADER;
  if (analog) {
    new Float64Array(data.buffer, at, columns).set(row.min);
    new Float64Array(data.buffer, at + columns * 8, columns).set(row.max);
    at += columns * 16;
  }
  new Uint32Array(data.buffer, at, values.length + 1).set(values.offsets.subarray(0, values.length + 1));
  at += padded((values.length + 1) * 4);
  for (const indices of [row.first, row.last]) {
    if (indexBytes === 1) data.set(indices, at);
    else if (indexBytes === 2) new Uint16Array(data.buffer, at, columns).set(indices);
    else new Uint32Array(data.buffer, at, columns).set(indices);
    at += padded(columns * indexBytes);
  }
  data.set(row.flags, at);
  at += padded(columns);
  data.set(values.forms.subarray(0, values.length), at);
  at += padded(values.length);
  data.set(values.bytes.subarray(0, values.byteLength), at);
}

function writeHeader(bytes: AnswerBytes, query: ColumnQuery): void {
  const at = bytes.reserve(COLUMNS_HEADER);
  const { view } = bytes;
  view.setUint32(at, COLUMNS_MAGIC, true);
  view.setUint32(at + 4, query.columns, true);
  view.setUint32(at + 8, query.rows.length, true);
  for (const [i, tick] of [query.start, query.end].entries()) {
    view.setUint32(at + 16 + i * 12, Number(tick & 0xffffffffn), true);
    view.setUint32(at + 20 + i * 12, Number((tick >> 32n) & 0xffffffffn), true);
    view.setInt32(at + 24 + i * 12, Number(BigInt.asIntN(32, tick >> 64n)), true);
  }
}

/** Room for this much is kept from answer to answer. */
const KEPT_BYTES = 8 << 20;

/** Bytes of an answer, which grow; the next answer is written to the same place. */
class AnswerBytes {
  data = new Uint8Array(1 << 16);
  view = new DataView(this.data.buffer);
  #length = 0;

  /** Makes room for `size` (a multiple of 8) more bytes, zeroed, and returns where they start. */
  reserve(size: number): number {
    const at = this.#length;
    checkAnswerSize(at + size);
    if (at + size > this.data.length) {
      const larger = new Uint8Array(Math.min(padded((at + size) * 2), MAX_ANSWER));
      larger.set(this.data);
      this.#replace(larger);
    }
    this.#length += size;
    return at;
  }

  copy(): ArrayBuffer {
    return this.data.buffer.slice(0, this.#length);
  }

  /** Forgets the answer, and gives up the room for a large one. */
  clear(): void {
    if (this.data.length > KEPT_BYTES) this.#replace(new Uint8Array(1 << 16));
    else this.data.fill(0, 0, this.#length);
    this.#length = 0;
  }

  #replace(data: Uint8Array<ArrayBuffer>): void {
    this.data = data;
    this.view = new DataView(data.buffer);
  }
}
