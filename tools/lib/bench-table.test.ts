import { describe, expect, it } from "vitest";
import { formatTable, judge } from "./bench-table.js";

describe("the table of ratios", () => {
  it.each([
    [2.9, "<= 3", "ok"],
    [3, "≤ 3×", "ok"],
    [3.01, "<= 3", "missed"],
    [0.04, "<= 1/20", "ok"],
    [0.06, "<= 1/20", "missed"],
    [2, ">= 2", "ok"],
    [1.9, "≥ 2", "missed"],
    [4, 5, "ok"],
    [undefined, "<= 3", "not measured"],
    [Number.NaN, "<= 3", "not measured"],
  ])("judges %s against %s: %s", (ratio, reach, verdict) => {
    expect(judge({ ratio, reach })).toBe(verdict);
  });

  it("refuses a target that it cannot read", () => {
    expect(() => judge({ ratio: 1, reach: "fast" })).toThrow('not "fast"');
  });

  it("aligns rows and says which were missed", () => {
    const row = { bench: "engine", name: "empty call", against: "raw call", note: "20 ns" };
    expect(
      formatTable([
        { ...row, ratio: 2.345, reach: "<= 3", verdict: "ok" },
        { ...row, name: "list", ratio: undefined, reach: ">= 2", verdict: "not measured", note: "no tool" },
      ]),
    ).toBe(
      [
        "bench   what        against   ratio  reach                note",
        "engine  empty call  raw call   2.3×   ≤ 3×  ok            20 ns",
        "engine  list        raw call      –   ≥ 2×  not measured  no tool",
      ].join("\n"),
    );
  });
});
