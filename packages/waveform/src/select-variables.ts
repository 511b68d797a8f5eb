import { ReadFailure } from "./failure.js";
import { parseTime } from "./format/format-time.js";
import type { WaveformInfo } from "./model.js";
import { FullNames } from "./query/names.js";
import { NONE, type Hierarchy } from "./store/hierarchy.js";

/** A part of a waveform, as a person names it. */
export interface Selection {
  /** Full name of a scope: only what is in it, at any depth. */
  readonly scope?: string | undefined;
  /**
   * Full names of variables, with or without their range; with `scope` also names below it. `*` stands for any
   * characters.
   */
  readonly signals?: readonly string[] | undefined;
  /** Times with a unit, or in ticks: from this one up to and with that one. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** Numbers of the selected variables, ascending. Throws a {@link ReadFailure} that says which name nothing has. */
export function selectVariables(hierarchy: Hierarchy, { scope, signals }: Selection): Uint32Array {
  const names = new FullNames(hierarchy);
  const inside = scope === undefined ? undefined : scopesInside(hierarchy, names, scope);
  const wanted = signals?.map((name) => ({ name, pattern: patternOf(name), found: false }));
  const selected: number[] = [];
  for (let id = 0; id < hierarchy.variables; id++) {
    const parent = hierarchy.variableScope(id);
    if (inside && (parent === NONE || inside[parent] !== 1)) continue;
    if (wanted) {
      const full = names.variable(id);
      const { range } = hierarchy.variableName(id);
      const spellings = [full, full.slice(0, full.length - range.length)];
      if (scope !== undefined) spellings.push(...spellings.map((name) => name.slice(scope.length + 1)));
      let fits = false;
      for (const one of wanted) {
        if (!spellings.some((name) => (one.pattern ? one.pattern.test(name) : one.name === name))) continue;
        one.found = true;
        fits = true;
      }
      if (!fits) continue;
    }
    selected.push(id);
  }
  const missing = wanted?.find(({ found }) => !found);
  if (missing) {
    const where = scope === undefined ? "" : ` in ${scope}`;
    throw new ReadFailure("not-in-file", `The file has no variable ${missing.name}${where}`);
  }
  return Uint32Array.from(selected);
}

/** The selected times in ticks, within those of the file. Throws a {@link ReadFailure} for what is no time. */
export function selectTimes(
  info: WaveformInfo,
  selection: Selection,
): { readonly from: bigint; readonly to: bigint } {
  const read = (text: string | undefined, without: bigint): bigint => {
    if (text === undefined) return without;
    const ticks = parseTime(text, info.timescale);
    if (ticks === undefined) {
      throw new ReadFailure(
        "bad-time",
        `"${text}" is no time. Write a number with a unit, 1.5us, or of ticks, 1500`,
      );
    }
    return ticks < info.start ? info.start : ticks > info.end ? info.end : ticks;
  };
  const from = read(selection.from, info.start);
  const to = read(selection.to, info.end);
  if (from > to) throw new ReadFailure("bad-time", `${selection.from} is after ${selection.to}`);
  return { from, to };
}

/** Marks a scope and all scopes in it. */
function scopesInside(hierarchy: Hierarchy, names: FullNames, name: string): Uint8Array {
  const inside = new Uint8Array(hierarchy.scopes);
  let found = false;
  for (let id = 0; id < hierarchy.scopes; id++) {
    const parent = hierarchy.scopeParent(id);
    if ((parent !== NONE && inside[parent] === 1) || names.scope(id) === name) {
      inside[id] = 1;
      found = true;
    }
  }
  if (!found) throw new ReadFailure("not-in-file", `The file has no scope ${name}`);
  return inside;
}

function patternOf(name: string): RegExp | undefined {
  if (!name.includes("*")) return undefined;
  const parts = name.split(/\*+/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*?")}$`, "s");
}
