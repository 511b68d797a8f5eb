import { describe, expect, it } from "vitest";
import { encodeBitColumns } from "../testing/encode-columns.js";
import { decodeRows } from "./decode.js";
import { clipLabel, shortNumber } from "./draw-row.js";
import { SEGMENT } from "./segments.js";
import { valueText } from "./value-text.js";
import { sampleVariable } from "../testing/samples.js";

describe("decoding an answer", () => {
  it("makes runs of 0, 1, x and z", () => {
    const [row] = decodeRows(encodeBitColumns(0n, 6n, 1, ["0", "0", "1", "x", "z", "z"]));
    expect(row?.kind).toBe("digital");
    if (row?.kind !== "digital") return;
    const { count, starts, kinds } = row.segments;
    expect(count).toBe(4);
    expect([...starts]).toEqual([0, 2, 3, 4]);
    expect([...kinds]).toEqual([SEGMENT.low, SEGMENT.high, SEGMENT.unknown, SEGMENT.highImpedance]);
  });

  it("refuses bytes that are no answer", () => {
    expect(() => decodeRows(new ArrayBuffer(3))).toThrow();
  });
});

describe("labels", () => {
  it("are cut with an ellipsis, and left out where nothing could be read", () => {
    expect(clipLabel("deadbeef", 8)).toBe("deadbeef");
    expect(clipLabel("deadbeef", 5)).toBe("dead…");
    expect(clipLabel("deadbeef", 1)).toBe("");
    expect(clipLabel("7", 1)).toBe("7");
    expect(clipLabel("deadbeef", 4)).toBe("dea…");
    expect(clipLabel("deadbeef", 3)).toBe("");
  });

  it("lose their leading zeros before they lose what tells a value", () => {
    expect(clipLabel("0000000c", 4)).toBe("…00c");
    expect(clipLabel("0000000c", 2)).toBe("…c");
    expect(clipLabel("0000000c", 1)).toBe("");
    expect(clipLabel("00000000", 3)).toBe("…00");
    expect(clipLabel("00001234", 5)).toBe("…1234");
    expect(clipLabel("00001234", 4)).toBe("000…");
  });

  it("write values in every format", () => {
    const bits = sampleVariable();
    expect(valueText("11111110", "hex", bits)).toBe("fe");
    expect(valueText("11111110", "signed", bits)).toBe("-2");
    expect(valueText("11111110", "unsigned", bits)).toBe("254");
    expect(valueText("01000001", "ascii", bits)).toBe("A");
    expect(valueText(1.5, "analog", sampleVariable({ kind: "real" }))).toBe("1.5");
    expect(valueText("idle", "string", sampleVariable({ kind: "string" }))).toBe("idle");
  });

  it("keep a scale's numbers short", () => {
    expect(shortNumber(3.444810000001)).toBe("3.44481");
    expect(shortNumber(0)).toBe("0");
    expect(shortNumber(12_345_678_901)).toBe("1.23e+10");
  });
});
