import { closeSync, constants, openSync, readSync, rmSync, writeSync } from "node:fs";

const CHUNK = 256 << 10;
const DUMP_START = "$dumpvars\n";
const DUMP_END = "$end\n";

/** The changes of some signals, as the body of a VCD file, in a file without a name that is gone when it is closed. */
export class ChangeRun {
  readonly #descriptor: number;
  #end = 0;
  #at = 0;
  #text = "";
  #tick = "";

  /** `path` is where the file has its name for a moment. */
  constructor(path: string) {
    const { O_RDWR, O_CREAT, O_EXCL } = constants;
    this.#descriptor = openSync(path, O_RDWR | O_CREAT | O_EXCL, 0o600);
    rmSync(path, { force: true });
  }

  append(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;)
      at += writeSync(this.#descriptor, bytes, at, bytes.length - at, this.#end + at);
    this.#end += bytes.length;
  }

  /** The tick of the changes that {@link take} gives next, in decimal; "" at the end. Starts reading. */
  get tick(): string {
    if (this.#tick === "" && this.#more()) {
      const end = this.#find("\n", 1);
      this.#tick = this.#text.slice(1, end);
      this.#text = this.#text.slice(end + 1);
    }
    return this.#tick;
  }

  /** The lines of the changes at the tick. */
  take(): string {
    this.#tick = "";
    // The text stands at the start of a line.
    if (this.#more() && this.#text.startsWith("#")) return "";
    const end = this.#find("\n#", 0) + 1;
    const lines = this.#text.slice(0, end);
    this.#text = this.#text.slice(end);
    return lines;
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  /** Whether there is text; reads some if there is none. */
  #more(): boolean {
    if (this.#text !== "") return true;
    const length = Math.min(CHUNK, this.#end - this.#at);
    if (length === 0) return false;
    this.#text = this.#read(length);
    return true;
  }

  /** Where something is in the text, which is read on until it is there; the place before its end if it is not. */
  #find(what: string, from: number): number {
    for (let start = from; ;) {
      const found = this.#text.indexOf(what, start);
      if (found >= 0) return found;
      start = Math.max(from, this.#text.length - what.length + 1);
      const length = Math.min(CHUNK, this.#end - this.#at);
      if (length === 0) return this.#text.length - 1;
      this.#text += this.#read(length);
    }
  }

  #read(length: number): string {
    const bytes = Buffer.allocUnsafe(length);
    const count = readSync(this.#descriptor, bytes, 0, length, this.#at);
    this.#at += count;
    return bytes.toString("latin1", 0, count);
  }
}

/** Brings the changes of several runs into the order of time; at one time those of an earlier run come first. */
export function mergeRuns(runs: readonly ChangeRun[], write: (text: string) => void): void {
  for (;;) {
    let earliest = "";
    for (const { tick } of runs)
      if (tick !== "" && (earliest === "" || isBefore(tick, earliest))) earliest = tick;
    if (earliest === "") return;
    write(`#${earliest}\n`);
    const due = runs.filter(({ tick }) => tick === earliest).map((run) => run.take());
    // Values in force at the beginning stand in one dump, before what changes then.
    if (due[0]?.startsWith(DUMP_START) === true) {
      const ends = due.map((lines) => lines.indexOf(DUMP_END, DUMP_START.length));
      write(DUMP_START);
      for (const [i, lines] of due.entries()) write(lines.slice(DUMP_START.length, ends[i]));
      write(DUMP_END);
      for (const [i, lines] of due.entries()) write(lines.slice((ends[i] ?? 0) + DUMP_END.length));
    } else {
      for (const lines of due) write(lines);
    }
  }
}

/** Whether one number in decimal, without leading zeros, is less than another. */
function isBefore(a: string, b: string): boolean {
  return a.length === b.length ? a < b : a.length < b.length;
}
