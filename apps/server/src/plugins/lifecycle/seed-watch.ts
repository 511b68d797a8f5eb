import type { Disposable, Result } from "@novywave/base";
import { remember } from "./missed-changes.js";

/** The `watch` table of an entry, as it was granted. */
export interface SeedFolders {
  readonly directories: readonly string[];
  readonly debounceMs: number;
}

export type OpenWatch = (
  directories: readonly string[],
  debounceMs: number,
  onChange: (paths: readonly string[]) => void,
) => Promise<Result<Disposable, string>>;

interface Seed {
  /** Whose it is, while it is a candidate. */
  readonly attempt: number;
  readonly key: string;
  readonly directories: readonly string[];
  /** Whether what changes is told at once; else it is kept until the instance that it is for takes over. */
  inForce: boolean;
  kept: readonly string[];
  watch?: Disposable;
  closed: boolean;
  /** Resolves when changes are seen, or with why they are not: for all attempts that want these folders. */
  opening: Promise<Result<void, string>>;
}

const opened: Result<void, string> = { ok: true, value: undefined };

/**
 * Watches the folders of the `watch` table for as long as the entry is on, whichever instance runs, so that a change is
 * told once: to the one that runs, or to the next. Folders of a new configuration are watched beside until it takes over.
 */
export class SeedWatch implements Disposable {
  readonly #open: OpenWatch;
  readonly #onChange: (paths: readonly string[]) => void;
  #current: Seed | undefined;
  #candidate: Seed | undefined;

  constructor(open: OpenWatch, onChange: (paths: readonly string[]) => void) {
    this.#open = open;
    this.#onChange = onChange;
  }

  /**
   * Watches `folders` for an attempt from when it resolves; `beside` if what is watched now is still needed. What an
   * earlier attempt prepared is needed no more. The error is for people.
   */
  async prepare(
    attempt: number,
    folders: SeedFolders | undefined,
    beside: boolean,
  ): Promise<Result<void, string>> {
    const key = JSON.stringify(folders ?? null);
    this.#drop();
    if (this.#current?.key === key) return this.#current.opening;
    const seed: Seed = {
      attempt,
      key,
      directories: folders?.directories ?? [],
      inForce: !beside,
      kept: [],
      closed: false,
      opening: Promise.resolve(opened),
    };
    if (beside) this.#candidate = seed;
    else this.#replace(seed);
    if (folders && folders.directories.length > 0) seed.opening = this.#watch(seed, folders);
    return seed.opening;
  }

  async #watch(seed: Seed, { directories, debounceMs }: SeedFolders): Promise<Result<void, string>> {
    const watching = await this.#open(directories, debounceMs, (paths) => this.#changed(seed, paths));
    if (!watching.ok) {
      if (this.#current === seed) this.#current = undefined;
      if (this.#candidate === seed) this.#candidate = undefined;
      return watching;
    }
    if (seed.closed) watching.value[Symbol.dispose]();
    else seed.watch = watching.value;
    return opened;
  }

  /** The instance for which folders were prepared takes over; answers with what changed there meanwhile. */
  adopt(): readonly string[] {
    const candidate = this.#candidate;
    if (!candidate) return [];
    this.#candidate = undefined;
    this.#replace(candidate);
    candidate.inForce = true;
    const { kept } = candidate;
    candidate.kept = [];
    return kept;
  }

  /** The instance of an attempt did not come to be; what a later one has prepared stays. */
  discard(attempt: number): void {
    if (this.#candidate?.attempt === attempt) this.#drop();
  }

  #drop(): void {
    if (this.#candidate) close(this.#candidate);
    this.#candidate = undefined;
  }

  [Symbol.dispose](): void {
    this.#drop();
    if (this.#current) close(this.#current);
    this.#current = undefined;
  }

  #replace(seed: Seed): void {
    if (this.#current) close(this.#current);
    this.#current = seed;
  }

  #changed(seed: Seed, paths: readonly string[]): void {
    if (seed.closed) return;
    if (seed.inForce) this.#onChange(paths);
    else seed.kept = remember(seed.kept, paths, seed.directories);
  }
}

function close(seed: Seed): void {
  seed.closed = true;
  seed.watch?.[Symbol.dispose]();
}
