import type { Result } from "@novywave/base";
import type { ColumnQuery, ScopeInfo, VariableInfo, WaveformError, WaveformInfo } from "../model.js";
import type { Comparison } from "../compare/compare-files.js";
import type { Statistics } from "../statistics.js";
import type { Selection } from "../select-variables.js";
import type { Derivation } from "../derived/derivation.js";
import type { ChangesQuery } from "../query/changes.js";
import type { FindValueQuery } from "../query/find-value.js";
import type { Extremes, WindowQuery } from "../query/waveform-queries.js";
import type { Page, ScopesQuery, VariablesQuery } from "../query/hierarchy-query.js";
import type { ReadProgress, Refreshed } from "../read-waveform.js";

/** What the worker is started with. */
export type WorkerTask =
  | {
      readonly kind: "open";
      readonly path: string;
      readonly maxBytes: number | undefined;
      readonly noLinks: boolean | undefined;
      readonly memoryBudget: number | undefined;
      readonly threads: number | undefined;
    }
  /** `other` is read beside `path`; an error names the one that it is about. */
  | { readonly kind: "compare"; readonly path: string; readonly other: string }
  | { readonly kind: "count"; readonly path: string; readonly top: number }
  | {
      readonly kind: "export";
      readonly path: string;
      readonly outPath: string;
      readonly temporary: string;
      readonly selection: Selection | undefined;
      readonly maxBytes: number | undefined;
      readonly memoryBudget: number | undefined;
    };

/** Questions and the types of their answers. */
export interface Questions {
  scopes: { query: ScopesQuery; answer: Page<ScopeInfo> };
  variables: { query: VariablesQuery; answer: Page<VariableInfo> };
  resolve: { query: readonly string[]; answer: (VariableInfo | undefined)[] };
  columns: { query: ColumnQuery; answer: ArrayBuffer };
  values: {
    query: { readonly signals: readonly number[]; readonly time: bigint };
    answer: (string | number | undefined)[];
  };
  findTransition: {
    query: { readonly signal: number; readonly time: bigint; readonly direction: "next" | "previous" };
    answer: bigint | undefined;
  };
  findValue: { query: FindValueQuery; answer: bigint | undefined };
  changes: { query: ChangesQuery; answer: ArrayBuffer };
  countChanges: { query: WindowQuery; answer: number };
  extremes: { query: WindowQuery; answer: Extremes | undefined };
  derive: { query: Derivation; answer: { readonly signal: number; readonly width: number } };
  refresh: { query: undefined; answer: Result<Refreshed, WaveformError> };
  transitions: { query: undefined; answer: number };
}

export type Question = {
  [K in keyof Questions]: { readonly id: number; readonly kind: K; readonly query: Questions[K]["query"] };
}[keyof Questions];

export interface ExportResult {
  /** Bytes written. */
  readonly bytes: number;
  /** Variables written. */
  readonly variables: number;
  /** Changes of value written; values that are dumped at the beginning count. */
  readonly transitions: number;
  readonly info: WaveformInfo;
}

/** What the worker says. */
export type WorkerMessage =
  | { readonly kind: "progress"; readonly progress: ReadProgress }
  /** The hierarchy is known, or more changes are; questions are answered from what is known. */
  | { readonly kind: "grown"; readonly info: WaveformInfo }
  /** All was read. */
  | { readonly kind: "opened"; readonly info: WaveformInfo }
  | { readonly kind: "exported"; readonly result: ExportResult }
  | { readonly kind: "compared"; readonly result: Comparison }
  | { readonly kind: "counted"; readonly result: Statistics }
  | { readonly kind: "failed"; readonly error: WaveformError }
  | { readonly kind: "answer"; readonly id: number; readonly answer: unknown }
  /** `senseless`: the question is at fault, and nothing else. */
  | { readonly kind: "refused"; readonly id: number; readonly message: string; readonly senseless: boolean };
