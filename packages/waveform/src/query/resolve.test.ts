import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { reload } from "../reload.js";
import { bytesSource } from "../source/byte-source.js";
import { WaveformBuilder } from "../store/waveform-builder.js";
import { readVcd } from "../vcd/vcd-reader.js";
import { WaveformQueries } from "./waveform-queries.js";

/** A file with variables of these names, some with ranges. */
function open(names: readonly string[]): WaveformQueries {
  const lines = names.map((name, i) => {
    const range = /^(.*)\[(-?\d+):(-?\d+)\]$/.exec(name);
    const width = range === null ? 1 : Math.abs(Number(range[2]) - Number(range[3])) + 1;
    return `$var wire ${width} s${i} ${range === null ? name : `${range[1]} [${range[2]}:${range[3]}]`} $end`;
  });
  const text = ["$scope module t $end", ...lines, "$upscope $end", "$enddefinitions $end", "#0"].join("\n");
  const builder = new WaveformBuilder();
  readVcd(bytesSource(new TextEncoder().encode(`${text}\n`)), builder);
  return new WaveformQueries(builder);
}

describe("variables are found by name", () => {
  it("also with another range, or without one, where only one is meant", () => {
    const queries = open(["bus[15:0]", "a[3:0]", "a[7:4]", "bit", "mem[0]", "mem[1]"]);
    const found = queries.resolve([
      "t.bus[7:0]",
      "t.bus",
      "t.a[3:0]",
      "t.a",
      "t.a[7:0]",
      "t.bit[3:0]",
      "t.mem[0]",
      "t.mem",
    ]);
    expect(found.map((variable) => variable?.fullName)).toEqual([
      "t.bus[15:0]",
      "t.bus[15:0]",
      "t.a[3:0]",
      undefined,
      undefined,
      "t.bit",
      "t.mem[0]",
      undefined,
    ]);
  });

  it("as the mapping of a file that is read again does", () => {
    const name = fc.constantFrom("a", "a[7:0]", "a[3:0]", "b", "b[1:0]", "c[0]", "c[1]", "c");
    fc.assert(
      fc.property(fc.uniqueArray(name), fc.uniqueArray(name), (before, after) => {
        const [old, now] = [open(before), open(after)];
        const [oldVariables, newVariables] = [old, now].map(
          (queries) => queries.variables({ offset: 0, limit: 100 }).items,
        );
        const { kept, changed, missing } = reload(oldVariables ?? [], newVariables ?? []);
        const resolve = (names: readonly string[]) =>
          now.resolve(names).map((variable) => variable?.fullName);
        expect(resolve(kept.map((pair) => pair.before.fullName))).toEqual(
          kept.map((pair) => pair.after.fullName),
        );
        // For what is missing nothing is found but what another one became.
        const taken = [...kept, ...changed].map((pair) => pair.after.fullName);
        for (const { fullName } of missing) {
          const [other] = resolve([fullName]);
          if (other !== undefined) expect(taken).toContain(other);
        }
      }),
      { numRuns: 200 },
    );
  });
});
