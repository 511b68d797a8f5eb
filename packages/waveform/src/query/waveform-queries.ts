import { assertNever } from "@novywave/base";
import { digitsOf, packedValue } from "../format/packed-value.js";
import type { ColumnQuery, ScopeInfo, VariableInfo } from "../model.js";
import { NO_TIME } from "../store/record-cursor.js";
import type { SignalLoader } from "../store/signal-loader.js";
import type { WaveformBuilder } from "../store/waveform-builder.js";
import { indexAt } from "./column-bounds.js";
import { ColumnsQuery } from "./columns.js";
import { HierarchyQuery, type Page, type ScopesQuery, type VariablesQuery } from "./hierarchy-query.js";
import { checkColumnQuery, checkPage, checkScope, checkSignal, checkSignals } from "./query-check.js";
import { SignalReader } from "./signal-reader.js";

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

  constructor(builder: WaveformBuilder) {
    this.#builder = builder;
    this.#hierarchy = new HierarchyQuery(builder.hierarchy, builder.signals);
    this.#reader = new SignalReader(builder.signals);
    this.#columns = new ColumnsQuery(builder.times, this.#reader);
    this.#followLoader();
  }

  /** There is more in the builder than before, or it was brought there anew. */
  contentChanged(): void {
    this.#reader.forgetAll();
    this.#columns.forgetAll();
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

  columns(query: ColumnQuery): ArrayBuffer {
    checkColumnQuery(query, this.#builder.signals.length);
    return this.#columns.answer(query);
  }

  values(signals: readonly number[], time: bigint): (string | number | undefined)[] {
    checkSignals(signals, this.#builder.signals.length);
    const index = indexAt(this.#builder.times, time);
    return signals.map((signal) => this.#valueAt(signal, index, time));
  }

  findTransition(signal: number, time: bigint, direction: "next" | "previous"): bigint | undefined {
    checkSignal(signal, this.#builder.signals.length);
    const { times } = this.#builder;
    if (direction === "next") {
      const next = this.#reader.cursorBelow(signal, indexAt(times, time) + 1).peek();
      return next === NO_TIME ? undefined : times.at(next);
    }
    const cursor = this.#reader.cursorBelow(signal, indexAt(times, time - 1n) + 1);
    return cursor.address === 0 ? undefined : times.at(cursor.time);
  }

  #valueAt(signal: number, index: number, time: bigint): string | number | undefined {
    const { signals, times } = this.#builder;
    const cursor = this.#reader.cursorBelow(signal, index + 1);
    if (cursor.address === 0) return undefined;
    const stored = cursor.value();
    const value = packedValue(signals.kind(signal), signals.width(signal), stored.form, stored.bytes);
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
