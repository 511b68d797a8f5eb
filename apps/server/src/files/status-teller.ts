import type { FileStatus } from "@novywave/protocol";
import { ready, type RelayState } from "../relays.js";
import { fileStatus, type TrackedFile } from "./tracked-file.js";

const minIntervalMs = 20;
/** Milliseconds more between two tellings for each file of the list: a long one costs time to make and to send. */
const intervalPerFileMs = 0.05;

/** Says how all files are: at once, then no more often than the size of the list allows; the last word is never lost. */
export class StatusTeller {
  readonly #emit: (state: RelayState<readonly FileStatus[]>) => void;
  readonly #root: string;
  readonly #statuses = new WeakMap<TrackedFile, FileStatus>();
  #resting = false;
  #untold: (() => void) | undefined;

  constructor(emit: (state: RelayState<readonly FileStatus[]>) => void, root: string) {
    this.#emit = emit;
    this.#root = root;
  }

  /** `none` is what it means that there is no file. `rest` calls {@link rested} after so many milliseconds. */
  tell(files: ReadonlyMap<string, TrackedFile>, none: "loading" | "empty", rest: (ms: number) => void): void {
    if (this.#resting) {
      this.#untold = () => this.tell(files, none, rest);
      return;
    }
    this.#untold = undefined;
    this.#resting = true;
    rest(Math.max(minIntervalMs, files.size * intervalPerFileMs));
    const statuses = [...files.values()].map((file) => this.#status(file));
    statuses.sort((a, b) => (a.path < b.path ? -1 : 1));
    this.#emit(statuses.length > 0 ? ready(statuses) : { state: none });
  }

  rested(): void {
    this.#resting = false;
    this.#untold?.();
  }

  #status(file: TrackedFile): FileStatus {
    let status = this.#statuses.get(file);
    if (!status) {
      status = fileStatus(file, this.#root);
      this.#statuses.set(file, status);
    }
    return status;
  }
}
