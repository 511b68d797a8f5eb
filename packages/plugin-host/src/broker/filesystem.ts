import { assertNever } from "@novywave/base";
import type { Clock } from "@novywave/base";
import type { DirectoryEntry, FileMetadata, FilesystemError } from "@novywave/contract";
import type { PluginLimits } from "../limits.js";
import { childPath, examine, type OpenProblem } from "../paths/descriptor.js";
import { listDirectory } from "../paths/list-directory.js";
import type { FindQueryArgument } from "./arguments.js";
import type { Authoriser, PathRefusal } from "./authorise.js";
import { FileFinder } from "./find-files.js";
import { done, failed, type HostOutcome } from "./outcome.js";

/** The capability `filesystem` of one instance. */
export class FilesystemBroker {
  readonly #authoriser: Authoriser;
  readonly #limits: PluginLimits;
  readonly #finder: FileFinder;
  #disposed = false;

  constructor(authoriser: Authoriser, limits: PluginLimits, clock: Clock, excludes: readonly string[]) {
    this.#authoriser = authoriser;
    this.#limits = limits;
    this.#finder = new FileFinder(authoriser, limits, clock, excludes);
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    this.#finder.cancel();
  }

  async listDir(directory: string): Promise<HostOutcome> {
    const place = await this.#authoriser.path("filesystem", directory);
    if (!place.ok) return fail(refusalError(place.error));
    const listing = await listDirectory(place.value.path, this.#authoriser, () => this.#disposed);
    if (!listing.ok) return fail(openError(listing.error));
    for (const link of listing.value.outside) this.#authoriser.outside("filesystem", link.path, link.target);
    const { path, entries } = listing.value;
    const bytes = entries.reduce((sum, entry) => sum + path.length + entry.name.length + 16, 0);
    if (bytes > this.#limits.liftedMib * 1024 * 1024) {
      return fail({
        tag: "limit-reached",
        val: `the listing is larger than lifted_mib (${this.#limits.liftedMib}); use find-files, which answers in pages`,
      });
    }
    const listed = entries.map((entry): DirectoryEntry => ({
      path: childPath(path, entry.name),
      kind: entry.kind,
    }));
    return done(listed.sort((a, b) => (a.path < b.path ? -1 : 1)));
  }

  async readMetadata(text: string): Promise<HostOutcome> {
    const place = await this.#authoriser.path("filesystem", text);
    if (!place.ok) return fail(refusalError(place.error));
    const examined = await examine(place.value.path, this.#authoriser);
    if (!examined.ok) return fail(openError(examined.error));
    const { path, kind, size, modifiedMs } = examined.value;
    const seconds = Math.max(0, Math.floor(modifiedMs / 1_000));
    const metadata: FileMetadata = {
      path,
      kind,
      size: BigInt(size),
      modified: {
        seconds: BigInt(seconds),
        nanoseconds: Math.min(
          999_999_999,
          Math.max(0, Math.round((modifiedMs - seconds * 1_000) * 1_000_000)),
        ),
      },
    };
    return done(metadata);
  }

  async findFiles(query: FindQueryArgument): Promise<HostOutcome> {
    const place = await this.#authoriser.path("filesystem", query.directory);
    if (!place.ok) return fail(refusalError(place.error));
    const page = await this.#finder.page(place.value.path, query);
    return page.ok
      ? done(page.value)
      : fail(typeof page.error === "string" ? openError(page.error) : page.error);
  }
}

const fail = (error: FilesystemError): HostOutcome => failed(error);

function refusalError(refusal: PathRefusal): FilesystemError {
  return refusal.kind === "invalid" ? { tag: "invalid-path", val: refusal.message } : { tag: "not-found" };
}

function openError(problem: OpenProblem): FilesystemError {
  switch (problem) {
    case "not-found":
    case "not-a-directory":
    case "not-readable":
      return { tag: problem };
    case "io":
      return { tag: "io", val: "the folder could not be read" };
    default:
      return assertNever(problem);
  }
}
