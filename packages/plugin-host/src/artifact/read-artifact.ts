import { createHash } from "node:crypto";
import { constants, type BigIntStats } from "node:fs";
import { lstat, open, readlink, realpath, type FileHandle } from "node:fs/promises";
import path from "node:path";
import { err, ok, type Result } from "@novywave/base";
import type { PluginFailure } from "../failure.js";
import { canonicalPath, errorCode } from "../paths/canonical.js";
import { thisPlatform } from "../paths/platform.js";
import { isInside, pathProblem } from "../paths/segments.js";
import type { Artifact, BuiltinArtifacts } from "./artifact.js";
import { checkHeader } from "./check-header.js";

/** Bytes of the largest artifact. */
export const maxArtifactBytes = 64 * 1024 * 1024;
const maxManifestBytes = 64 * 1024;
/** Numbers of files beyond 2^53 would be rounded, and others taken for the same. */
const exact = { bigint: true } as const;
const builtinPrefix = "builtin:";

export interface ReadArtifactOptions {
  /** As in the entry: relative to the folder of `.novywave`, or `builtin:<name>`. */
  readonly artifactPath: string;
  /** The folder of `.novywave`, absolute. */
  readonly configFolder: string;
  readonly builtins: BuiltinArtifacts;
}

/** Where the manifest of an artifact lies that has none embedded. */
export function manifestBeside(artifactPath: string): string {
  return `${artifactPath}.toml`;
}

/**
 * Reads an artifact once. It must be a regular file of at most 64 MiB below the folder of `.novywave`, links resolved;
 * it is opened without blocking, so that a FIFO does no harm. Runs nothing.
 */
export async function readArtifact(options: ReadArtifactOptions): Promise<Result<Artifact, PluginFailure>> {
  const { artifactPath, configFolder, builtins } = options;
  if (artifactPath.startsWith(builtinPrefix)) return readBuiltin(artifactPath, builtins);
  const problem = pathProblem(artifactPath);
  if (problem !== undefined) return invalid(`artifact_path: ${problem}`);
  if (path.isAbsolute(artifactPath)) {
    return outside(
      `artifact_path "${artifactPath}" is absolute; it must be relative to the folder of .novywave`,
    );
  }
  const wanted = path.resolve(configFolder, artifactPath);
  // One answer for all that is not in the folder: whether a link's target outside exists is not told.
  const leaves = `artifact_path "${artifactPath}" leads out of the folder of .novywave (${configFolder}) or to nowhere; copy the artifact into it`;
  if (!isInside(path.resolve(configFolder), wanted)) return outside(leaves);
  let folder: string;
  try {
    folder = await realpath(configFolder);
  } catch (error) {
    return err(openFailure(error, configFolder));
  }
  const place = await canonicalPath(wanted);
  if (place === undefined || !isInside(folder, place.path)) return outside(leaves);
  const real = place.path;
  const read = await readRegularFile(real, maxArtifactBytes, (opened) => isInside(folder, opened));
  if (!read.ok) return read;
  const beside = await readRegularFile(manifestBeside(real), maxManifestBytes, (opened) =>
    isInside(folder, opened),
  );
  // It is being written: what it will say is not known yet.
  if (!beside.ok && beside.error.code === "artifact-truncated") return beside;
  const made = makeArtifact(real, read.value, beside.ok ? new TextDecoder().decode(beside.value) : undefined);
  if (!made.ok) return made;
  const artifact = { ...made.value, place: path.resolve(folder, artifactPath) };
  return ok(
    beside.ok || beside.error.code === "artifact-missing"
      ? artifact
      : { ...artifact, manifestProblem: notRead(beside.error) },
  );
}

/** Of a manifest that is there. To go on without it would change what a person is asked. */
function notRead({ message }: PluginFailure): PluginFailure {
  return {
    code: "manifest-invalid",
    message: `the manifest cannot be used: ${message}; mend it or remove it`,
  };
}

async function readBuiltin(
  artifactPath: string,
  builtins: BuiltinArtifacts,
): Promise<Result<Artifact, PluginFailure>> {
  const shipped = builtins.get(artifactPath.slice(builtinPrefix.length));
  if (!shipped) {
    return err({ code: "artifact-missing", message: `no plugin "${artifactPath}" ships with this program` });
  }
  const read = await readRegularFile(shipped.path, maxArtifactBytes, () => true);
  if (!read.ok) return read;
  const artifact = makeArtifact(shipped.path, read.value, undefined);
  if (artifact.ok && artifact.value.sha256 !== shipped.sha256) {
    return invalid(
      `${shipped.path} is not the file that this program shipped with; install the program again`,
    );
  }
  return artifact;
}

/** An artifact from bytes, hashed and looked at no further than its header. */
export function makeArtifact(
  artifactPath: string,
  bytes: Uint8Array,
  manifestText?: string,
): Result<Artifact, PluginFailure> {
  const failure = checkHeader(artifactPath, bytes);
  if (failure) return err(failure);
  return ok({
    path: artifactPath,
    place: artifactPath,
    bytes,
    sha256: createHash("sha256").update(bytes).digest("hex"),
    size: bytes.length,
    ...(manifestText === undefined ? {} : { manifestText }),
  });
}

async function readRegularFile(
  file: string,
  maxBytes: number,
  mayOpen: (opened: string) => boolean,
): Promise<Result<Uint8Array, PluginFailure>> {
  let handle: FileHandle;
  let before: BigIntStats;
  try {
    // Asked before opening: that alone lets the writer of a FIFO go on, and has effects of its own on a device.
    before = await lstat(file, exact);
    if (!before.isFile()) return invalid(`${file} is no regular file`);
    handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    return err(openFailure(error, file));
  }
  try {
    const stats = await handle.stat(exact);
    if (!stats.isFile()) return invalid(`${file} is no regular file`);
    const opened = thisPlatform.descriptorPaths
      ? await readlink(`/proc/self/fd/${handle.fd}`)
      : await realpath(file);
    if (!mayOpen(opened) || stats.dev !== before.dev || stats.ino !== before.ino) {
      return invalid(`${file} was replaced while it was opened; try again`);
    }
    const size = Number(stats.size);
    if (size > maxBytes) {
      return err({
        code: "artifact-too-large",
        message: `${file} has ${size} bytes; the most is ${maxBytes}`,
      });
    }
    const bytes = new Uint8Array(size);
    let filled = 0;
    while (filled < bytes.length) {
      const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    const after = await handle.stat(exact);
    if (filled < bytes.length || after.size !== stats.size || after.mtimeNs !== stats.mtimeNs) {
      return err({
        code: "artifact-truncated",
        message: `${file} changed while it was read; try again once it is whole`,
      });
    }
    return ok(bytes);
  } catch (error) {
    return err(openFailure(error, file));
  } finally {
    await handle.close();
  }
}

function openFailure(error: unknown, file: string): PluginFailure {
  const code = errorCode(error);
  if (code === undefined) throw error;
  if (code === "ENOENT" || code === "ENOTDIR" || code === "ENAMETOOLONG") {
    return {
      code: "artifact-missing",
      message: `${file} does not exist; build the plugin or correct artifact_path`,
    };
  }
  if (code === "ENXIO") return { code: "artifact-invalid", message: `${file} is no regular file` };
  return { code: "artifact-invalid", message: `${file} cannot be read (${code})` };
}

function outside(message: string): Result<never, PluginFailure> {
  return err({ code: "artifact-outside", message });
}

function invalid(message: string): Result<never, PluginFailure> {
  return err({ code: "artifact-invalid", message });
}
