import type { Worker } from "node:worker_threads";
import { Emitter, err, ok, type Disposable, type Event, type Result } from "@novywave/base";
import type { ColumnQuery, ScopeInfo, VariableInfo, WaveformError, WaveformInfo } from "./model.js";
import type { Page, ScopesQuery, VariablesQuery } from "./query/hierarchy-query.js";
import type { ReadProgress } from "./read-waveform.js";
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
}

/** An open waveform. Dispose it to end its thread and free its memory; questions after that, or after it died, reject. */
export interface Waveform extends Disposable {
  readonly info: WaveformInfo;
  /** Fires once if the thread ends unasked. */
  readonly onDied: Event<WaveformError>;
  /** The scopes in a scope, or the roots, in the order of the file. */
  scopes(query: ScopesQuery): Promise<Page<ScopeInfo>>;
  /** The variables of a scope, or those whose full names hold all words of a text. */
  variables(query: VariablesQuery): Promise<Page<VariableInfo>>;
  /** Finds variables by full name. */
  resolve(names: readonly string[]): Promise<(VariableInfo | undefined)[]>;
  /** What the pixel columns of some rows show; `decodeColumns` reads the answer. */
  columns(query: ColumnQuery): Promise<ArrayBuffer>;
  /**
   * Values at a tick: digits, most significant first, as many as the signal is wide; a number; a text; for an event "1"
   * at ticks at which it fires, else "0". `undefined` before the first value.
   */
  values(signals: readonly number[], time: bigint): Promise<(string | number | undefined)[]>;
  /** Changes of value over all signals; takes as long as reading them all if the file's are loaded when looked at. */
  countTransitions(): Promise<number>;
  /** The tick of the next change strictly after, or of the previous one strictly before `time`. */
  findTransition(signal: number, time: bigint, direction: "next" | "previous"): Promise<bigint | undefined>;
}

/** Why a question got no answer: the waveform was closed, its thread died, or the question made no sense. */
export class WaveformQueryError extends Error {
  override readonly name = "WaveformQueryError";
  readonly error: WaveformError | undefined;

  constructor(message: string, error?: WaveformError) {
    super(message);
    this.error = error;
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
  const { signal, onProgress, maxBytes, noLinks } = options;
  return new Promise((resolve) => {
    if (signal?.aborted === true) {
      resolve(err(cancelled(path)));
      return;
    }
    let open: OpenWaveform | undefined;
    const abort = (): void => finish(err(cancelled(path)));
    const worker = start(
      { kind: "open", path, maxBytes, noLinks },
      {
        message(message) {
          switch (message.kind) {
            case "progress":
              onProgress?.(message.progress);
              break;
            case "opened":
              open = new OpenWaveform(worker, message.info);
              finish(ok(open));
              break;
            case "failed":
              finish(err(message.error));
              break;
            case "answer":
            case "refused":
              open?.take(message);
              break;
            case "exported":
              break;
          }
        },
        end(error) {
          if (open) open.died(error);
          else finish(err(error));
        },
      },
    );
    signal?.addEventListener("abort", abort, { once: true });
    const finish = (result: Result<Waveform, WaveformError>): void => {
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
  readonly info: WaveformInfo;
  readonly onDied: Event<WaveformError>;
  readonly #died = new Emitter<WaveformError>();
  readonly #worker: Worker;
  readonly #waiting = new Map<number, { resolve: (answer: never) => void; reject: (error: Error) => void }>();
  #nextId = 1;
  #end: WaveformQueryError | undefined;

  constructor(worker: Worker, info: WaveformInfo) {
    this.info = info;
    this.#worker = worker;
    this.onDied = this.#died.event;
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

  countTransitions(): Promise<number> {
    const { transitions } = this.info;
    return transitions === undefined ? this.#ask("transitions", undefined) : Promise.resolve(transitions);
  }

  [Symbol.dispose](): void {
    if (this.#close(new WaveformQueryError("The waveform was closed"))) void this.#worker.terminate();
  }

  /** The worker's word on a question. */
  take(
    message:
      | { kind: "answer"; id: number; answer: unknown }
      | { kind: "refused"; id: number; message: string },
  ): void {
    const waiting = this.#waiting.get(message.id);
    if (waiting === undefined) return;
    this.#waiting.delete(message.id);
    // The worker answers each kind of question with the type that `Questions` gives it.
    if (message.kind === "answer") waiting.resolve(message.answer as never);
    else waiting.reject(new WaveformQueryError(message.message));
  }

  /** The thread ended unasked. */
  died(error: WaveformError): void {
    if (this.#close(new WaveformQueryError(error.message, error))) this.#died.emit(error);
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
