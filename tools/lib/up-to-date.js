import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { withLock } from "./lock.js";

/** A build step failed; the message holds what it wrote. */
export class BuildError extends Error {
  name = "BuildError";
}

/**
 * Runs the steps that are stale, in order, and remembers what they were built from. Nothing is locked or written when
 * nothing is stale. A step that runs makes none of the others stale by itself: each states what it depends on.
 *
 * @param {{ steps: import("./build-steps.js").Step[], stampFile: string, say: (text: string) => void }} options
 * @returns {Promise<string[]>} the names of the steps that ran
 * @throws {BuildError}
 */
export async function bringUpToDate({ steps, stampFile, say }) {
  if (stale(steps, stampFile).length === 0) return [];
  return withLock(
    `${stampFile}.lock`,
    () => runStale(steps, stampFile, say),
    (pid) => say(`Waiting for another build to end${pid > 0 ? ` (process ${pid})` : ""} …`),
  );
}

async function runStale(steps, stampFile, say) {
  const ran = [];
  for (const step of steps) {
    // Looked at one by one, under the lock: another process may have built it meanwhile.
    if (!isStale(step, readStamps(stampFile))) continue;
    const started = Date.now();
    say(`${step.title} …`);
    // Taken before the step: a file that changes while it runs makes it stale again.
    const inputs = step.inputs();
    const { code, output } = await step.run();
    if (code !== 0) throw new BuildError(`${step.title} failed (exit code ${code}):\n\n${output.trim()}\n`);
    writeStamps(stampFile, { ...readStamps(stampFile), [step.name]: inputs });
    ran.push(step.name);
    say(`${step.title}: done in ${((Date.now() - started) / 1000).toFixed(1)} s`);
  }
  return ran;
}

function stale(steps, stampFile) {
  const stamps = readStamps(stampFile);
  return steps.filter((step) => isStale(step, stamps));
}

function isStale(step, stamps) {
  return !step.present() || (step.stampless !== true && stamps[step.name] !== step.inputs());
}

function readStamps(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return {};
  }
}

function writeStamps(path, stamps) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(stamps, undefined, 2)}\n`);
}
