import { err, type Clock, type Result } from "@novywave/base";
import type { WaveformError, WaveformInfo } from "@novywave/waveform";
import type { FileAccess } from "./file-access.js";
import type { AccessFailure, FileFacts, FileVersion } from "./look-file.js";
import type { LoadedWaveform, OpenWaveform } from "./waveform-port.js";

/** Milliseconds between two tellings of progress that become part of a file's state. */
const progressIntervalMs = 200;

/** What became of reading a file, and how long it took. */
export interface Read<T> {
  readonly facts: FileVersion;
  readonly tookMs: number;
  readonly result: Result<T, WaveformError>;
}

export interface ProgressListeners {
  /** Every piece of news. */
  readonly each: (read: number, total: number) => void;
  /** Now and then. */
  readonly sometimes: (read: number, total: number) => void;
}

/** The work that is done for a file. None of it throws: what cannot be read is an answer as well. */
export class FileReader {
  readonly #access: FileAccess;
  readonly #openWaveform: OpenWaveform;
  readonly #clock: Clock;

  constructor(access: FileAccess, openWaveform: OpenWaveform, clock: Clock) {
    this.#access = access;
    this.#openWaveform = openWaveform;
    this.#clock = clock;
  }

  async look(path: string): Promise<Result<FileFacts, AccessFailure>> {
    try {
      return await this.#access.look(path);
    } catch (error) {
      return err({ code: "not-readable", message: `${path} cannot be looked at: ${String(error)}` });
    }
  }

  /** Loads the signals. If `ended` aborts meanwhile, nobody will own them, and they are released. */
  async open(
    facts: FileVersion,
    stop: AbortSignal,
    ended: AbortSignal,
    progress: ProgressListeners,
  ): Promise<Read<LoadedWaveform>> {
    let told = -Infinity;
    const onProgress = (read: number, total: number): void => {
      if (stop.aborted) return;
      progress.each(read, total);
      const now = this.#clock.monotonic();
      if (now - told < progressIntervalMs) return;
      told = now;
      progress.sometimes(read, total);
    };
    const read = await this.#read(facts, stop, onProgress);
    if (ended.aborted && read.result.ok) await read.result.value.close();
    return read;
  }

  /** Learns what a file holds, and keeps nothing of it. */
  async probe(facts: FileVersion, stop: AbortSignal): Promise<Read<WaveformInfo>> {
    const { result, ...read } = await this.#read(facts, stop, () => {});
    if (!result.ok) return { ...read, result };
    await result.value.close();
    return { ...read, result: { ok: true, value: result.value.info } };
  }

  async #read(
    facts: FileVersion,
    signal: AbortSignal,
    onProgress: (read: number, total: number) => void,
  ): Promise<Read<LoadedWaveform>> {
    const began = this.#clock.monotonic();
    const took = (): number => this.#clock.monotonic() - began;
    try {
      const result = await this.#openWaveform(facts.path, { signal, onProgress });
      return { facts, result, tookMs: took() };
    } catch (error) {
      const { path } = facts;
      const message = `Reading failed (${String(error)}). Open the file again.`;
      return { facts, result: err({ code: "worker-died", message, path }), tookMs: took() };
    }
  }
}
