import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** What a thread needs to begin. */
export interface ProgramParts {
  /** For stack traces. */
  readonly file: string;
  /** A function of `require` and `exports`. */
  readonly source: string;
  /** What the runtime compiled it to. */
  readonly code?: Uint8Array;
}

/**
 * The program of the threads: its text, and, once a thread has run it, what the runtime made of it. A thread that gets both
 * compiles nothing.
 */
export class WorkerProgram {
  /** The text with which a thread begins; it compiles the program. As a file it would have to be found first, and read. */
  readonly boot: string;
  #parts: ProgramParts;

  constructor(boot: string, parts: ProgramParts) {
    this.boot = boot;
    this.#parts = parts;
  }

  /** That in a folder made by `bundle-child.js`. Throws if it cannot be read. */
  static read(folder: URL): WorkerProgram {
    const boot = readFileSync(new URL("boot-worker.cjs", folder), "utf8");
    const file = fileURLToPath(new URL("plugin-worker.cjs", folder));
    // Wrapped here, once: a thread that did it would hold two texts.
    const source = `(function (require, exports) {${readFileSync(file, "utf8")}\n})`;
    return new WorkerProgram(boot, { file, source });
  }

  get parts(): ProgramParts {
    return this.#parts;
  }

  /**
   * Takes over what a thread compiled. The runtime believes it: it may only come from a thread that has run no guest, and each
   * thread gets a copy, for one that runs a guest could write into what the next one believes.
   */
  addCode(code: Uint8Array): void {
    this.#parts = { ...this.#parts, code };
  }
}
