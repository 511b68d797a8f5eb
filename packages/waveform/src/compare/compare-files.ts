import type { FileSourceOptions } from "../source/file-source.js";
import type { VariableInfo, WaveformInfo } from "../model.js";
import { pow10, tickExponent } from "../format/time-axis.js";
import { HierarchyQuery } from "../query/hierarchy-query.js";
import { readWaveformFile, type ReadProgress, type WaveformData } from "../read-waveform.js";
import { reload } from "../reload.js";
import { firstDifference, type Side } from "./one-signal.js";

/** Signals that are in memory at once where they are loaded when they are looked at. */
const BATCH = 1_024;

/** A variable whose values are not the same in both files. */
export interface Difference {
  readonly name: string;
  /** The first time at which they differ, in femtoseconds, and the values then. */
  readonly time: bigint;
  readonly a: string | undefined;
  readonly b: string | undefined;
}

export interface Comparison {
  readonly a: WaveformInfo;
  readonly b: WaveformInfo;
  /** Variables that both have, as wide in one as in the other. */
  readonly compared: number;
  /** By time. */
  readonly differences: readonly Difference[];
  readonly onlyInA: readonly string[];
  readonly onlyInB: readonly string[];
  readonly changedWidth: readonly { readonly a: string; readonly b: string }[];
  /** Where the files start and end, in femtoseconds. */
  readonly range: { readonly a: readonly [bigint, bigint]; readonly b: readonly [bigint, bigint] };
}

/** What is wrong is wrong with the second file. */
export class OtherFileFailure extends Error {
  override readonly name = "OtherFileFailure";
  readonly path: string;

  constructor(path: string, cause: unknown) {
    super("The second file could not be read", { cause });
    this.path = path;
  }
}

/**
 * Reads two files and compares the values of the variables that both have, by full name, at every time up to the earlier
 * end, exactly, also where the ticks of the files are of different length. Throws `ReadFailure`,
 * for the second file in an {@link OtherFileFailure}.
 */
export async function compareFiles(
  pathA: string,
  pathB: string,
  options: FileSourceOptions & { onProgress?: (progress: ReadProgress) => void } = {},
): Promise<Comparison> {
  const a = await readWaveformFile(pathA, options);
  try {
    const b = await readWaveformFile(pathB, options).catch((error: unknown) => {
      throw new OtherFileFailure(pathB, error);
    });
    try {
      return await compare(a, b);
    } finally {
      b.close();
    }
  } finally {
    a.close();
  }
}

async function compare(a: WaveformData, b: WaveformData): Promise<Comparison> {
  const sideA = sideOf(a);
  const sideB = sideOf(b);
  const range = { a: rangeOf(a, sideA), b: rangeOf(b, sideB) };
  const end = range.a[1] < range.b[1] ? range.a[1] : range.b[1];
  const { kept, changed, missing, added } = reload(variablesOf(a), variablesOf(b));
  const pairs = new Map<string, { before: VariableInfo; after: VariableInfo }[]>();
  for (const pair of kept) {
    // Variables that share their signals in both files are compared once.
    const key = `${pair.before.signal} ${pair.after.signal}`;
    const group = pairs.get(key);
    if (group) group.push(pair);
    else pairs.set(key, [pair]);
  }
  const kindOnly = changed.filter(({ before, after }) => isSameByName(before, after));
  const groups = [...pairs.values(), ...kindOnly.map((pair) => [pair])];
  const differences: Difference[] = [];
  for (let from = 0; from < groups.length; from += BATCH) {
    const batch = groups.slice(from, from + BATCH);
    await a.builder.loader?.load(batch.flatMap(([pair]) => (pair ? [pair.before.signal] : [])));
    await b.builder.loader?.load(batch.flatMap(([pair]) => (pair ? [pair.after.signal] : [])));
    for (const group of batch) {
      const [pair] = group;
      if (pair === undefined) continue;
      const { before, after } = pair;
      const found = firstDifference(
        { ...sideA, signal: before.signal, meaning: before.meaning },
        { ...sideB, signal: after.signal, meaning: after.meaning },
        end,
      );
      if (found) differences.push(...group.map((own) => ({ name: own.before.fullName, ...found })));
    }
  }
  differences.sort((one, other) => (one.time < other.time ? -1 : one.time > other.time ? 1 : 0));
  return {
    a: a.info,
    b: b.info,
    compared: kept.length + kindOnly.length,
    differences,
    onlyInA: missing.map(({ fullName }) => fullName),
    onlyInB: added.map(({ fullName }) => fullName),
    changedWidth: changed
      .filter(({ before, after }) => !isSameByName(before, after))
      .map(({ before, after }) => ({ a: before.fullName, b: after.fullName })),
    range,
  };
}

function sideOf({ info, builder }: WaveformData): Omit<Side, "signal" | "meaning"> {
  return { builder, tick: pow10(tickExponent(info.timescale) + 15), zero: info.timeZero ?? 0n };
}

function rangeOf(
  { info }: WaveformData,
  { tick, zero }: Pick<Side, "tick" | "zero">,
): readonly [bigint, bigint] {
  return [(info.start + zero) * tick, (info.end + zero) * tick];
}

/** An enumeration that one simulator writes as numbers with names and another as text. */
function isSameByName(before: VariableInfo, after: VariableInfo): boolean {
  return (
    (before.meaning?.kind === "names" && after.kind === "string") ||
    (before.kind === "string" && after.meaning?.kind === "names")
  );
}

function variablesOf({ builder }: WaveformData): VariableInfo[] {
  const query = new HierarchyQuery(builder.hierarchy, builder.signals);
  return Array.from({ length: builder.hierarchy.variables }, (_, id) => query.variable(id));
}
