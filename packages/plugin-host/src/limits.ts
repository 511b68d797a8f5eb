import { err, ok, type Result } from "@novywave/base";
import { z } from "zod";
import type { WireLimits } from "./wire/messages.js";

/** What one plugin may use. All numbers are whole. */
export interface PluginLimits {
  /** MiB of each linear memory. */
  readonly memoryMib: number;
  /** Milliseconds in the guest for one call of an export; time that the host takes is not counted. */
  readonly callDeadlineMs: number;
  /** The same for `init`. */
  readonly initDeadlineMs: number;
  /** Milliseconds that host calls may take within one call of an export. */
  readonly hostTimeMs: number;
  /** MiB that one call may lift out of the guest. */
  readonly liftedMib: number;
  readonly hostCallsPerSecond: number;
  /** Bytes of log messages a minute; what exceeds it is counted and dropped. */
  readonly logBytesPerMinute: number;
  /** Folders watched by all subscriptions together. */
  readonly watchedFolders: number;
  /** Events that wait for the guest. */
  readonly queuedEvents: number;
  /** Ticks that are scheduled and not yet due. */
  readonly timers: number;
  /** Events that one call of an export publishes; they are kept until it ends. */
  readonly publishesPerCall: number;
  /** Depth to which `find-files` walks below its folder. */
  readonly findDepth: number;
  /** Directory entries that one walk of `find-files` looks at. */
  readonly findEntries: number;
  /** Milliseconds that one walk of `find-files` may take. */
  readonly findTimeMs: number;
}

/** What applies where the entry sets nothing. */
export const defaultLimits: PluginLimits = Object.freeze({
  memoryMib: 64,
  callDeadlineMs: 5_000,
  initDeadlineMs: 10_000,
  hostTimeMs: 30_000,
  liftedMib: 16,
  hostCallsPerSecond: 20_000,
  logBytesPerMinute: 256 * 1024,
  watchedFolders: 64,
  queuedEvents: 256,
  timers: 64,
  publishesPerCall: 1_000,
  findDepth: 32,
  findEntries: 1_000_000,
  findTimeMs: 20_000,
});

/** What nobody may exceed, whatever was granted. */
export const limitCeilings: PluginLimits = Object.freeze({
  memoryMib: 1_024,
  callDeadlineMs: 60_000,
  initDeadlineMs: 60_000,
  hostTimeMs: 300_000,
  liftedMib: 1_024,
  hostCallsPerSecond: 1_000_000,
  logBytesPerMinute: 1_000_000_000,
  watchedFolders: 100_000,
  queuedEvents: 1_000_000,
  timers: 100_000,
  publishesPerCall: 100_000,
  findDepth: 256,
  findEntries: 20_000_000,
  findTimeMs: 300_000,
});

/** Names of all limits. */
export const limitNames = Object.keys(defaultLimits) as readonly (keyof PluginLimits)[];

const limitShape = {
  memoryMib: z.int().min(1).max(limitCeilings.memoryMib),
  callDeadlineMs: z.int().min(1).max(limitCeilings.callDeadlineMs),
  initDeadlineMs: z.int().min(1).max(limitCeilings.initDeadlineMs),
  hostTimeMs: z.int().min(1).max(limitCeilings.hostTimeMs),
  liftedMib: z.int().min(1).max(limitCeilings.liftedMib),
  hostCallsPerSecond: z.int().min(1).max(limitCeilings.hostCallsPerSecond),
  logBytesPerMinute: z.int().min(0).max(limitCeilings.logBytesPerMinute),
  watchedFolders: z.int().min(0).max(limitCeilings.watchedFolders),
  queuedEvents: z.int().min(1).max(limitCeilings.queuedEvents),
  timers: z.int().min(0).max(limitCeilings.timers),
  publishesPerCall: z.int().min(0).max(limitCeilings.publishesPerCall),
  findDepth: z.int().min(0).max(limitCeilings.findDepth),
  findEntries: z.int().min(1).max(limitCeilings.findEntries),
  findTimeMs: z.int().min(1).max(limitCeilings.findTimeMs),
} satisfies Record<keyof PluginLimits, z.ZodInt>;

/** The schema of limits by their own names: every key optional, unknown keys refused. */
export const partialLimitsSchema = z.strictObject(limitShape).partial();

/** A limit's name as TOML writes it: `call_deadline_ms`. */
export function limitKey(name: keyof PluginLimits): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/**
 * Reads a `limits` table of TOML. The error lists one line per key: what it is and what it may be; unknown keys and
 * numbers above the ceiling are refused, never ignored.
 */
export function parseLimits(table: unknown): Result<Partial<PluginLimits>, readonly string[]> {
  if (table === undefined) return ok({});
  if (typeof table !== "object" || table === null || Array.isArray(table))
    return err(["limits: not a table"]);
  const problems: string[] = [];
  const limits: { -readonly [K in keyof PluginLimits]?: PluginLimits[K] } = {};
  const names = new Map(limitNames.map((name) => [limitKey(name), name]));
  for (const [key, value] of Object.entries(table)) {
    const name = names.get(key);
    if (name === undefined) {
      problems.push(`limits: unknown \`${key}\`; known are ${[...names.keys()].join(", ")}`);
      continue;
    }
    const parsed = limitShape[name].safeParse(typeof value === "bigint" ? Number(value) : value);
    if (parsed.success) limits[name] = parsed.data;
    else problems.push(`limits.${key}: ${parsed.error.issues.map((issue) => issue.message).join("; ")}`);
  }
  return problems.length === 0 ? ok(limits) : err(problems);
}

/** A `limits` table over the defaults; errors as {@link parseLimits}. */
export function resolveLimits(table: unknown): Result<PluginLimits, readonly string[]> {
  const parsed = parseLimits(table);
  return parsed.ok ? ok(withDefaults(parsed.value)) : parsed;
}

/** Limits over the defaults; absent and undefined keys keep the default. */
export function withDefaults(given: {
  readonly [K in keyof PluginLimits]?: PluginLimits[K] | undefined;
}): PluginLimits {
  const limits: { -readonly [K in keyof PluginLimits]: PluginLimits[K] } = { ...defaultLimits };
  for (const name of limitNames) {
    const value = given[name];
    if (value !== undefined) limits[name] = value;
  }
  return limits;
}

/** What the engine applies, in bytes. */
export function wireLimits({ memoryMib, liftedMib }: PluginLimits): WireLimits {
  return { memoryBytes: memoryMib * 1024 * 1024, liftedBytes: liftedMib * 1024 * 1024 };
}
