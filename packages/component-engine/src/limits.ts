import { EngineError } from "./errors.js";

/** What one component may use. Every field has a safe default; numbers are whole and not negative. */
export interface EngineLimits {
  /** Bytes that each linear memory may reach. It is written into the core module as the memory's maximum. */
  maxMemoryBytes: number;
  /** Entries that each table may reach, written into the core module as the table's maximum. */
  maxTableEntries: number;
  /** Bytes of guest memory that one call may turn into JavaScript values; aliased lists count each time. */
  maxLiftedBytes: number;
  /**
   * Items of lists, and the objects in them, that one call may turn into JavaScript values. Each stands for about 100 bytes of the
   * host; two properties of a record or of flags count as one more, and so do twelve items of a tuple.
   */
  maxLiftedElements: number;
  /** Bytes of one lifted string. */
  maxStringBytes: number;
  /** Nesting of components, of types and of values. */
  maxDepth: number;
  /** Core modules inside one component. */
  maxCoreModules: number;
  /** Core instances that instantiating one component makes. */
  maxCoreInstances: number;
  /** Linear memories that instantiating one component makes. */
  maxMemories: number;
  /** Tables that instantiating one component makes. */
  maxTables: number;
  /** Definitions read and evaluated, nested ones each time that they are instantiated. */
  maxDefinitions: number;
  /** Values in the expansion of one type: `tuple<t, t>` counts `t` twice. */
  maxTypeSize: number;
  /** Handles alive in one component instance. */
  maxHandles: number;
}

/** The limits that apply where the caller sets none. */
export const defaultLimits: Readonly<EngineLimits> = Object.freeze({
  maxMemoryBytes: 64 * 1024 * 1024,
  maxTableEntries: 100_000,
  maxLiftedBytes: 16 * 1024 * 1024,
  maxLiftedElements: 1_000_000,
  maxStringBytes: 16 * 1024 * 1024,
  maxDepth: 64,
  maxCoreModules: 64,
  maxCoreInstances: 256,
  maxMemories: 4,
  maxTables: 64,
  maxDefinitions: 200_000,
  maxTypeSize: 20_000,
  maxHandles: 10_000,
});

/** The given limits over `base`, which are the defaults unless something else is given. Throws a `RangeError` for a limit that is no whole number from 0 up. */
export function resolveLimits(
  given: Partial<EngineLimits> = {},
  base: Readonly<EngineLimits> = defaultLimits,
): EngineLimits {
  const limits = { ...base };
  for (const key of Object.keys(limits) as (keyof EngineLimits)[]) {
    const value = given[key];
    if (value === undefined) continue;
    if (!Number.isSafeInteger(value) || value < 0) {
      throw new RangeError(`limit ${key} must be a whole number from 0 up, not ${String(value)}`);
    }
    limits[key] = value;
  }
  return limits;
}

/** Throws when `reached` is more than a limit allows. */
export function requireWithin(
  limits: EngineLimits,
  limit: keyof EngineLimits,
  reached: number,
  what: string,
  offset?: number,
): void {
  if (reached > limits[limit]) throw limitError(limit, limits, what, offset);
}

/** The error for a limit that was reached; names the limit and its number. */
export function limitError(
  limit: keyof EngineLimits,
  limits: EngineLimits,
  what: string,
  offset?: number,
): EngineError {
  return new EngineError("limit-exceeded", `${what}: the limit ${limit} is ${limits[limit]}`, {
    limit,
    offset,
  });
}
