import { Emitter, err, ok, toDisposable, type Result } from "@novywave/base";
import type { WaveformError, WaveformInfo } from "@novywave/waveform";
import type { FileAccess } from "../files/file-access.js";
import type { AccessFailure, FileFacts } from "../files/look-file.js";
import type { LoadedWaveform, OpenOptions, OpenWaveform } from "../files/waveform-port.js";

interface FakeFile {
  readonly content: string;
  readonly version: number;
}

/** Files in memory and a reader for them, which waits for the test where {@link FakeFiles.hold} says so. */
export class FakeFiles implements FileAccess {
  readonly #files = new Map<string, FakeFile>();
  readonly #held: (() => void)[] = [];
  readonly problems = new Map<string, AccessFailure>();
  readonly openFailures = new Map<string, WaveformError["code"]>();
  /** Files on which the reader throws. */
  readonly bugs = new Set<string>();
  readonly loaded: FakeWaveform[] = [];
  readonly reads: string[] = [];
  readonly looks: string[] = [];
  #version = 0;
  hold = false;
  /** Waveforms are shown before they are read. */
  early = false;

  write(path: string, content: string): void {
    this.#files.set(path, { content, version: ++this.#version });
  }

  remove(path: string): void {
    this.#files.delete(path);
  }

  /** Lets every reader that waits go on. */
  release(): void {
    for (const go of this.#held.splice(0)) go();
  }

  get openWaveforms(): number {
    return this.loaded.filter(({ closed }) => !closed).length;
  }

  async look(path: string): Promise<Result<FileFacts, AccessFailure>> {
    this.looks.push(path);
    const problem = this.problems.get(path);
    if (problem) return err(problem);
    const file = this.#files.get(path);
    if (!file) return err({ code: "not-found", message: `there is no such file: ${path}` });
    const head = new TextEncoder().encode(file.content);
    const stamp = { size: head.length, modifiedNs: BigInt(file.version), inode: 1n, device: 1n };
    return ok({ path, stamp, head });
  }

  readonly openWaveform: OpenWaveform = async (path: string, options: OpenOptions) => {
    this.reads.push(path);
    options.onProgress(1, 2);
    if (this.bugs.has(path)) throw new Error("a bug");
    const content = this.#files.get(path)?.content;
    if (this.early && content !== undefined) options.onEarly?.(this.#made(content));
    if (this.hold) await new Promise<void>((resolve) => this.#held.push(resolve));
    const fail = async (code: WaveformError["code"]) => {
      if (this.early) await this.loaded.at(-1)?.close();
      return err({ code, message: `${code}: ${path}`, path });
    };
    if (options.signal.aborted) return fail("cancelled");
    const failure = this.openFailures.get(path);
    if (failure) return fail(failure);
    const file = this.#files.get(path);
    if (!file) return fail("not-found");
    return ok(this.early ? (this.loaded.at(-1) ?? this.#made(file.content)) : this.#made(file.content));
  };

  #made(content: string): FakeWaveform {
    const waveform = new FakeWaveform(content);
    this.loaded.push(waveform);
    return waveform;
  }
}

/** Its last time is the length of the text. */
export class FakeWaveform implements LoadedWaveform {
  info: WaveformInfo;
  readonly #died = new Emitter<WaveformError>();
  closed = false;

  constructor(content: string) {
    this.info = {
      format: "vcd",
      timescale: { magnitude: 1, unit: "ns" },
      start: 0n,
      end: BigInt(content.length),
      scopes: 1,
      variables: 2,
      signals: 2,
      transitions: 3,
      warnings: [],
      bytes: content.length,
      ...(content.endsWith("cut") && {
        warning: { code: "truncated" as const, byte: 7, time: 5n, message: "it ends too early" },
      }),
    };
  }

  /** Who would hear of its end. */
  listeners = 0;

  readonly onDied: LoadedWaveform["onDied"] = (listener) => {
    const subscription = this.#died.event(listener);
    this.listeners++;
    return toDisposable(() => {
      this.listeners--;
      subscription[Symbol.dispose]();
    });
  };

  die(): void {
    this.#died.emit({ code: "worker-died", message: "the thread ended", path: "" });
  }

  /** What is appended to it the next time that somebody looks. */
  appended: string | undefined;

  async refresh() {
    if (this.appended === undefined) return ok({ outcome: "replaced" as const, info: this.info });
    this.info = { ...this.info, end: this.info.end + BigInt(this.appended.length) };
    this.appended = undefined;
    return ok({ outcome: "appended" as const, info: this.info });
  }

  async scopes() {
    return { total: 0, items: [] };
  }

  async variables() {
    return { total: 0, items: [] };
  }

  async resolve() {
    return [];
  }

  async columns() {
    return new ArrayBuffer(8);
  }

  async valuesAt() {
    return [];
  }

  async transition() {
    return undefined;
  }

  async findValue() {
    return undefined;
  }

  async close(): Promise<void> {
    this.closed = true;
  }
}
