import { err, type Clock, type Result } from "@novywave/base";
import type { WaveformError, WaveformInfo } from "@novywave/waveform";
import type { FileAccess } from "./file-access.js";
import type { AccessFailure, FileFacts, FileVersion } from "./look-file.js";
import type { DescribeWaveform, LoadedWaveform, OpenWaveform } from "./waveform-port.js";

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
  /** The hierarchy of what is being read can be shown. */
  readonly early: (waveform: LoadedWaveform) => void;
}

/** The work that is done for a file. None of it throws: what cannot be read is an answer as well. */
export class FileReader {
  readonly #access: FileAccess;
  readonly #openWaveform: OpenWaveform;
  readonly #describeWaveform: DescribeWaveform | undefined;
  readonly #clock: Clock;

  /** Without `describeWaveform` files are opened and closed again to learn what they hold. */
  constructor(
    access: FileAccess,
    openWaveform: OpenWaveform,
    clock: Clock,
    describeWaveform?: DescribeWaveform,
  ) {
    this.#access = access;
    this.#openWaveform = openWaveform;
    this.#describeWaveform = describeWaveform;
    this.#clock = clock;
  }

  async look(path: string): Promise<Result<FileFacts, AccessFailure>> {
    try {
      return await this.#access.look(path);
    } catch (error) {
      return err({ code: "not-readable", message: `${path} cannot be looked at: ${String(error)}` });
    }
  }

  /**
   * Loads the signals, or, if `current` is what was loaded of the file before, what was appended to it: then that is the
   * result. If `ended` aborts meanwhile, nobody will own them, and they are released.
   */
  async open(
    facts: FileVersion,
    { stop, ended, current }: { stop: AbortSignal; ended: AbortSignal; current: LoadedWaveform | undefined },
    progress: ProgressListeners,
  ): Promise<Read<LoadedWaveform>> {
    const grown = current && (await this.#refresh(facts, current));
    if (grown) return grown;
    let told = -Infinity;
    const onProgress = (read: number, total: number): void => {
      if (stop.aborted) return;
      progress.each(read, total);
      const now = this.#clock.monotonic();
      if (now - told < progressIntervalMs) return;
      told = now;
      progress.sometimes(read, total);
    };
    const read = await this.#read(facts, stop, onProgress, (waveform) => {
      if (!stop.aborted && !ended.aborted) progress.early(waveform);
    });
    if (ended.aborted && read.result.ok) await read.result.value.close();
    return read;
  }

  /** Learns what a file holds, and keeps nothing of it. */
  async probe(facts: FileVersion, stop: AbortSignal): Promise<Read<WaveformInfo>> {
    if (this.#describeWaveform) {
      const describe = this.#describeWaveform;
      return this.#timed(facts, () => describe(facts.path, { signal: stop }));
    }
    const { result, ...read } = await this.#read(facts, stop, () => {});
    if (!result.ok) return { ...read, result };
    await result.value.close();
    return { ...read, result: { ok: true, value: result.value.info } };
  }

  /** `undefined` if the file must be read anew. */
  async #refresh(facts: FileVersion, current: LoadedWaveform): Promise<Read<LoadedWaveform> | undefined> {
    const began = this.#clock.monotonic();
    // It was closed, or its worker died: that is for others to say.
    const refreshed = await current.refresh().catch(() => undefined);
    if (refreshed?.ok !== true || refreshed.value.outcome === "replaced") return undefined;
    return { facts, result: { ok: true, value: current }, tookMs: this.#clock.monotonic() - began };
  }

  #read(
    facts: FileVersion,
    signal: AbortSignal,
    onProgress: (read: number, total: number) => void,
    onEarly?: (waveform: LoadedWaveform) => void,
  ): Promise<Read<LoadedWaveform>> {
    return this.#timed(facts, () => this.#openWaveform(facts.path, { signal, onProgress, onEarly }));
  }

  async #timed<T>(facts: FileVersion, action: () => Promise<Result<T, WaveformError>>): Promise<Read<T>> {
    const began = this.#clock.monotonic();
    const took = (): number => this.#clock.monotonic() - began;
    try {
      const result = await action();
      return { facts, result, tookMs: took() };
    } catch (error) {
      const { path } = facts;
      const message = `Reading failed (${String(error)}). Open the file again.`;
      return { facts, result: err({ code: "worker-died", message, path }), tookMs: took() };
    }
  }
}
