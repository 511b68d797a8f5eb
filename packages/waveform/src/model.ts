import type { ValueMeaning } from "./format/value-meaning.js";
import type { WaveformFormat } from "./recognise.js";

/** The length of one tick: `magnitude` times `unit`. */
export interface Timescale {
  readonly magnitude: 1 | 10 | 100;
  readonly unit: TimeUnit;
}

export type TimeUnit = "fs" | "ps" | "ns" | "us" | "ms" | "s";

/** Why a file could not be read (or, for exports, written). */
export type WaveformErrorCode =
  | "not-found"
  | "not-readable"
  | "not-writable"
  | "not-a-file"
  | "empty"
  | "unsupported-format"
  | "not-waveform"
  | "malformed"
  | "too-large"
  | "out-of-memory"
  | "cancelled"
  | "worker-died"
  | "not-in-file"
  | "bad-time"
  | "changed";

/** An expected failure. `byte` (from 0) and `line` (from 1) say where in the file, when there is a where. */
export interface WaveformError {
  readonly code: WaveformErrorCode;
  readonly message: string;
  readonly path: string;
  readonly byte?: number;
  readonly line?: number;
}

export type WarningCode =
  | "truncated"
  | "time-backwards"
  | "fractional-time"
  | "undeclared-id"
  | "type-mismatch"
  | "missing-enddefinitions";

/** Something odd in a file that could be read all the same. `time` is in ticks. */
export interface Warning {
  readonly code: WarningCode;
  readonly byte: number;
  readonly time?: bigint;
  readonly message: string;
}

/** A stretch of time in which the simulator was told not to dump; without `to` it lasts until the end. In ticks. */
export interface Blackout {
  readonly from: bigint;
  readonly to?: bigint;
}

/** What is known of a file once it has been read. */
export interface WaveformInfo {
  readonly format: WaveformFormat;
  readonly timescale: Timescale;
  /** Ticks of the first and of the last time stamp. */
  readonly start: bigint;
  readonly end: bigint;
  readonly scopes: number;
  readonly variables: number;
  /** Distinct value streams; variables that are aliases of each other share one. */
  readonly signals: number;
  /**
   * Changes of value kept over all signals: the first value counts, a repeated one does not. Absent if signals are loaded
   * when they are looked at; `Waveform.countTransitions` counts them.
   */
  readonly transitions?: number;
  /** The most important of `warnings`: a truncation if there is one. */
  readonly warning?: Warning;
  /** The first of each kind. */
  readonly warnings: readonly Warning[];
  /** Absent when all was read; else the tick up to which changes are known so far. */
  readonly readUntil?: bigint;
  /** Bytes of the file that were read. */
  readonly bytes: number;
  readonly date?: string;
  readonly version?: string;
  /** Ticks to be added to times when they are shown; absent for 0. */
  readonly timeZero?: bigint;
  readonly blackouts?: readonly Blackout[];
  readonly comments?: readonly string[];
  /** Environment variables of the simulation, `NAME=value`. */
  readonly environment?: readonly string[];
}

export type SignalKind = "bits" | "real" | "string" | "event";

/** What a file may say about a scope beside its name and kind. */
export interface ScopeFacts {
  /** The module, entity or component of which it is an instance. */
  readonly component?: string;
  /** Where in the source it is declared, and where it is instantiated. */
  readonly declaredAt?: SourceLine;
  readonly instantiatedAt?: SourceLine;
}

/** A place in a source file, as the simulator was given it. */
export interface SourceLine {
  readonly path: string;
  readonly line: number;
}

export interface ScopeInfo extends ScopeFacts {
  readonly id: number;
  readonly name: string;
  /** Names from the root, joined with "."; a name with a dot or a space in it is written as Verilog's escaped identifier. */
  readonly fullName: string;
  /** As the file says: module, task, function, begin, fork, … */
  readonly kind: string;
  readonly childScopes: number;
  /** Variables directly in it. */
  readonly variables: number;
}

export interface VariableInfo {
  readonly id: number;
  /** With its range, `count[7:0]`. */
  readonly name: string;
  readonly fullName: string;
  /** Id of the scope. */
  readonly scope: number;
  readonly signal: number;
  /** Digits; 1 for reals, strings and events. */
  readonly width: number;
  readonly kind: SignalKind;
  /** As the file says: wire, reg, integer, … */
  readonly type: string;
  /** Of a port: input, output, inout, … */
  readonly direction?: string;
  /** Names or units of its values. */
  readonly meaning?: ValueMeaning;
}

/**
 * Asks for what `columns` pixel columns show of `rows`. Column i covers the ticks from
 * `start + floor(i * (end - start) / columns)` up to, and without, the start of column i + 1. A column that covers no
 * tick shows the value in force at its start.
 */
export interface ColumnQuery {
  readonly start: bigint;
  /** Exclusive. */
  readonly end: bigint;
  /** 1 to 16384. */
  readonly columns: number;
  /** At most 1024. `analog` adds the smallest and largest number of each column. */
  readonly rows: readonly { readonly signal: number; readonly analog?: boolean }[];
}

export const MAX_COLUMNS = 16_384;
export const MAX_ROWS = 1_024;
