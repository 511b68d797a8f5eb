import { assertNever } from "@novywave/base";
import type { Derivation } from "../derived/derivation.js";
import { DerivedSignals } from "../derived/derived-signals.js";
import { decodeColumns } from "../format/decode-columns.js";
import { digitsOf, packedValue } from "../format/packed-value.js";
import type { ColumnQuery, ScopeInfo, VariableInfo } from "../model.js";
import { NO_TIME } from "../store/record-cursor.js";
import type { SignalLoader } from "../store/signal-loader.js";
import type { WaveformBuilder } from "../store/waveform-builder.js";
import { changesIn, countChanges, MAX_CHANGES, type ChangesQuery } from "./changes.js";
import { indexAt } from "./column-bounds.js";
import { ColumnsQuery } from "./columns.js";
import { findValue, type FindValueQuery } from "./find-value.js";
import { HierarchyQuery, type Page, type ScopesQuery, type VariablesQuery } from "./hierarchy-query.js";
import type { LocatedSignal } from "./located-signal.js";
import {
  checkColumnQuery,
  checkLimit,
  checkPage,
  checkScope,
  checkSignal,
  checkSignals,
  checkWindow,
  type KnownSignals,
} from "./query-check.js";
import { SignalReader } from "./signal-reader.js";

/** A signal at ticks from `start` up to, and without, `end`. */
export interface WindowQuery {
  readonly signal: number;
  readonly start: bigint;
  readonly end: bigint;
}

/** The smallest and the largest number in force in a window. */
export interface Extremes {
  readonly min: number;
  readonly max: number;
}

/**
 * What can be asked about a waveform that has been read; the synchronous side of `Waveform`. Signals that a question is
 * about must have been loaded, see `SignalLoader`.
 */
export class WaveformQueries {
  readonly #builder: WaveformBuilder;
  #hierarchy: HierarchyQuery;
  #loader: SignalLoader | undefined;
  readonly #reader: SignalReader;
  readonly #columns: ColumnsQuery;
  readonly #derived: DerivedSignals;
  readonly #known: KnownSignals;

  constructor(builder: WaveformBuilder) {
    this.#builder = builder;
    this.#hierarchy = new HierarchyQuery(builder.hierarchy, builder.signals);
    this.#reader = new SignalReader(builder.signals);
    this.#derived = new DerivedSignals(builder.signals);
    this.#columns = new ColumnsQuery(builder.times, (signal) => this.#locate(signal));
    this.#known = {
      get length() {
        return builder.signals.length;
      },
      has: (signal) =>
        (Number.isInteger(signal) && signal >= 0 && signal < builder.signals.length) ||
        this.#derived.has(signal),
    };
    this.#followLoader();
  }

  /** There is more in the builder than before, or it was brought there anew. */
  contentChanged(): void {
    this.#reader.forgetAll();
    this.#columns.forgetAll();
    this.#derived.sourcesChanged();
    const { hierarchy, signals } = this.#builder;
    if (!this.#hierarchy.isUpToDate) this.#hierarchy = new HierarchyQuery(hierarchy, signals);
    this.#followLoader();
  }

  #followLoader(): void {
    const { loader } = this.#builder;
    if (loader === this.#loader) return;
    this.#loader = loader;
    loader?.onDropped((signal) => {
      this.#reader.forget(signal);
      this.#columns.forget(signal);
    });
  }

  /** Changes of value over all signals that are loaded. */
  get transitions(): number {
    return this.#builder.signals.transitions;
  }

  scopes(query: ScopesQuery): Page<ScopeInfo> {
    checkPage(query);
    checkScope(query.parent, this.#builder.hierarchy.scopes);
    return this.#hierarchy.scopes(query);
  }

  variables(query: VariablesQuery): Page<VariableInfo> {
    checkPage(query);
    checkScope(query.scope, this.#builder.hierarchy.scopes);
    return this.#hierarchy.variables(query);
  }

  resolve(names: readonly string[]): (VariableInfo | undefined)[] {
    return this.#hierarchy.resolve(names);
  }

  /** Adds a signal that is made of others; its number can be asked about like any other. */
  derive(derivation: Derivation): { readonly signal: number; readonly width: number } {
    return this.#derived.add(derivation);
  }

  /** The signals of the file that must be loaded before these, of the file or derived, are asked about. */
  sourcesOf(signals: readonly number[]): readonly number[] {
    return this.#derived.sourcesOf(signals);
  }

  columns(query: ColumnQuery): ArrayBuffer {
    checkColumnQuery(query, this.#known);
    return this.#columns.answer(query);
  }

  values(signals: readonly number[], time: bigint): (string | number | undefined)[] {
    checkSignals(signals, this.#known);
    const index = indexAt(this.#builder.times, time);
    return signals.map((signal) => this.#valueAt(signal, index, time));
  }

  findTransition(signal: number, time: bigint, direction: "next" | "previous"): bigint | undefined {
    checkSignal(signal, this.#known);
    const { times } = this.#builder;
    const { reader, signal: own } = this.#locate(signal);
    if (direction === "next") {
      const next = reader.cursorBelow(own, indexAt(times, time) + 1).peek();
      return next === NO_TIME ? undefined : times.at(next);
    }
    const cursor = reader.cursorBelow(own, indexAt(times, time - 1n) + 1);
    return cursor.address === 0 ? undefined : times.at(cursor.time);
  }

  findValue(query: FindValueQuery): bigint | undefined {
    checkSignal(query.signal, this.#known);
    return findValue(this.#builder.times, this.#locate(query.signal), query);
  }

  changes(query: ChangesQuery): ArrayBuffer {
    checkSignal(query.signal, this.#known);
    checkWindow(query.start, query.end);
    checkLimit(query.limit, MAX_CHANGES);
    return changesIn(this.#builder.times, this.#locate(query.signal), query);
  }

  countChanges({ signal, start, end }: WindowQuery): number {
    checkSignal(signal, this.#known);
    checkWindow(start, end);
    return countChanges(this.#builder.times, this.#locate(signal), start, end);
  }

  /** `undefined` where no number is in force in the window. */
  extremes({ signal, start, end }: WindowQuery): Extremes | undefined {
    // One column is as wide as the window.
    const [row] = decodeColumns(
      this.columns({ start, end, columns: 1, rows: [{ signal, analog: true }] }),
    ).rows;
    const min = row?.analog?.min[0] ?? Number.NaN;
    const max = row?.analog?.max[0] ?? Number.NaN;
    return Number.isNaN(min) ? undefined : { min, max };
  }

  #locate(signal: number): LocatedSignal {
    return this.#derived.has(signal) ? this.#derived.read(signal) : { reader: this.#reader, signal };
  }

  #valueAt(asked: number, index: number, time: bigint): string | number | undefined {
    const { times } = this.#builder;
    const { reader, signal } = this.#locate(asked);
    const cursor = reader.cursorBelow(signal, index + 1);
    if (cursor.address === 0) return undefined;
    const stored = cursor.value();
    const { store } = reader;
    const value = packedValue(store.kind(signal), store.width(signal), stored.form, stored.bytes);
    switch (value.kind) {
      case "bits":
        return digitsOf(value);
      case "real":
        return value.value;
      case "string":
        return value.text;
      case "event":
        return times.at(cursor.time) === time ? "1" : "0";
      default:
        return assertNever(value);
    }
  }
}
