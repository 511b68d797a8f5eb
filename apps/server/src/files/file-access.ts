import { Worker } from "node:worker_threads";
import { err, type Result } from "@novywave/base";
import type { AccessFailure, AllowedPlaces, FileFacts } from "./look-file.js";

/** What the thread is asked: all files that were asked for at one time. */
export interface LookQuestion {
  readonly files: readonly { readonly id: number; readonly file: string }[];
  readonly places: AllowedPlaces;
}

/** Its answer to one question. */
export type LookAnswer = readonly {
  readonly id: number;
  readonly result: Result<FileFacts, AccessFailure>;
}[];

export interface FileAccess {
  /**
   * Looks at a file: inside a granted folder, regular, readable. What is outside gets the answer of what does not
   * exist. Never waits for a FIFO or a device.
   */
  look(file: string): Promise<Result<FileFacts, AccessFailure>>;
}

/** {@link FileAccess} with a thread behind it. */
export interface ThreadedFileAccess extends FileAccess {
  close(): Promise<void>;
}

/**
 * Lets files in `folders()` (absolute, free of symbolic links) be read, and `single`, the file that the user named. The
 * folders are asked for at each look: grants come and go. The thread starts with the first look.
 */
export function createFileAccess(
  folders: () => readonly string[],
  single: string | undefined,
): ThreadedFileAccess {
  return new LookThread(folders, single);
}

type Looked = Result<FileFacts, AccessFailure>;
type Waiting = { readonly file: string; readonly resolve: (result: Looked) => void };

class LookThread implements ThreadedFileAccess {
  readonly #folders: () => readonly string[];
  readonly #single: string | undefined;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #nextId = 1;
  /** Asked for in this turn. A message costs far more than what it asks for, so they go together. */
  #asked: { readonly id: number; readonly file: string }[] = [];

  constructor(folders: () => readonly string[], single: string | undefined) {
    this.#folders = folders;
    this.#single = single;
  }

  look(file: string): Promise<Looked> {
    const id = this.#nextId++;
    if (this.#asked.length === 0) queueMicrotask(() => this.#ask());
    this.#asked.push({ id, file });
    return new Promise((resolve) => {
      this.#waiting.set(id, { file, resolve });
    });
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    this.#asked = [];
    this.#abandon();
    await worker?.terminate();
  }

  #ask(): void {
    const files = this.#asked;
    this.#asked = [];
    if (files.length === 0) return;
    this.#worker ??= this.#start();
    const places = { folders: this.#folders(), single: this.#single };
    this.#worker.postMessage({ files, places } satisfies LookQuestion, []);
  }

  #start(): Worker {
    const worker = new Worker(new URL("../../dist/files/look-worker.js", import.meta.url), {
      // The host's flags (a test runner's, for example) are no business of the thread.
      execArgv: [],
      name: "novywave-look",
    });
    worker.on("message", (answer: LookAnswer) => {
      for (const { id, result } of answer) {
        this.#waiting.get(id)?.resolve(result);
        this.#waiting.delete(id);
      }
    });
    // An error is followed by the end; the next look starts another thread.
    worker.on("error", () => {});
    worker.on("exit", () => {
      if (this.#worker !== worker) return;
      this.#worker = undefined;
      this.#abandon();
    });
    return worker;
  }

  /** Nobody will answer what was asked. */
  #abandon(): void {
    for (const { file, resolve } of this.#waiting.values()) {
      resolve(err({ code: "not-readable", message: `${file} could not be looked at; try again` }));
    }
    this.#waiting.clear();
  }
}
