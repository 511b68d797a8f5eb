import { createHash } from "node:crypto";
import { access, readdir, rm, stat } from "node:fs/promises";
import path from "node:path";
import type { Artifact } from "../artifact/artifact.js";
import { maxArtifactBytes } from "../artifact/read-artifact.js";
import { errorCode } from "../paths/canonical.js";
import { readPrivateFile, temporaryEnd, writePrivateFile } from "./private-file.js";

const folderName = "artifacts";
const maxManifestBytes = 64 * 1024;
const namePattern = /^([0-9a-f]{64})\.wasm$/;
const placePattern = /^[0-9a-f]{64}\.place$/;
/** First line: the hash; second line: the place. */
const placeContent = /^([0-9a-f]{64})\n([^\n]+)\n$/;
const maxPlaceBytes = 8 * 1024;
/** Milliseconds without a change after which a file that was to be written counts as left behind. */
const abandonedMs = 3_600_000;

/** One artifact that is kept. */
export interface KeptArtifact {
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
}

/**
 * The bytes of artifacts that this user approved, by their hash, in his own cache (files of mode 0600): the build that
 * was approved runs on when a newer one, not yet approved, has taken its place in the workspace. What is read is hashed
 * again: a file that was tampered with is none.
 */
export class ApprovedArtifacts {
  readonly folder: string;

  /** @param cacheFolder the user's cache; it need not exist */
  constructor(cacheFolder: string) {
    this.folder = path.join(cacheFolder, folderName);
  }

  /**
   * Keeps an artifact with the manifest that lies beside it, and remembers that it is the one in force where it lies. Does
   * nothing if all that is so already.
   */
  async keep(artifact: Artifact): Promise<void> {
    if ((await this.#sizeOf(artifact.sha256)) !== artifact.size) {
      await writePrivateFile(this.#file(artifact.sha256), artifact.bytes);
    }
    if (artifact.manifestText !== undefined) {
      const beside = this.#manifestFile(artifact.sha256);
      if ((await readText(beside)) !== artifact.manifestText)
        await writePrivateFile(beside, artifact.manifestText);
    }
    if ((await this.lastAt(artifact.place)) !== artifact.sha256) {
      await writePrivateFile(this.#placeFile(artifact.place), `${artifact.sha256}\n${artifact.place}\n`);
    }
  }

  /**
   * The hash of the artifact that was last in force at a place. It says nothing about whether it is approved: that is asked
   * of the grants.
   */
  async lastAt(place: string): Promise<string | undefined> {
    const record = await readRecord(this.#placeFile(place));
    return record?.place === place ? record.sha256 : undefined;
  }

  /** Hashes of what is in force at places where there still is an artifact. */
  async inForce(): Promise<ReadonlySet<string>> {
    const hashes = new Set<string>();
    for (const name of await this.#names()) {
      if (!placePattern.test(name)) continue;
      const record = await readRecord(path.join(this.folder, name));
      if (record && (await exists(record.place))) hashes.add(record.sha256);
    }
    return hashes;
  }

  /** What is kept under this hash, as if it lay at `place`; undefined if there is nothing, or something else. */
  async read(sha256: string, place: string): Promise<Artifact | undefined> {
    let bytes: Uint8Array | undefined;
    let manifestText: string | undefined;
    try {
      bytes = await readPrivateFile(this.#file(sha256), maxArtifactBytes);
      manifestText = await readText(this.#manifestFile(sha256));
    } catch {
      // Whatever it is, it is not what was kept.
      return undefined;
    }
    if (bytes === undefined || createHash("sha256").update(bytes).digest("hex") !== sha256) return undefined;
    return {
      path: place,
      place,
      bytes,
      sha256,
      size: bytes.length,
      ...(manifestText === undefined ? {} : { manifestText }),
    };
  }

  /** All that is kept, in order of the hashes. */
  async list(): Promise<readonly KeptArtifact[]> {
    const kept: KeptArtifact[] = [];
    for (const name of await this.#names()) {
      const sha256 = namePattern.exec(name)?.[1];
      const size = sha256 === undefined ? undefined : await this.#sizeOf(sha256);
      if (sha256 !== undefined && size !== undefined) kept.push({ sha256, size });
    }
    return kept;
  }

  /** Removes what is not in use, and answers what that was. */
  async clear(inUse: ReadonlySet<string>): Promise<readonly KeptArtifact[]> {
    const unused = (await this.list()).filter(({ sha256 }) => !inUse.has(sha256));
    for (const { sha256 } of unused) {
      await rm(this.#file(sha256), { force: true });
      await rm(this.#manifestFile(sha256), { force: true });
    }
    for (const name of await this.#names()) {
      const file = path.join(this.folder, name);
      if (placePattern.test(name)) {
        const record = await readRecord(file);
        if (!record || !inUse.has(record.sha256)) await rm(file, { force: true });
      } else if (name.endsWith(temporaryEnd) && (await isAbandoned(file))) {
        await rm(file, { force: true });
      }
    }
    return unused;
  }

  async #names(): Promise<readonly string[]> {
    try {
      return (await readdir(this.folder)).toSorted();
    } catch (error) {
      if (errorCode(error) === "ENOENT") return [];
      throw error;
    }
  }

  #placeFile(place: string): string {
    return path.join(this.folder, `${createHash("sha256").update(place).digest("hex")}.place`);
  }

  #file(sha256: string): string {
    return path.join(this.folder, `${sha256}.wasm`);
  }

  #manifestFile(sha256: string): string {
    return `${this.#file(sha256)}.toml`;
  }

  async #sizeOf(sha256: string): Promise<number | undefined> {
    try {
      return (await stat(this.#file(sha256))).size;
    } catch {
      return undefined;
    }
  }
}

async function readRecord(
  file: string,
): Promise<{ readonly sha256: string; readonly place: string } | undefined> {
  try {
    const bytes = await readPrivateFile(file, maxPlaceBytes);
    const [, sha256, place] = placeContent.exec(new TextDecoder().decode(bytes)) ?? [];
    return sha256 === undefined || place === undefined ? undefined : { sha256, place };
  } catch {
    // Whatever it is, nothing is remembered by it.
    return undefined;
  }
}

/** Whether nobody writes it any more: a program was killed while it did. */
async function isAbandoned(file: string): Promise<boolean> {
  try {
    return Date.now() - (await stat(file)).mtimeMs > abandonedMs;
  } catch {
    return false;
  }
}

async function exists(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch {
    return false;
  }
}

async function readText(file: string): Promise<string | undefined> {
  const bytes = await readPrivateFile(file, maxManifestBytes);
  return bytes && new TextDecoder().decode(bytes);
}
