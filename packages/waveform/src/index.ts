export { startDescriber, type Describer, type DescribeOptions } from "./describer.js";
export type { CompanionError, CompanionWarning } from "./companions/companion-text.js";
export {
  parseGtkwaveSave,
  type GtkwaveRow,
  type GtkwaveSave,
  type VectorPart,
} from "./companions/gtkwave-save.js";
export type { TraceLook } from "./companions/trace-flags.js";
export { parseTranslateFile, type TranslateTable, type Translation } from "./companions/translate-file.js";
export type { Comparison, Difference } from "./compare/compare-files.js";
export { exportVcd } from "./export-vcd.js";
export {
  MAX_COLUMNS,
  MAX_ROWS,
  type Blackout,
  type ColumnQuery,
  type ScopeFacts,
  type ScopeInfo,
  type SignalKind,
  type SourceLine,
  type Timescale,
  type TimeUnit,
  type VariableInfo,
  type Warning,
  type WarningCode,
  type WaveformError,
  type WaveformErrorCode,
  type WaveformInfo,
} from "./model.js";
export { openWaveform, WaveformQueryError, type OpenOptions, type Waveform } from "./open-waveform.js";
export type { Derivation, Operand } from "./derived/derivation.js";
export { vectorsOfBits, type BitVector } from "./derived/vectors-of-bits.js";
export { MAX_CHANGES, type ChangesQuery } from "./query/changes.js";
export type { FindValueQuery } from "./query/find-value.js";
export type { Extremes, WindowQuery } from "./query/waveform-queries.js";
export type { Page, ScopesQuery, VariablesQuery } from "./query/hierarchy-query.js";
export type { ReadProgress, Refreshed } from "./read-waveform.js";
export { HEAD_BYTES, recogniseFormat, type Recognition, type WaveformFormat } from "./recognise.js";
export { reload, withoutRange, type Pair, type Reloadable, type Reloaded } from "./reload.js";
export type { ActiveSignal, Statistics } from "./statistics.js";
export { compareWaveforms, waveformStatistics } from "./whole-files.js";
export type { TaskOptions } from "./worker/run-task.js";
export type { Selection } from "./select-variables.js";
export type { ExportResult } from "./worker/messages.js";
