import { createHash } from "node:crypto";
import { assertNever } from "@novywave/base";
import type { FileFacts } from "../wasi/ports.js";
import type { PluginLimits } from "../limits.js";
import { examine, readFile, type Examined, type ReadProblem } from "../paths/descriptor.js";
import { listDirectory } from "../paths/list-directory.js";
import type { Authoriser } from "./authorise.js";
import { done, failed, type HostOutcome } from "./outcome.js";

/** Bytes that one call reads. */
export const maxReadBytes = 1024 * 1024;

/** Errors as `error-code` of `wasi:filesystem` names them. */
type ErrorCode =
  | "access"
  | "bad-descriptor"
  | "busy"
  | "insufficient-memory"
  | "invalid"
  | "io"
  | "is-directory"
  | "no-entry"
  | "not-directory";

/**
 * The capability `file-contents` of one instance: what stands behind the files of WASI. Nothing stays open between two calls: a
 * path is checked each time it is used, and what was opened before is told from what has taken its place by its identity.
 */
export class FileContentsBroker {
  readonly #authoriser: Authoriser;
  readonly #limits: PluginLimits;
  #disposed = false;

  constructor(authoriser: Authoriser, limits: PluginLimits) {
    this.#authoriser = authoriser;
    this.#limits = limits;
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
  }

  /** The granted folders that there are. */
  async folders(): Promise<HostOutcome> {
    const folders: { readonly path: string; readonly identity: bigint }[] = [];
    for (const path of this.#authoriser.folders) {
      const examined = await examine(path, this.#authoriser);
      if (examined.ok && examined.value.kind === "directory")
        folders.push({ path, identity: identityOf(examined.value) });
    }
    return done(folders);
  }

  async stat(text: string): Promise<HostOutcome> {
    const path = await this.#path(text);
    if (typeof path !== "string") return path.refused;
    const examined = await examine(path, this.#authoriser);
    return examined.ok ? done(factsOf(examined.value)) : fail(codeOf(examined.error));
  }

  async list(text: string): Promise<HostOutcome> {
    const path = await this.#path(text);
    if (typeof path !== "string") return path.refused;
    const listing = await listDirectory(path, this.#authoriser, () => this.#disposed);
    if (!listing.ok) return fail(codeOf(listing.error));
    for (const { path: link, target } of listing.value.outside)
      this.#authoriser.outside("file-contents", link, target);
    const entries = listing.value.entries.map(({ name, kind }) => ({ name, kind }));
    const bytes = entries.reduce((sum, { name }) => sum + name.length + 16, 0);
    if (bytes > this.#limits.liftedMib * 1024 * 1024) return fail("insufficient-memory");
    return done(entries.sort((a, b) => (a.name < b.name ? -1 : 1)));
  }

  /** Fewer bytes than `length` where the file ends, or where that is more than {@link maxReadBytes}. */
  async read(text: string, identity: bigint, offset: bigint, length: bigint): Promise<HostOutcome> {
    const path = await this.#path(text);
    if (typeof path !== "string") return path.refused;
    const bytes = Number(length < BigInt(maxReadBytes) ? length : BigInt(maxReadBytes));
    const read = await readFile(path, this.#authoriser, {
      // Past the end of any file, where there is nothing.
      offset:
        offset < BigInt(Number.MAX_SAFE_INTEGER) ? Number(offset) : Number.MAX_SAFE_INTEGER - maxReadBytes,
      length: bytes,
      isMeant: (examined) => identityOf(examined) === identity,
    });
    return read.ok ? done(read.value) : fail(codeOf(read.error));
  }

  async #path(text: string): Promise<string | { readonly refused: HostOutcome }> {
    const place = await this.#authoriser.path("file-contents", text);
    if (place.ok) return place.value.path;
    return { refused: fail(place.error.kind === "invalid" ? "invalid" : "no-entry") };
  }
}

/** Turned away, because of too many calls a second. */
export const busy = (): HostOutcome => fail("busy");

const fail = (code: ErrorCode): HostOutcome => failed(code);

function factsOf(examined: Examined): FileFacts {
  return {
    kind: examined.kind,
    size: BigInt(examined.size),
    modified: BigInt(Math.max(0, Math.round(examined.modifiedMs * 1_000))) * 1_000n,
    identity: identityOf(examined),
  };
}

/** The numbers themselves are nobody's business. */
function identityOf({ device, inode }: Pick<Examined, "device" | "inode">): bigint {
  return createHash("sha256").update(`${device} ${inode}`).digest().readBigUInt64LE();
}

function codeOf(problem: ReadProblem): ErrorCode {
  switch (problem) {
    case "not-found":
      return "no-entry";
    case "not-a-directory":
      return "not-directory";
    case "not-readable":
      return "access";
    case "is-directory":
      return "is-directory";
    case "replaced":
      return "bad-descriptor";
    case "io":
      return "io";
    default:
      return assertNever(problem);
  }
}
