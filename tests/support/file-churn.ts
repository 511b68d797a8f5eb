import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Random } from "./random.js";

const maxFiles = 1_200;

/** Changes waveform files below some folders, as simulators and people do, and knows which there are. */
export class FileChurn {
  readonly #folders: readonly string[];
  readonly #random: Random;
  readonly #files = new Set<string>();
  #changes = 0;

  constructor(folders: readonly string[], random: Random) {
    this.#folders = folders;
    this.#random = random;
  }

  /** Changes of files so far. */
  get changes(): number {
    return this.#changes;
  }

  /** Waveform files that exist, sorted. */
  get files(): readonly string[] {
    return [...this.#files].sort();
  }

  /** Writes, renames or removes a file, or moves a whole folder. */
  async step(): Promise<void> {
    const roll = this.#random.next();
    const known = [...this.#files];
    if (roll < 0.02 && known.length > 0) return this.#moveFolder(path.dirname(this.#random.pick(known)));
    this.#changes++;
    if ((roll < 0.25 && known.length > 0) || known.length > maxFiles) {
      const gone = this.#random.pick(known);
      this.#files.delete(gone);
      return rm(gone);
    }
    if (roll < 0.4 && known.length > 0) {
      const [from, to] = [this.#random.pick(known), await this.#place()];
      this.#files.delete(from);
      this.#files.add(to);
      return rename(from, to);
    }
    const file = roll < 0.6 && known.length > 0 ? this.#random.pick(known) : await this.#place();
    this.#files.add(file);
    return writeFile(file, waveform(this.#random.below(50)));
  }

  /** Where a file may be: in one of the folders, up to two folders deep. */
  async #place(): Promise<string> {
    const deep = ["", "run", "run/a", "run/b"];
    const folder = path.join(this.#random.pick(this.#folders), this.#random.pick(deep));
    await mkdir(folder, { recursive: true });
    return path.join(folder, `w${this.#random.below(200)}.${this.#random.pick(["vcd", "VCD"])}`);
  }

  async #moveFolder(folder: string): Promise<void> {
    if (this.#folders.includes(folder)) return;
    const target = path.join(path.dirname(folder), `moved${this.#changes}`);
    await rename(folder, target);
    // What is added meanwhile lies elsewhere.
    for (const file of this.#files) {
      if (!file.startsWith(`${folder}${path.sep}`)) continue;
      this.#files.delete(file);
      this.#files.add(target + file.slice(folder.length));
      this.#changes++;
    }
  }
}

function waveform(ticks: number): string {
  const head = "$timescale 1ns $end\n$var wire 1 ! clk $end\n$enddefinitions $end\n";
  return head + Array.from({ length: ticks }, (_, tick) => `#${tick}\n${tick % 2}!\n`).join("");
}
