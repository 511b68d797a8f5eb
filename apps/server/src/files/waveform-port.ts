import type { Event, Result } from "@novywave/base";
import type {
  ColumnQuery,
  FindValueQuery,
  Refreshed,
  ScopeInfo,
  VariableInfo,
  WaveformError,
  WaveformInfo,
} from "@novywave/waveform";

export interface OpenOptions {
  readonly signal: AbortSignal;
  /** Bytes read so far, and of the whole file. */
  readonly onProgress: (read: number, total: number) => void;
  /**
   * Called with the waveform that is going to be the result, if its hierarchy is known before all was read; until then
   * questions are answered from what is known.
   */
  readonly onEarly?: ((waveform: LoadedWaveform) => void) | undefined;
}

/** A page of a list. */
export interface Page<T> {
  readonly total: number;
  readonly items: readonly T[];
}

/** A waveform in memory, in a worker. Everything is answered by the worker; after {@link close} nothing is. */
export interface LoadedWaveform {
  /** What is known so far. */
  readonly info: WaveformInfo;
  /** Fires once if its worker ends unasked. */
  readonly onDied: Event<WaveformError>;
  scopes(parent: number | undefined, offset: number, limit: number): Promise<Page<ScopeInfo>>;
  variables(query: VariableQuery): Promise<Page<VariableInfo>>;
  resolve(names: readonly string[]): Promise<readonly (VariableInfo | null)[]>;
  columns(query: ColumnQuery): Promise<ArrayBuffer>;
  valuesAt(signals: readonly number[], time: bigint): Promise<readonly (string | number | null)[]>;
  transition(signal: number, time: bigint, direction: "next" | "previous"): Promise<bigint | undefined>;
  /** Throws for a value that the signal cannot have. */
  findValue(query: FindValueQuery): Promise<bigint | undefined>;
  /**
   * Looks at the file again and takes in what was appended to it. "replaced" says that it is another file now, of which
   * nothing was read.
   */
  refresh(): Promise<Result<Refreshed, WaveformError>>;
  close(): Promise<void>;
}

export interface VariableQuery {
  readonly scope?: number;
  readonly recursive?: boolean;
  readonly text?: string;
  readonly offset: number;
  readonly limit: number;
}

/** Reads waveforms off the main thread. */
export type OpenWaveform = (
  path: string,
  options: OpenOptions,
) => Promise<Result<LoadedWaveform, WaveformError>>;

/** Learns what a waveform holds, without loading it. */
export type DescribeWaveform = (
  path: string,
  options: { readonly signal: AbortSignal },
) => Promise<Result<WaveformInfo, WaveformError>>;
