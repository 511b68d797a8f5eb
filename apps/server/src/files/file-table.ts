import type { TrackedFile } from "./tracked-file.js";

/** Files that are gone, and that no plugin lists any more. */
const maxMissing = 1_000;

/** The files that are known, by path; which of them are open, and which are gone and of use to nobody. */
export class FileTable {
  readonly #files = new Map<string, TrackedFile>();
  /** Files that are gone, not open and not listed, the longest gone first. */
  readonly #missing = new Set<string>();
  readonly #open = new Set<string>();
  #openChanged = false;

  get all(): ReadonlyMap<string, TrackedFile> {
    return this.#files;
  }

  get(path: string): TrackedFile | undefined {
    return this.#files.get(path);
  }

  values(): IterableIterator<TrackedFile> {
    return this.#files.values();
  }

  put(file: TrackedFile): void {
    this.#files.set(file.path, file);
    this.#noteOpen(file.path, file.open);
    if (file.state === "missing" && !file.open && file.discoveredBy.length === 0)
      this.#missing.add(file.path);
    else this.#missing.delete(file.path);
  }

  remove(path: string): void {
    this.#files.delete(path);
    this.#noteOpen(path, false);
    this.#missing.delete(path);
  }

  /** The paths of the open files in order, if others are open than when this was last asked. */
  takeOpenChange(): string[] | undefined {
    if (!this.#openChanged) return undefined;
    this.#openChanged = false;
    return [...this.#open].sort();
  }

  /** The missing files that are too many, the longest gone first. */
  missingTooMany(): string[] {
    const tooMany: string[] = [];
    let excess = this.#missing.size - maxMissing;
    for (const path of this.#missing) {
      if (excess-- <= 0) break;
      tooMany.push(path);
    }
    return tooMany;
  }

  #noteOpen(path: string, open: boolean): void {
    if (this.#open.has(path) === open) return;
    if (open) this.#open.add(path);
    else this.#open.delete(path);
    this.#openChanged = true;
  }
}
