import type { Broker } from "../broker/broker.js";
import type { HostOutcome } from "../broker/outcome.js";
import { isCase, problemOf } from "./adapter.js";

/** Paths of one call into the guest. */
const perCall = 10_000;
const concurrency = 16;

/** Paths that changed, by what is there now. */
export interface Looked {
  readonly files: readonly string[];
  readonly folders: readonly string[];
  readonly gone: readonly string[];
}

/** Looks what is at each path, as the plugin may see it; at fewer of them once it is stopped. */
export async function look(
  broker: Broker,
  paths: readonly string[],
  stopped: () => boolean,
): Promise<Looked> {
  const looked = { files: [] as string[], folders: [] as string[], gone: [] as string[] };
  const queue = paths.values();
  const work = async (): Promise<void> => {
    for (const path of queue) {
      if (stopped()) return;
      const outcome = await broker.act("filesystem", "read-metadata", [path]);
      if (isCase(outcome, "not-found")) looked.gone.push(path);
      else if (isFolder(outcome)) looked.folders.push(path);
      else looked.files.push(path);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return { files: looked.files.sort(), folders: looked.folders.sort(), gone: looked.gone.sort() };
}

function isFolder(outcome: HostOutcome): boolean {
  if (outcome.kind !== "ok" || typeof outcome.value !== "object" || outcome.value === null) return false;
  return "kind" in outcome.value && outcome.value.kind === "directory";
}

/** All files below a folder, in pages; `warn` is told what keeps it from telling all. */
export async function* filesBelow(
  broker: Broker,
  directory: string,
  warn: (message: string) => void,
): AsyncGenerator<readonly string[]> {
  let cursor: string | undefined;
  do {
    const query = { directory, extensions: [], globs: [], exclude: [], limit: perCall, cursor };
    const outcome = await broker.act("filesystem", "find-files", [query]);
    const page = pageOf(outcome);
    if (page === undefined) {
      if (!isCase(outcome, "not-found"))
        warn(`"${directory}": not all files are told of: ${problemOf(outcome)}`);
      return;
    }
    yield page.paths;
    cursor = page.next;
  } while (cursor !== undefined);
}

interface Page {
  readonly paths: readonly string[];
  readonly next: string | undefined;
}

/** The broker's own answer. */
function pageOf(outcome: HostOutcome): Page | undefined {
  return outcome.kind === "ok" ? (outcome.value as Page) : undefined;
}

/** In portions of what one call into the guest carries. */
export function portions(paths: readonly string[]): readonly (readonly string[])[] {
  return Array.from({ length: Math.ceil(paths.length / perCall) }, (_, i) =>
    paths.slice(i * perCall, (i + 1) * perCall),
  );
}
