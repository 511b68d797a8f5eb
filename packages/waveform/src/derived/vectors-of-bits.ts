import type { VariableInfo } from "../model.js";
import type { Derivation } from "./derivation.js";

/** A vector of which the file has only the bits, each as a variable of its own: `data[3]`, `data[2]`, … */
export interface BitVector {
  /** Full name with the range that the bits have together. */
  readonly fullName: string;
  readonly name: string;
  /** The bits, the one with the highest index most significant. */
  readonly bits: readonly VariableInfo[];
  readonly derivation: Derivation;
}

/**
 * Finds the vectors that can be put together from single bits among variables of a scope, as netlists and some
 * simulators write them. A vector needs at least two bits, and each index between its ends once.
 */
export function vectorsOfBits(variables: readonly VariableInfo[]): BitVector[] {
  const groups = new Map<string, { index: number; bit: VariableInfo }[]>();
  for (const bit of variables) {
    if (bit.kind !== "bits" || bit.width !== 1) continue;
    const match = /^(.*\S)\s*\[(-?\d{1,9})\]$/s.exec(bit.fullName);
    const base = match?.[1];
    if (base === undefined) continue;
    const group = groups.get(base);
    const member = { index: Number(match?.[2]), bit };
    if (group) group.push(member);
    else groups.set(base, [member]);
  }
  const vectors: BitVector[] = [];
  for (const [base, group] of groups) {
    const members = group.toSorted((a, b) => b.index - a.index);
    const first = members[0]?.index ?? 0;
    if (members.length < 2 || members.some(({ index }, i) => index !== first - i)) continue;
    const range = `[${first}:${first - members.length + 1}]`;
    const [sample] = members;
    const own = sample === undefined ? base : sample.bit.name.replace(/\[-?\d+\]$/, "").trimEnd();
    vectors.push({
      fullName: base + range,
      name: own + range,
      bits: members.map(({ bit }) => bit),
      derivation: { kind: "concat", parts: members.map(({ bit }) => bit.signal) },
    });
  }
  return vectors;
}
