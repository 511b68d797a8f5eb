import type { SignalKind, TimeUnit, Timescale } from "../model.js";

/** `$timescale` text, `1ns`, `10 ps`; `undefined` if it is none (IEEE 1364-2005, 18.2.3.5). */
export function parseTimescale(text: string): Timescale | undefined {
  const match = /^\s*(\d+)(?:\.0*)?\s*([a-z]+)\s*$/i.exec(text);
  const magnitude = Number(match?.[1] ?? 0);
  const unit = UNITS.get((match?.[2] ?? "").toLowerCase());
  if (unit === undefined || (magnitude !== 1 && magnitude !== 10 && magnitude !== 100)) return undefined;
  return { magnitude, unit };
}

const UNITS: ReadonlyMap<string, TimeUnit> = new Map([
  ["s", "s"],
  ["ms", "ms"],
  ["us", "us"],
  ["ns", "ns"],
  ["ps", "ps"],
  ["fs", "fs"],
]);

/** A longer range is part of the name. */
const MAX_RANGE = 64;

/** A variable as `$var` declares it. `code` is the index of its identifier code among the tokens. */
export interface Declaration {
  readonly type: string;
  readonly kind: SignalKind;
  readonly width: number;
  readonly name: string;
  readonly range: string;
}

/**
 * Reads the tokens of `$var TYPE WIDTH CODE NAME [RANGE]`. Names may hold spaces; the range stands apart or is attached
 * to the name; extended VCD gives a range in place of the width. A string says what is wrong.
 */
export function parseDeclaration(tokens: readonly string[]): Declaration | string {
  const [type, size, code, ...rest] = tokens;
  if (type === undefined || size === undefined || code === undefined) {
    return "$var needs a type, a width, an identifier code and a name";
  }
  const { name, range } = splitRange(rest.join(" "));
  const kind = kindOfType(type);
  const width = /^\d+$/.test(size) ? Number(size) : widthOfRange(size);
  if (width === undefined || !Number.isSafeInteger(width)) return `"${size.slice(0, 40)}" is no width`;
  return {
    type,
    kind,
    width: kind === "bits" ? Math.max(1, width) : 1,
    name: name === "" ? code : name,
    range: range === "" && size.startsWith("[") ? normaliseRange(size) : range,
  };
}

/** What the values of a variable of this type are. */
export function kindOfType(type: string): SignalKind {
  if (type.startsWith("real") || type === "shortreal") return "real"; // also realtime, real_parameter
  if (type === "string") return "string";
  return type === "event" ? "event" : "bits";
}

/** Splits a trailing `[msb:lsb]` or `[bit]` off a name. Earlier brackets (words of an array) belong to the name. */
export function splitRange(text: string): { name: string; range: string } {
  if (!text.endsWith("]")) return { name: text, range: "" };
  const match = /^(.*\S)\s*(\[\s*-?\d+\s*(?::\s*-?\d+\s*)?\])$/s.exec(text);
  const name = match?.[1];
  const range = match?.[2];
  if (name === undefined || range === undefined || range.length > MAX_RANGE) return { name: text, range: "" };
  // `\mem[0]`, an escaped identifier, has its bracket as part of its name; only a range that stands apart is one.
  if (name.startsWith("\\") && !/\s\[[^\]]*\]$/.test(text)) return { name: text, range: "" };
  return { name: name.trimEnd(), range: normaliseRange(range) };
}

function normaliseRange(range: string): string {
  return range.replaceAll(/\s+/g, "");
}

function widthOfRange(text: string): number | undefined {
  const match = /^\[(-?\d+)(?::(-?\d+))?\]$/.exec(text);
  if (match === null || text.length > MAX_RANGE) return undefined;
  const left = Number(match[1]);
  return match[2] === undefined ? 1 : Math.abs(left - Number(match[2])) + 1;
}
