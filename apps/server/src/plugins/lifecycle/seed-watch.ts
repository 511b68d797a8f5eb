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
  readonly key: string;
  readonly directories: readonly string[];
  /** Whether what changes is told at once; else it is kept until the instance that it is for takes over. */
  inForce: boolean;
  kept: readonly string[];
  watch?: Disposable;
  closed: boolean;
}

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

  /** Watches `folders` from when it resolves; `beside` if what is watched now is still needed. The error is for people. */
  async prepare(folders: SeedFolders | undefined, beside: boolean): Promise<Result<void, string>> {
    const key = JSON.stringify(folders ?? null);
    this.discard();
    if (this.#current?.key === key) return { ok: true, value: undefined };
    const seed: Seed = {
      key,
      directories: folders?.directories ?? [],
      inForce: !beside,
      kept: [],
      closed: false,
    };
    if (beside) this.#candidate = seed;
    else this.#replace(seed);
    if (!folders || folders.directories.length === 0) return { ok: true, value: undefined };
    const opened = await this.#open(folders.directories, folders.debounceMs, (paths) =>
      this.#changed(seed, paths),
    );
    if (!opened.ok) {
      if (this.#current === seed) this.#current = undefined;
      if (this.#candidate === seed) this.#candidate = undefined;
      return opened;
    }
    if (seed.closed) opened.value[Symbol.dispose]();
    else seed.watch = opened.value;
    return { ok: true, value: undefined };
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

  /** The instance for which folders were prepared did not come to be. */
  discard(): void {
    if (this.#candidate) close(this.#candidate);
    this.#candidate = undefined;
  }

  [Symbol.dispose](): void {
    this.discard();
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
