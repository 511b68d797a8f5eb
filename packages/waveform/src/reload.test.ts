import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { reload, type Reloadable } from "./reload.js";

const bits = (fullName: string, width = 1): Reloadable => ({ fullName, width, kind: "bits" });
const names = (variables: readonly Reloadable[]): string[] => variables.map(({ fullName }) => fullName);

describe("a file that is read again", () => {
  it("keeps, misses, adds and changes variables by their names", () => {
    const before = [
      bits("t.clk"),
      bits("t.gone"),
      bits("t.bus[7:0]", 8),
      bits("t.data[3:0]", 4),
      bits("t.level"),
    ];
    const after = [
      bits("t.data[3:0]", 4),
      bits("t.new"),
      bits("t.bus[15:0]", 16),
      bits("t.clk"),
      { fullName: "t.level", width: 1, kind: "real" },
    ];
    const result = reload(before, after);
    expect(result.kept.map(({ before, after }) => [before.fullName, after.fullName])).toEqual([
      ["t.clk", "t.clk"],
      ["t.data[3:0]", "t.data[3:0]"],
    ]);
    expect(result.changed.map(({ before, after }) => [before.fullName, after.fullName, after.width])).toEqual(
      [
        ["t.level", "t.level", 1],
        ["t.bus[7:0]", "t.bus[15:0]", 16],
      ],
    );
    expect(names(result.missing)).toEqual(["t.gone"]);
    expect(names(result.added)).toEqual(["t.new"]);
  });

  it("takes no part of a vector for the vector, and no one of two for a third", () => {
    const result = reload(
      [bits("t.a[7:0]", 8), bits("t.b[0]")],
      [bits("t.a[3:0]", 4), bits("t.a[7:4]", 4), bits("t.b[1]")],
    );
    expect(names(result.missing)).toEqual(["t.a[7:0]", "t.b[0]"]);
    expect(names(result.added)).toEqual(["t.a[3:0]", "t.a[7:4]", "t.b[1]"]);
  });

  it("loses none and counts none twice", () => {
    const variable = fc.record({
      fullName: fc.constantFrom("a", "a[7:0]", "a[3:0]", "b", "b[1:0]", "c[0]", "c"),
      width: fc.integer({ min: 1, max: 2 }),
      kind: fc.constantFrom("bits", "real"),
    });
    fc.assert(
      fc.property(fc.array(variable), fc.array(variable), (before, after) => {
        const { kept, changed, missing, added } = reload(before, after);
        const pairs = [...kept, ...changed];
        expect([...names(pairs.map((pair) => pair.before)), ...names(missing)].toSorted()).toEqual(
          [...new Set(names(before))].toSorted(),
        );
        expect([...names(pairs.map((pair) => pair.after)), ...names(added)].toSorted()).toEqual(
          [...new Set(names(after))].toSorted(),
        );
        for (const pair of kept) {
          expect([pair.after.fullName, pair.after.width, pair.after.kind]).toEqual([
            pair.before.fullName,
            pair.before.width,
            pair.before.kind,
          ]);
        }
        // What is there under its own name is never missing or taken for another.
        for (const { fullName } of missing) expect(names(after)).not.toContain(fullName);
      }),
    );
  });
});
