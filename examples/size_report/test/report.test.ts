import { describe, expect, it } from "vitest";
import { report } from "../src/report.js";

describe("size_report", () => {
  it("adds up the sizes and names the largest file", () => {
    const files = [
      { path: "/w/a.vcd", size: 1_200_000 },
      { path: "/w/b.fst", size: 2_300_000 },
    ];
    expect(report(files)).toEqual({ summary: "2 files, 3.5 MB", largest: "/w/b.fst" });
  });

  it("says zero for an empty folder", () => {
    expect(report([])).toEqual({ summary: "0 files, 0.0 MB", largest: undefined });
  });
});
