import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Modules of the program that are compiled together. */
export interface ProgramPart {
  /** For stack traces. */
  readonly file: string;
  /** A table of the modules by name, each a function of `require` and `exports`. */
  readonly source: string;
  /** What the runtime compiled it to. */
  readonly code?: Uint8Array;
}

/** What a thread needs to begin, and what it can need later: to compile a component, to warm up, or WASI. */
export type ProgramParts = Readonly<Record<"first" | "later", ProgramPart>>;

/** What the runtime made of the parts. */
export type CompiledProgram = Readonly<Record<keyof ProgramParts, Uint8Array>>;

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
    const read = (name: string): ProgramPart => {
      const file = fileURLToPath(new URL(name, folder));
      return { file, source: readFileSync(file, "utf8") };
    };
    return new WorkerProgram(read("boot-worker.cjs").source, {
      first: read("plugin-worker.cjs"),
      later: read("plugin-worker-later.cjs"),
    });
  }

  get parts(): ProgramParts {
    return this.#parts;
  }

  /**
   * Takes over what a thread compiled. The runtime believes it: it may only come from a thread that has run no guest, and each
   * thread gets a copy, for one that runs a guest could write into what the next one believes.
   */
  addCode(code: CompiledProgram): void {
    const { first, later } = this.#parts;
    this.#parts = { first: { ...first, code: code.first }, later: { ...later, code: code.later } };
  }
}
