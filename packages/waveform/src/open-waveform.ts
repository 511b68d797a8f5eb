import type { Worker } from "node:worker_threads";
import { Emitter, err, ok, type Disposable, type Event, type Result } from "@novywave/base";
import type { ColumnQuery, ScopeInfo, VariableInfo, WaveformError, WaveformInfo } from "./model.js";
import type { Derivation } from "./derived/derivation.js";
import type { ChangesQuery } from "./query/changes.js";
import type { FindValueQuery } from "./query/find-value.js";
import type { Extremes, WindowQuery } from "./query/waveform-queries.js";
import type { Page, ScopesQuery, VariablesQuery } from "./query/hierarchy-query.js";
import type { ReadProgress, Refreshed } from "./read-waveform.js";
import type { Question, Questions } from "./worker/messages.js";
import { startWorker } from "./worker/waveform-worker.js";

export interface OpenOptions {
  /** Aborting it ends the thread at once; the result is the error "cancelled". Without effect once the file is open. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: ReadProgress) => void) | undefined;
  /** Larger files are refused with "too-large". */
  readonly maxBytes?: number | undefined;
  /** The path is absolute and free of links; one that appears on the way before the file is opened is refused. */
  readonly noLinks?: boolean | undefined;
  /**
   * Bytes that the changes of the file may take in memory, 640 MiB if not said. The changes of a file that needs more are
   * read from it again when their signals are looked at.
   */
  readonly memoryBudget?: number | undefined;
  /** Threads that read a large VCD file at a time; as many as there are processors, at most 8, if not said. */
  readonly threads?: number | undefined;
  /**
   * Resolve as soon as the hierarchy is known, where that comes before the changes. Questions are answered from what has
   * been read so far, see {@link Waveform.onGrown} and {@link Waveform.finished}.
   */
  readonly early?: boolean | undefined;
}

/** An open waveform. Dispose it to end its thread and free its memory; questions after that, or after it died, reject. */
export interface Waveform extends Disposable {
  /** What is known so far; `readUntil` is absent when all was read. */
  readonly info: WaveformInfo;
  /** Resolves when all was read, or could not be: then the waveform is of no use any more. */
  readonly finished: Promise<Result<WaveformInfo, WaveformError>>;
  /** More was read: `info` has changed, and answers may be others now. */
  readonly onGrown: Event<WaveformInfo>;
  /** Fires once if the thread ends unasked. */
  readonly onDied: Event<WaveformError>;
  /** The scopes in a scope, or the roots, in the order of the file. */
  scopes(query: ScopesQuery): Promise<Page<ScopeInfo>>;
  /** The variables of a scope, or those whose full names hold all words of a text. */
  variables(query: VariablesQuery): Promise<Page<VariableInfo>>;
  /** Finds variables by full name, also where the range of a vector is another now, or is not said. */
  resolve(names: readonly string[]): Promise<(VariableInfo | undefined)[]>;
  /** What the pixel columns of some rows show; `decodeColumns` reads the answer. */
  columns(query: ColumnQuery): Promise<ArrayBuffer>;
  /**
   * Values at a tick: digits, most significant first, as many as the signal is wide; a number; a text; for an event "1"
   * at ticks at which it fires, else "0". `undefined` before the first value.
   */
  values(signals: readonly number[], time: bigint): Promise<(string | number | undefined)[]>;
  /**
   * Looks at the file again. What was appended to it since it was read is read, and becomes part of the answers. If the
   * file is another one, or was written anew, the answer is "replaced" and everything stays as it is: open it again.
   */
  refresh(): Promise<Result<Refreshed, WaveformError>>;
  /** Changes of value over all signals; takes as long as reading them all if the file's are loaded when looked at. */
  countTransitions(): Promise<number>;
  /** The tick of the next change strictly after, or of the previous one strictly before `time`. */
  findTransition(signal: number, time: bigint, direction: "next" | "previous"): Promise<bigint | undefined>;
  /** The tick of the next change to a value strictly after, or of the last one strictly before a time. */
  findValue(query: FindValueQuery): Promise<bigint | undefined>;
  /** The changes in a window, a page at a time; `decodeChanges` reads the answer. */
  changes(query: ChangesQuery): Promise<ArrayBuffer>;
  /** How many changes lie in a window. */
  countChanges(query: WindowQuery): Promise<number>;
  /** The smallest and the largest number in force in a window; `undefined` if there is none. */
  extremes(query: WindowQuery): Promise<Extremes | undefined>;
  /**
   * Makes a signal of others: a slice, a concatenation, a vector of single bits. What is answered as `signal` can be
   * asked about like a signal of the file. It has a value from the first time at which one of its parts has.
   */
  derive(derivation: Derivation): Promise<{ readonly signal: number; readonly width: number }>;
}

/** Why a question got no answer: the waveform was closed, its thread died or failed, or the question made no sense. */
export class WaveformQueryError extends Error {
  override readonly name = "WaveformQueryError";
  /** Why the waveform is gone. */
  readonly error: WaveformError | undefined;
  /** The question makes no sense (a signal that there is not, a span that ends before it starts); the waveform is well. */
  readonly senseless: boolean;

  constructor(message: string, error?: WaveformError, senseless = false) {
    super(message);
    this.error = error;
    this.senseless = senseless;
  }
}

/**
 * Opens a waveform file in a thread of its own, which parses it, keeps what it holds and answers questions; the calling
 * thread never parses. Resolves when the file has been read. `start` is there for tests of what happens to the thread.
 */
export function openWaveform(
  path: string,
  options: OpenOptions = {},
  start: typeof startWorker = startWorker,
): Promise<Result<Waveform, WaveformError>> {
  const { signal, onProgress, maxBytes, noLinks, memoryBudget, threads, early = false } = options;
  return new Promise((resolve) => {
    if (signal?.aborted === true) {
      resolve(err(cancelled(path)));
      return;
    }
    let open: OpenWaveform | undefined;
    const abort = (): void => finish(err(cancelled(path)));
    const worker = start(
      { kind: "open", path, maxBytes, noLinks, memoryBudget, threads },
      {
        message(message) {
          switch (message.kind) {
            case "progress":
              onProgress?.(message.progress);
              break;
            case "grown":
              open ??= new OpenWaveform(path, worker, message.info);
              open.grown(message.info);
              if (early) finish(ok(open));
              break;
            case "opened":
              open ??= new OpenWaveform(path, worker, message.info);
              open.completed(message.info);
              finish(ok(open));
              break;
            case "failed":
              open?.failed(message.error);
              finish(err(message.error));
              break;
            case "answer":
            case "refused":
              open?.take(message);
              break;
            case "exported":
            case "compared":
            case "counted":
              break;
          }
        },
        end(error) {
          open?.died(error);
          finish(err(error));
        },
      },
    );
    signal?.addEventListener("abort", abort, { once: true });
    let isFinished = false;
    const finish = (result: Result<Waveform, WaveformError>): void => {
      if (isFinished) return;
      isFinished = true;
      signal?.removeEventListener("abort", abort);
      if (!result.ok) void worker.terminate();
      resolve(result);
    };
  });
}

function cancelled(path: string): WaveformError {
  return { code: "cancelled", message: "Reading was cancelled", path };
}

class OpenWaveform implements Waveform {
  info: WaveformInfo;
  readonly finished: Promise<Result<WaveformInfo, WaveformError>>;
  readonly onGrown: Event<WaveformInfo>;
  readonly onDied: Event<WaveformError>;
  readonly #grown = new Emitter<WaveformInfo>();
  #finish: (result: Result<WaveformInfo, WaveformError>) => void = () => {};
  readonly #died = new Emitter<WaveformError>();
  readonly #path: string;
  readonly #worker: Worker;
  readonly #waiting = new Map<number, { resolve: (answer: never) => void; reject: (error: Error) => void }>();
  #nextId = 1;
  #end: WaveformQueryError | undefined;

  constructor(path: string, worker: Worker, info: WaveformInfo) {
    this.#path = path;
    this.info = info;
    this.#worker = worker;
    this.onDied = this.#died.event;
    this.onGrown = this.#grown.event;
    this.finished = new Promise((resolve) => {
      this.#finish = resolve;
    });
  }

  scopes(query: ScopesQuery): Promise<Page<ScopeInfo>> {
    return this.#ask("scopes", query);
  }

  variables(query: VariablesQuery): Promise<Page<VariableInfo>> {
    return this.#ask("variables", query);
  }

  resolve(names: readonly string[]): Promise<(VariableInfo | undefined)[]> {
    return this.#ask("resolve", names);
  }

  columns(query: ColumnQuery): Promise<ArrayBuffer> {
    return this.#ask("columns", query);
  }

  values(signals: readonly number[], time: bigint): Promise<(string | number | undefined)[]> {
    return this.#ask("values", { signals, time });
  }

  findTransition(signal: number, time: bigint, direction: "next" | "previous"): Promise<bigint | undefined> {
    return this.#ask("findTransition", { signal, time, direction });
  }

  findValue(query: FindValueQuery): Promise<bigint | undefined> {
    return this.#ask("findValue", query);
  }

  changes(query: ChangesQuery): Promise<ArrayBuffer> {
    return this.#ask("changes", query);
  }

  countChanges(query: WindowQuery): Promise<number> {
    return this.#ask("countChanges", query);
  }

  extremes(query: WindowQuery): Promise<Extremes | undefined> {
    return this.#ask("extremes", query);
  }

  derive(derivation: Derivation): Promise<{ readonly signal: number; readonly width: number }> {
    return this.#ask("derive", derivation);
  }

  async refresh(): Promise<Result<Refreshed, WaveformError>> {
    const answer = await this.#ask("refresh", undefined);
    if (answer.ok) this.info = answer.value.info;
    return answer;
  }

  async countTransitions(): Promise<number> {
    if (this.info.readUntil !== undefined) await this.finished;
    return this.info.transitions ?? this.#ask("transitions", undefined);
  }

  [Symbol.dispose](): void {
    if (!this.#close(new WaveformQueryError("The waveform was closed"))) return;
    this.#finish(err(cancelled(this.#path)));
    void this.#worker.terminate();
  }

  grown(info: WaveformInfo): void {
    this.info = info;
    this.#grown.emit(info);
  }

  completed(info: WaveformInfo): void {
    this.grown(info);
    this.#finish(ok(info));
  }

  /** The rest could not be read. */
  failed(error: WaveformError): void {
    this.#finish(err(error));
    this.#close(new WaveformQueryError(error.message, error));
  }

  /** The worker's word on a question. */
  take(
    message:
      | { kind: "answer"; id: number; answer: unknown }
      | { kind: "refused"; id: number; message: string; senseless: boolean },
  ): void {
    const waiting = this.#waiting.get(message.id);
    if (waiting === undefined) return;
    this.#waiting.delete(message.id);
    // The worker answers each kind of question with the type that `Questions` gives it.
    if (message.kind === "answer") waiting.resolve(message.answer as never);
    else waiting.reject(new WaveformQueryError(message.message, undefined, message.senseless));
  }

  /** The thread ended unasked. */
  died(error: WaveformError): void {
    if (!this.#close(new WaveformQueryError(error.message, error))) return;
    this.#finish(err(error));
    this.#died.emit(error);
  }

  #ask<K extends keyof Questions>(kind: K, query: Questions[K]["query"]): Promise<Questions[K]["answer"]> {
    if (this.#end) return Promise.reject(this.#end);
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      const question: { id: number; kind: Question["kind"]; query: unknown } = { id, kind, query };
      this.#worker.postMessage(question, []);
    });
  }

  #close(reason: WaveformQueryError): boolean {
    if (this.#end) return false;
    this.#end = reason;
    for (const { reject } of this.#waiting.values()) reject(reason);
    this.#waiting.clear();
    return true;
  }
}
