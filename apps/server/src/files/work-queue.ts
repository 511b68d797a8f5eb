import type { FileVersion } from "./look-file.js";
import { PathQueue } from "./path-queue.js";
import { ProbeBudget } from "./probe-budget.js";

/** Something to do for one file. */
export type Job =
  | { readonly kind: "look"; readonly path: string }
  | { readonly kind: "open" | "probe"; readonly path: string; readonly facts: FileVersion };

const maxLooks = 64;
const maxReads = 2;

/**
 * What is to be done for files, in which order and how much at a time: what a person waits for first, then looks, then
 * reading in advance when nothing else is to be done.
 */
export class WorkQueue {
  readonly #urgent = new PathQueue();
  readonly #looks = new PathQueue();
  readonly #reads = new Map<string, FileVersion>();
  readonly #probes = new ProbeBudget<FileVersion>();
  readonly #running = { look: 0, open: 0, probe: 0 };

  /** Looks at a file; if a person waits for it, before the very many that were found. */
  look(path: string, urgent: boolean): void {
    (urgent ? this.#urgent : this.#looks).add(path);
  }

  open(path: string, facts: FileVersion): void {
    this.#reads.set(path, facts);
  }

  /** Reads it in advance, if the budget allows. */
  probe(path: string, facts: FileVersion): void {
    this.#probes.offer(path, facts.stamp.size, facts);
  }

  dropOpen(path: string): void {
    this.#reads.delete(path);
  }

  dropProbe(path: string): void {
    this.#probes.remove(path);
  }

  drop(path: string): void {
    this.#urgent.delete(path);
    this.#looks.delete(path);
    this.#reads.delete(path);
    this.#probes.remove(path);
  }

  started(kind: Job["kind"]): void {
    this.#running[kind]++;
  }

  ended(kind: Job["kind"]): void {
    this.#running[kind]--;
  }

  /** What may be begun now, if anything; it is taken out of the queue. */
  next(): Job | undefined {
    const urgent = this.#urgent.take();
    if (urgent !== undefined) {
      this.#looks.delete(urgent);
      return { kind: "look", path: urgent };
    }
    const look = this.#running.look < maxLooks ? this.#looks.take() : undefined;
    if (look !== undefined) return { kind: "look", path: look };
    const [read] = this.#reads;
    if (read && this.#running.open < maxReads) {
      const [path, facts] = read;
      this.#reads.delete(path);
      return { kind: "open", path, facts };
    }
    const { look: looking, open, probe } = this.#running;
    const busy = looking + open + probe + this.#reads.size + this.#looks.size > 0;
    if (busy) return undefined;
    const taken = this.#probes.take();
    return taken && { kind: "probe", path: taken.path, facts: taken.value };
  }
}
