import {
  COLUMN_CHANGED,
  COLUMN_EVENT,
  COLUMN_MULTIPLE,
  COLUMN_X,
  COLUMN_Z,
} from "../format/columns-layout.js";
import { PAGE_BITS, PAGE_MASK } from "../store/arena.js";
import { FORM_BLOB, FORM_TWO } from "../store/digits.js";
import { linkAt, NO_TIME } from "../store/record-cursor.js";
import { CHECKPOINT_EVERY } from "../store/signal-index.js";
import {
  LAYOUT_BYTE,
  LAYOUT_DIGIT,
  LAYOUT_EVENT,
  LAYOUT_REAL,
  readVarint,
  type SignalStore,
} from "../store/signal-store.js";
import { digitMarks, MARK_X, MARK_Z } from "../store/value-marks.js";
import type { AnalogIndex } from "./analog-index.js";
import type { ColumnBounds } from "./column-bounds.js";
import { ColumnLook } from "./column-look.js";
import { findCheckpoints } from "./find-checkpoints.js";
import type { SignalReader } from "./signal-reader.js";
import type { ValueTable } from "./value-table.js";

/** What the columns of one row show; arrays are filled from 0 and reused from row to row. */
export interface RowColumns {
  readonly flags: Uint8Array;
  readonly first: Uint32Array;
  readonly last: Uint32Array;
  readonly min: Float64Array;
  readonly max: Float64Array;
  readonly values: ValueTable;
  /** Per column, for use while a row is filled: the last checkpoint before its end, -1 if there is none. */
  readonly far: Int32Array;
}

/**
 * Fills the columns of one row. A column costs a search in the signal's index and a walk over at most a dozen
 * records, however many changes lie in it. One function over local variables, because a timeline waits for it: what
 * `RecordCursor` does is written out here.
 */
export function fillRow(
  reader: SignalReader,
  signal: number,
  bounds: ColumnBounds,
  out: RowColumns,
  analog: AnalogIndex | undefined,
): void {
  const store = reader.store;
  const layout = store.layout(signal);
  const isDigit = layout === LAYOUT_DIGIT || layout === LAYOUT_EVENT;
  const changedFlags = COLUMN_CHANGED | (layout === LAYOUT_EVENT ? COLUMN_EVENT : 0);
  const isBits = store.kind(signal) === "bits";
  const { points, xBefore, zBefore } = reader.index(signal);
  const { from, upTo } = bounds;
  const pages = store.arena.pages;
  // Digits tell what they are by their code. Other values have to be looked at if there is anything to see in them.
  const hasUnknown = xBefore !== undefined || zBefore !== undefined;
  const look =
    analog !== undefined || (!isDigit && isBits && hasUnknown) ? new ColumnLook(store, signal) : undefined;
  const looksAtAll = analog !== undefined || hasUnknown;
  const enter = isDigit ? undefined : new EnteredValues(store, layout, out.values);
  const digitNumbers = new Uint32Array(16);
  findCheckpoints(points, pages, from, out.far);

  const cursor = reader.cursorBelow(signal, from[0] ?? 0);
  // The record taken last: the value in force. -1: there is none yet.
  let code = cursor.address === 0 ? -1 : cursor.code;
  let payload = cursor.payload;
  let taken = cursor.taken;
  // The next record, and where the one after it starts.
  let time = cursor.peek();
  let nextCode = cursor.peekCode();
  let nextPayload = cursor.peekPayload();
  const end = cursor.peekEnd();
  let q = end & PAGE_MASK;
  let base = end - q;
  let page = pages[end >>> PAGE_BITS] ?? NO_PAGE;

  for (let i = 0; i < upTo.length; i++) {
    const to = from[i + 1] ?? 0;
    look?.clear();
    let seen = 0;
    let marks = 0;
    let first = 0;
    // At most one record lies at the first tick of the column.
    const isAtStart = time <= (upTo[i] ?? 0);
    const firstCode = isAtStart ? nextCode : code;
    if (firstCode >= 0) {
      const firstPayload = isAtStart ? nextPayload : payload;
      seen = 1 << firstCode;
      if (look) look.at(firstCode, firstPayload);
      first = enter
        ? enter.number(firstCode, firstPayload)
        : (digitNumbers[firstCode] ||= out.values.addDigit(firstCode));
    }
    out.first[i] = first;

    if (time >= to) {
      out.last[i] = first;
      out.flags[i] = 0;
    } else {
      const before = taken;
      let stop = to;
      const near = Math.ceil(taken / CHECKPOINT_EVERY);
      let far = out.far[i] ?? -1;
      if (far < near) far = -1;
      else stop = looksAtAll ? (points[near * 2] ?? NO_TIME) : -1;
      for (;;) {
        if (time < stop) {
          code = nextCode;
          payload = nextPayload;
          taken++;
          seen |= 1 << code;
          if (look) look.at(code, payload);
        } else if (far >= 0) {
          // Over what lies between two checkpoints the index tells all.
          if (xBefore && (xBefore[far] ?? 0) > (xBefore[near] ?? 0)) marks |= MARK_X;
          if (zBefore && (zBefore[far] ?? 0) > (zBefore[near] ?? 0)) marks |= MARK_Z;
          if (analog && look) analog.widen(look, near, far);
          const address = points[far * 2 + 1] ?? 0;
          page = pages[address >>> PAGE_BITS] ?? NO_PAGE;
          q = address & PAGE_MASK;
          base = address - q;
          const header = (page[q] ?? 0) < 128 ? (page[q] ?? 0) : readVarint(page, q);
          time = (points[far * 2] ?? 0) - (isDigit && (header & 1) === 1 ? header >>> 4 : header >>> 2);
          taken = far * CHECKPOINT_EVERY;
          far = -1;
          stop = to;
        } else {
          break;
        }
        // Decodes the record at q.
        let byte = page[q] ?? 0;
        while (byte === 0) {
          const next = linkAt(page, q);
          if (next === 0) break;
          page = pages[next >>> PAGE_BITS] ?? NO_PAGE;
          q = next & PAGE_MASK;
          base = next - q;
          byte = page[q] ?? 0;
        }
        if (byte === 0) {
          time = NO_TIME;
          continue;
        }
        q++;
        let header = byte;
        if (byte > 127) {
          header &= 127;
          for (let shift = 7; byte > 127; shift += 7) {
            byte = page[q++] ?? 0;
            header |= (byte & 127) << shift;
          }
          header >>>= 0;
        }
        if (isDigit) {
          if ((header & 1) === 0) {
            time += header >>> 2;
            nextCode = (header >>> 1) & 1;
          } else {
            time += header >>> 4;
            nextCode = ((header >>> 1) & 7) + 2;
          }
        } else {
          time += header >>> 2;
          nextCode = header & 3;
          nextPayload = base + q;
          if (layout === LAYOUT_REAL) {
            q += 8;
          } else if (layout === LAYOUT_BYTE && nextCode === FORM_TWO) {
            q++;
          } else {
            let value = page[q++] ?? 0;
            if (value > 127) {
              value = readVarint(page, q - 1);
              while ((page[q++] ?? 0) > 127);
            }
            if (nextCode !== FORM_BLOB) q += value;
          }
        }
      }
      out.last[i] = enter ? enter.number(code, payload) : (digitNumbers[code] ||= out.values.addDigit(code));
      out.flags[i] = changedFlags | (taken - before > 1 ? COLUMN_MULTIPLE : 0);
    }

    if (isBits) {
      if (isDigit) for (let c = 2; seen >>> c !== 0; c++) if ((seen >>> c) & 1) marks |= digitMarks(c);
      if (look) marks |= look.marks;
      if (marks & MARK_X) out.flags[i] = (out.flags[i] ?? 0) | COLUMN_X;
      if (marks & MARK_Z) out.flags[i] = (out.flags[i] ?? 0) | COLUMN_Z;
    }
    if (analog && look) {
      out.min[i] = look.min;
      out.max[i] = look.max;
    }
  }
}

const NO_PAGE = new Uint8Array(0);

/** Numbers of the values of a row in its table; of a value that is shown several times in a row only one is kept. */
class EnteredValues {
  readonly #store: SignalStore;
  readonly #layout: number;
  readonly #values: ValueTable;
  #payload = 0;
  #number = 0;

  constructor(store: SignalStore, layout: number, values: ValueTable) {
    this.#store = store;
    this.#layout = layout;
    this.#values = values;
  }

  number(form: number, payload: number): number {
    if (payload !== this.#payload) {
      this.#payload = payload;
      this.#number = this.#values.addRecord(this.#store, this.#layout, form, payload);
    }
    return this.#number;
  }
}
