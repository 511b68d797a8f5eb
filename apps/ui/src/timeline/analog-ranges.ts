import { Emitter } from "@novywave/base";
import type { Requester } from "../connection/connection.js";
import { isUsable, type AppState, type Row } from "../state/app-state.js";
import { wantedRow } from "./column-source.js";
import { decodeRows, type DrawnRow } from "./decode.js";

/** What a curve's box reaches from and to; `bottom` < `top`. */
export interface AnalogRange {
  readonly bottom: number;
  readonly top: number;
}

interface FileRanges {
  revision: number;
  readonly ranges: Map<number, AnalogRange>;
  /** Signals that were asked for, answered or not, in this revision. */
  asked: Set<number>;
}

/** Rows of one query; the server takes no more. */
const MOST_ROWS = 1_000;

/**
 * The scale of each curve: smallest and largest value in the whole file, so that a curve keeps its height while a
 * person pans and zooms. Asked for once per signal and revision; after a reload the old scale stays until the new one
 * is here.
 */
export class AnalogRanges {
  readonly #requester: Requester;
  readonly #files = new Map<string, FileRanges>();
  readonly #emitter = new Emitter<void>();
  /** There is something new to draw. */
  readonly changed = this.#emitter.event;

  constructor(requester: Requester) {
    this.#requester = requester;
  }

  range(file: string, signal: number): AnalogRange | undefined {
    return this.#files.get(file)?.ranges.get(signal);
  }

  /** Forgets what was asked for; after the connection was cut no answer comes. */
  reset(): void {
    for (const known of this.#files.values()) known.revision = -1;
  }

  /** Asks for the scales of `rows` that are not known. */
  update(state: AppState, rows: readonly Row[]): void {
    if (state.connection.kind !== "open") return;
    const missing = new Map<string, Set<number>>();
    for (const row of rows) {
      const wanted = wantedRow(row)?.wanted;
      const file = state.files.get(row.file);
      if (!wanted?.analog || !isUsable(file)) continue;
      let known = this.#files.get(row.file);
      if (known?.revision !== file.revision) {
        known = { revision: file.revision, ranges: known?.ranges ?? new Map(), asked: new Set() };
        this.#files.set(row.file, known);
      }
      if (known.asked.has(wanted.signal)) continue;
      const signals = missing.get(row.file) ?? new Set();
      if (signals.size >= MOST_ROWS) continue;
      known.asked.add(wanted.signal);
      missing.set(row.file, signals.add(wanted.signal));
    }
    for (const [name, signals] of missing) {
      const file = state.files.get(name);
      const time = state.fileTimes.get(name);
      if (file && time) void this.#ask(name, file.path, file.revision, time, [...signals]);
    }
  }

  async #ask(
    name: string,
    path: string,
    revision: number,
    time: { readonly start: bigint; readonly end: bigint },
    signals: readonly number[],
  ): Promise<void> {
    const answer = await this.#requester.request("columns.query", {
      path,
      revision,
      start: time.start.toString(),
      end: (time.end + 1n).toString(),
      columns: 1,
      rows: signals.map((signal) => ({ signal, analog: true })),
    });
    const known = this.#files.get(name);
    // Without an answer each screen has a scale of its own; the next revision asks again.
    if (!answer.ok || known?.revision !== revision) return;
    for (const [index, row] of decode(answer.value).entries()) {
      const signal = signals[index];
      if (row.kind === "analog" && signal !== undefined) {
        known.ranges.set(signal, { bottom: row.bottom, top: row.top });
      }
    }
    this.#emitter.emit();
  }
}

/** The rows of an answer; none if it is not one, which the same fault in the next answer for the screen reports. */
function decode(payload: ArrayBuffer): DrawnRow[] {
  try {
    return decodeRows(payload);
  } catch {
    return [];
  }
}
