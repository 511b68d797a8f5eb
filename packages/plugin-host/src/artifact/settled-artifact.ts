import { stat } from "node:fs/promises";
import path from "node:path";
import { systemClock, type Clock, type Result } from "@novywave/base";
import type { PluginFailure } from "../failure.js";
import type { Artifact } from "./artifact.js";
import { manifestBeside, readArtifact, type ReadArtifactOptions } from "./read-artifact.js";

/** Milliseconds without a change after which a file counts as written. */
export const settleMs = 100;

/** Looks at a file that goes on changing; whoever watches it comes back when it changes again. */
const maxLooks = 20;

export interface SettledArtifactOptions extends ReadArtifactOptions {
  /** Whether bytes with this hash were seen whole before, as those of an approved build; such need no time to settle. */
  readonly isKnown: (sha256: string) => boolean;
}

/**
 * {@link readArtifact}, for a file that a build may be writing right now: one that was changed within the last
 * {@link settleMs} is read again until it stays the same, or the hash is known; so is its manifest, whatever is known.
 * Writers that fill a file in place leave bytes for a moment that look whole and are not.
 */
export async function readSettledArtifact(
  options: SettledArtifactOptions,
  clock: Clock = systemClock,
): Promise<Result<Artifact, PluginFailure>> {
  let seen = await readArtifact(options);
  for (let look = 1; look < maxLooks && (await isFresh(options, seen, clock)); look++) {
    await new Promise<void>((resolve) => void clock.schedule(settleMs, resolve));
    const again = await readArtifact(options);
    const same = isSame(seen, again);
    seen = again;
    if (same) break;
  }
  return seen;
}

function isSame(a: Result<Artifact, PluginFailure>, b: Result<Artifact, PluginFailure>): boolean {
  if (!a.ok || !b.ok) return false;
  const [one, other] = [a.value, b.value];
  return (
    one.sha256 === other.sha256 &&
    one.manifestText === other.manifestText &&
    one.manifestProblem?.message === other.manifestProblem?.message
  );
}

async function isFresh(
  { artifactPath, configFolder, isKnown }: SettledArtifactOptions,
  read: Result<Artifact, PluginFailure>,
  clock: Clock,
): Promise<boolean> {
  // What is missing or of no use otherwise does not become better by waiting.
  if (!read.ok && read.error.code !== "artifact-truncated") return false;
  const file = read.ok ? read.value.path : path.resolve(configFolder, artifactPath);
  const manifest = manifestBeside(file);
  const known = read.ok && isKnown(read.value.sha256);
  return (!known && (await isNew(file, clock))) || isNew(manifest, clock);
}

async function isNew(file: string, clock: Clock): Promise<boolean> {
  try {
    return Math.abs(clock.now() - (await stat(file)).mtimeMs) < settleMs;
  } catch {
    return false;
  }
}
