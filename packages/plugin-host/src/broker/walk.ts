import { performance } from "node:perf_hooks";
import { setImmediate } from "node:timers/promises";
import type { Clock } from "@novywave/base";
import { childPath, type OpenProblem } from "../paths/descriptor.js";
import { listDirectory, type Listing } from "../paths/list-directory.js";
import type { Authoriser } from "./authorise.js";

/** Bounds of one walk. */
export interface WalkBounds {
  /** Folders below the first one. */
  readonly depth: number;
  /** The plugin itself asked to stop there; then it is not worth a note. */
  readonly depthAsked: boolean;
  /** Entries looked at. */
  readonly entries: number;
  readonly timeMs: number;
  /** Names of folders that are left out, at any depth but the first. */
  readonly excludes: ReadonlySet<string>;
  /** Whether nobody waits for the walk any more. */
  cancelled(): boolean;
}

/** What a walk looks for. Both get the path relative to the walk's folder. */
export interface WalkFilter {
  matches(relative: string, name: string): boolean;
  /** Files and folders that are left out, folders with all below them. */
  excludes(relative: string): boolean;
}

/** What a walk found and what it left out. */
export interface Walk {
  /** Canonical, sorted. */
  readonly paths: readonly string[];
  readonly notes: readonly string[];
}

/** Folders that hold what tools build, not what people look at. */
export const defaultExcludes: readonly string[] = [
  ".git",
  "node_modules",
  "obj_dir",
  "xsim.dir",
  "INCA_libs",
  "csrc",
];

/** Folders read at the same time: enough to keep the thread pool busy, measured with 100 000 files. */
const concurrency = 8;
/** Milliseconds that one turn may last: globs of a plugin may be slow to match. */
const turnMs = 8;
const namesPerNote = 5;

/**
 * Walks `root` (canonical) and collects the files that `filter` takes. The event
 * loop stays free: every folder is a few asynchronous calls. Links to folders are followed once, inside the grant.
 */
export async function walkFiles(
  root: string,
  authoriser: Authoriser,
  bounds: WalkBounds,
  clock: Clock,
  filter: WalkFilter,
): Promise<
  { readonly ok: true; readonly value: Walk } | { readonly ok: false; readonly error: OpenProblem }
> {
  const deadline = clock.monotonic() + bounds.timeMs;
  const over = (): boolean => bounds.cancelled() || clock.monotonic() > deadline;
  const first = await listDirectory(root, authoriser, over);
  if (!first.ok) return first;
  const walker = new Walker(first.value.path, authoriser, bounds, { clock, deadline, over }, filter);
  return { ok: true, value: await walker.run(first.value) };
}

interface WalkTime {
  readonly clock: Clock;
  /** On the monotonic clock. */
  readonly deadline: number;
  /** Whether it is passed, or nobody waits any more. */
  readonly over: () => boolean;
}

class Walker {
  readonly #root: string;
  readonly #authoriser: Authoriser;
  readonly #bounds: WalkBounds;
  readonly #time: WalkTime;
  readonly #filter: WalkFilter;
  readonly #seen = new Set<string>();
  readonly #found = new Set<string>();
  readonly #pending: { readonly path: string; readonly depth: number }[] = [];
  readonly #excluded = new Set<string>();
  #unreadable = 0;
  #looked = 0;
  #stopped: string | undefined;
  #tooDeep = 0;

  constructor(root: string, authoriser: Authoriser, bounds: WalkBounds, time: WalkTime, filter: WalkFilter) {
    this.#root = root;
    this.#authoriser = authoriser;
    this.#bounds = bounds;
    this.#time = time;
    this.#filter = filter;
  }

  async run(first: Listing): Promise<Walk> {
    this.#seen.add(first.path);
    await this.#take(first, 0);
    await Promise.all(Array.from({ length: concurrency }, () => this.#work()));
    return { paths: [...this.#found].sort(), notes: this.#notes() };
  }

  #turnAt = performance.now();
  #active = 0;
  #idle: (() => void)[] = [];

  async #work(): Promise<void> {
    for (;;) {
      const next = this.#stopped === undefined ? this.#pending.pop() : undefined;
      if (next === undefined) {
        if (this.#active === 0 || this.#stopped !== undefined) {
          this.#wake();
          return;
        }
        await new Promise<void>((resolve) => this.#idle.push(resolve));
        continue;
      }
      this.#active++;
      try {
        const listing = await listDirectory(next.path, this.#authoriser, this.#time.over);
        if (!listing.ok) this.#unreadable++;
        else await this.#take(listing.value, next.depth);
      } finally {
        this.#active--;
        this.#wake();
      }
    }
  }

  #wake(): void {
    const idle = this.#idle;
    this.#idle = [];
    for (const resolve of idle) resolve();
  }

  async #take(listing: Listing, depth: number): Promise<void> {
    this.#looked += listing.looked;
    if (this.#looked > this.#bounds.entries) {
      this.#stopped ??= `stopped after ${this.#bounds.entries} entries (limit find_entries)`;
      return;
    }
    for (const link of listing.outside) this.#authoriser.outside("filesystem", link.path, link.target);
    const inRoot = listing.path === this.#root || listing.path.startsWith(childPath(this.#root, ""));
    const prefix = inRoot ? listing.path.slice(childPath(this.#root, "").length) : "";
    for (const [index, entry] of listing.entries.entries()) {
      if (index === 0 || performance.now() - this.#turnAt > turnMs) await this.#breathe();
      if (this.#stopped !== undefined) return;
      const relative = prefix === "" ? entry.name : childPath(prefix, entry.name);
      if (this.#filter.excludes(relative)) continue;
      if (entry.kind === "file") {
        if (this.#filter.matches(relative, entry.name)) this.#found.add(childPath(listing.path, entry.name));
      } else {
        this.#descend(entry.linkTarget ?? childPath(listing.path, entry.name), entry.name, depth);
      }
    }
  }

  /** Gives the event loop its turn when matching took long, and ends the walk at its deadline. */
  async #breathe(): Promise<void> {
    if (this.#bounds.cancelled()) this.#stopped ??= "cancelled";
    if (this.#time.clock.monotonic() > this.#time.deadline) {
      this.#stopped ??= `stopped after ${this.#bounds.timeMs} ms (limit find_time_ms)`;
    }
    if (performance.now() - this.#turnAt < turnMs) return;
    await setImmediate();
    this.#turnAt = performance.now();
  }

  #descend(path: string, name: string, depth: number): void {
    if (this.#bounds.excludes.has(name)) {
      this.#excluded.add(name);
      return;
    }
    if (depth >= this.#bounds.depth) {
      this.#tooDeep++;
      return;
    }
    if (this.#seen.has(path)) return;
    this.#seen.add(path);
    this.#pending.push({ path, depth: depth + 1 });
  }

  #notes(): readonly string[] {
    const notes: string[] = [];
    if (this.#stopped !== undefined) notes.push(this.#stopped);
    if (this.#tooDeep > 0 && !this.#bounds.depthAsked) {
      notes.push(
        `${this.#tooDeep} folders deeper than ${this.#bounds.depth} were left out (limit find_depth)`,
      );
    }
    if (this.#excluded.size > 0) {
      const names = [...this.#excluded].sort();
      const more = names.length > namesPerNote ? ", …" : "";
      notes.push(`folders left out by name: ${names.slice(0, namesPerNote).join(", ")}${more}`);
    }
    if (this.#unreadable > 0) notes.push(`${this.#unreadable} folders could not be read`);
    return notes;
  }
}
