import { err, ok, type Clock, type Result } from "@novywave/base";
import type { FilesystemError, FindPage } from "@novywave/contract";
import type { PluginLimits } from "../limits.js";
import type { OpenProblem } from "../paths/descriptor.js";
import type { FindQueryArgument } from "./arguments.js";
import type { Authoriser } from "./authorise.js";
import { compileGlob, maxAlternativesTogether, type GlobTest } from "./glob.js";
import { walkFiles, type Walk, type WalkFilter } from "./walk.js";

const maxPage = 10_000;
/** A walk may be large; scanners page through one folder after the other. */
const maxSnapshots = 1;
const cursorPrefix = "after:";

/**
 * Answers `find-files` in pages. A first page walks; later pages read the walk's snapshot. A cursor is the last path of
 * the page before it, so that a page can also be answered after its snapshot was dropped, by walking again.
 */
export class FileFinder {
  readonly #authoriser: Authoriser;
  readonly #limits: PluginLimits;
  readonly #clock: Clock;
  readonly #excludes: ReadonlySet<string>;
  #cancelled = false;
  /** Walks of queries that are being paged, oldest first. */
  readonly #snapshots = new Map<string, Walk>();

  constructor(authoriser: Authoriser, limits: PluginLimits, clock: Clock, excludes: readonly string[]) {
    this.#authoriser = authoriser;
    this.#limits = limits;
    this.#clock = clock;
    this.#excludes = new Set(excludes);
  }

  /** Ends a walk that is under way. */
  cancel(): void {
    this.#cancelled = true;
    this.#snapshots.clear();
  }

  async page(
    root: string,
    query: FindQueryArgument,
  ): Promise<Result<FindPage, FilesystemError | OpenProblem>> {
    const after = query.cursor === undefined ? undefined : readCursor(query.cursor);
    if (after === null) return err({ tag: "invalid-path", val: "the cursor was not made by find-files" });
    const filter = compileFilter(query);
    if (!filter.ok) return filter;
    const key = JSON.stringify([root, query.extensions, query.globs, query.exclude, query.maxDepth]);
    let walk = after === undefined ? undefined : this.#snapshots.get(key);
    if (walk === undefined) {
      const bounds = {
        depth: Math.min(this.#limits.findDepth, query.maxDepth ?? Infinity),
        depthAsked: (query.maxDepth ?? Infinity) <= this.#limits.findDepth,
        entries: this.#limits.findEntries,
        timeMs: this.#limits.findTimeMs,
        excludes: this.#excludes,
        cancelled: () => this.#cancelled,
      };
      const walked = await walkFiles(root, this.#authoriser, bounds, this.#clock, filter.value);
      if (!walked.ok) return walked;
      walk = walked.value;
    }
    const page = cut(
      walk,
      after,
      Math.min(maxPage, Math.max(1, query.limit)),
      this.#limits.liftedMib * 512 * 1024,
    );
    this.#snapshots.delete(key);
    if (page.next !== undefined) {
      this.#snapshots.set(key, walk);
      const [oldest] = this.#snapshots.keys();
      if (this.#snapshots.size > maxSnapshots && oldest !== undefined) this.#snapshots.delete(oldest);
    }
    return ok(page);
  }
}

/** The paths after `after`, at most `count` of them and `bytes` long together, but always one. */
function cut(walk: Walk, after: string | undefined, count: number, bytes: number): FindPage {
  const start = after === undefined ? 0 : firstAfter(walk.paths, after);
  let end = start;
  for (let size = 0; end < walk.paths.length && end - start < count; end++) {
    size += (walk.paths[end]?.length ?? 0) + 16;
    if (size > bytes && end > start) break;
  }
  const paths = walk.paths.slice(start, end);
  const last = paths.at(-1);
  const notes = walk.notes;
  return end < walk.paths.length && last !== undefined
    ? { paths, next: cursorPrefix + last, notes }
    : { paths, notes };
}

function firstAfter(sorted: readonly string[], after: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? "") <= after) low = middle + 1;
    else high = middle;
  }
  return low;
}

function readCursor(cursor: string): string | null {
  return cursor.startsWith(cursorPrefix) ? cursor.slice(cursorPrefix.length) : null;
}

/** The tests of a query: extensions without case, globs over the path relative to the query's folder. */
function compileFilter(query: FindQueryArgument): Result<WalkFilter, FilesystemError> {
  const suffixes = query.extensions.map((extension) => `.${extension.replace(/^\./, "").toLowerCase()}`);
  const globs = compileGlobs(query.globs, maxAlternativesTogether);
  if (!globs.ok) return globs;
  const exclude = compileGlobs(query.exclude, maxAlternativesTogether - globs.value.alternatives);
  if (!exclude.ok) return exclude;
  return ok({
    excludes: (relative) => exclude.value.tests.some((glob) => glob(relative)),
    matches(relative, name) {
      if (suffixes.length > 0) {
        const lower = name.toLowerCase();
        if (!suffixes.some((suffix) => lower.endsWith(suffix) && lower.length > suffix.length)) return false;
      }
      return globs.value.tests.length === 0 || globs.value.tests.some((glob) => glob(relative));
    },
  });
}

function compileGlobs(
  patterns: readonly string[],
  maxAlternatives: number,
): Result<{ readonly tests: readonly GlobTest[]; readonly alternatives: number }, FilesystemError> {
  const tests: GlobTest[] = [];
  let alternatives = 0;
  for (const pattern of patterns) {
    const compiled = compileGlob(pattern);
    if (!compiled.ok) return err({ tag: "invalid-path", val: compiled.error });
    tests.push(compiled.value.test);
    alternatives += compiled.value.alternatives;
    if (alternatives > maxAlternatives) {
      const val = `the globs of a query stand for more than ${maxAlternativesTogether} patterns together`;
      return err({ tag: "invalid-path", val });
    }
  }
  return ok({ tests, alternatives });
}
