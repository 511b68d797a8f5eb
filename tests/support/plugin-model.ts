import { readFile } from "node:fs/promises";

/** A line of `dev_server.log`; other fields may be there. */
export interface LogLine {
  readonly time: string;
  readonly level: string;
  readonly msg: string;
  readonly plugin?: string;
  readonly crash?: {
    readonly plugin: string;
    readonly code: string;
    readonly message: string;
    readonly export?: string;
    readonly elapsedMs?: number;
    readonly lastEvents?: readonly string[];
    readonly limit?: { readonly name: string; readonly value: number };
    readonly frames: readonly { readonly name?: string; readonly index: number; readonly byte: number }[];
  };
}

/** All lines of a log and of those that it was rotated to, oldest first. Throws at a line that is no JSON. */
export async function readLog(file: string): Promise<readonly LogLine[]> {
  const lines: LogLine[] = [];
  for (const name of [`${file}.3`, `${file}.2`, `${file}.1`, file]) {
    const text = await readFile(name, "utf8").catch(() => "");
    for (const line of text.split("\n")) if (line !== "") lines.push(JSON.parse(line) as LogLine);
  }
  return lines;
}

/** Deaths that a plugin is to blame for, and what it does about it: written down here once more, apart from the program. */
const deathCodes = new Set(["trap", "deadline", "limit", "memory", "host-died"]);
const maxDeaths = 5;
const healthyMs = 60_000;
const firstWaitMs = 3_000;
const longestWaitMs = 60_000;
/** Waits are longer by up to a quarter, by chance. */
const spread = 1.25;
/** Loading takes a moment. */
const loadMs = 5_000;

/** The states in which a plugin may be at `now`, going by the deaths that the log tells of. */
export function predictStates(plugin: string, log: readonly LogLine[], now: number): readonly string[] {
  let deaths = 0;
  let earliest = -Infinity;
  let latest = -Infinity;
  for (const { crash, time } of log) {
    if (crash?.plugin !== plugin || !deathCodes.has(crash.code)) continue;
    const at = Date.parse(time);
    // One that did nothing when the process went down comes back at once, or nearly so.
    if (crash.code === "host-died" && crash.export === undefined) {
      latest = Math.max(latest, at + longestWaitMs * spread + loadMs);
      earliest = Math.max(earliest, at);
      continue;
    }
    deaths = at - latest > healthyMs ? 1 : deaths + 1;
    const wait = Math.min(longestWaitMs, firstWaitMs * 2 ** (deaths - 1));
    earliest = at + wait;
    latest = at + wait * spread + loadMs;
    if (deaths >= maxDeaths) return ["quarantined"];
  }
  if (now < earliest) return ["error", "backoff"];
  return now > latest ? ["ready"] : ["error", "backoff", "loading", "ready"];
}
