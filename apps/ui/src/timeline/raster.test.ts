import { describe, expect, it } from "vitest";
import { drawRow } from "./draw-row.js";
import type { DrawnRow } from "./decode.js";
import type { Inks } from "./inks.js";
import { over, packed, Raster } from "./raster.js";
import { SEGMENT } from "./segments.js";

/** Each ink is told apart by a letter; the test reads the pixels back as text. */
const LETTERS: Readonly<Record<keyof Inks, string>> = {
  background: ".",
  grid: "g",
  rowLine: "r",
  digital: "d",
  digitalFill: "f",
  digitalDense: "D",
  bus: "b",
  busFill: "v",
  dense: "m",
  unknown: "u",
  unknownFill: "x",
  unknownHatch: "h",
  highImpedance: "z",
  analog: "a",
  analogFill: "n",
  event: "e",
  outside: "o",
  unrecorded: "/",
  edge: "|",
};
const inks = Object.fromEntries(
  Object.entries(LETTERS).map(([name, letter]) => [name, letter.charCodeAt(0)]),
) as unknown as Inks;

function picture(row: DrawnRow, width: number, columnWidth: number, x = 0): string[] {
  const raster = new Raster(width, 14);
  raster.clear(inks.background);
  drawRow(raster, row, { x, width: columnWidth }, { top: 0, bottom: 14, line: 1 }, inks, () => {});
  return Array.from({ length: 6 }, (_, y) =>
    String.fromCharCode(...raster.pixels.subarray((y + 4) * width, (y + 5) * width)),
  );
}

function digital(...runs: readonly (readonly [number, number, number])[]): DrawnRow {
  return {
    kind: "digital",
    segments: {
      count: runs.length,
      starts: Int32Array.from(runs, (run) => run[0]),
      ends: Int32Array.from(runs, (run) => run[1]),
      kinds: Uint8Array.from(runs, (run) => run[2]),
      values: Int32Array.from(runs, () => 0),
    },
  };
}

describe("a bit that changes more often than there are pixels", () => {
  it("is a block in the bit's own colour; a single pulse is as bright as an edge", () => {
    expect(picture(digital([0, 2, SEGMENT.low], [2, 8, SEGMENT.dense]), 8, 1)[2]).toBe("..DDDDDD");
    expect(picture(digital([0, 3, SEGMENT.low], [3, 4, SEGMENT.dense], [4, 6, SEGMENT.low]), 6, 1)[2]).toBe(
      "...d..",
    );
  });
});

describe("raster", () => {
  it("cuts off what lies outside", () => {
    const raster = new Raster(10, 2);
    raster.fill(-5, -5, 3, 1, 7);
    raster.fill(9, 1, 99, 99, 8);
    raster.fill(4, 0, 4, 2, 9);
    expect([...raster.pixels]).toEqual([7, 7, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8]);
  });

  it("mixes a translucent colour with what is below", () => {
    const mixed = over({ r: 255, g: 0, b: 0, a: 51 }, { r: 0, g: 0, b: 255, a: 255 });
    expect(mixed).toEqual({ r: 51, g: 0, b: 204, a: 255 });
    expect(packed(mixed).toString(16)).toBe("ffcc0033");
    const raster = new Raster(1, 3);
    raster.clear(0xff000000);
    raster.span(0, 0.5, 2, 0xffffffff);
    expect([...raster.pixels].map((pixel) => pixel.toString(16))).toEqual([
      "ff7f7f7f",
      "ffffffff",
      "ff000000",
    ]);
  });

  it("draws a bit as two levels with an edge between, x as a hatched box, z in the middle", () => {
    const row = digital(
      [0, 3, SEGMENT.low],
      [3, 6, SEGMENT.high],
      [6, 8, SEGMENT.highImpedance],
      [8, 11, SEGMENT.unknown],
    );
    expect(picture(row, 11, 1)).toEqual([
      "...ddd..uuu",
      "...dff..uxu",
      "...dffzzuxu",
      "...dff..uxu",
      "...dff..uhu",
      "ddddff..uuu",
    ]);
  });

  it("never loses a change that is narrower than a pixel", () => {
    const row = digital([0, 10, SEGMENT.low], [10, 11, SEGMENT.high], [11, 20, SEGMENT.low]);
    expect(picture(row, 4, 0.2)[0]).toBe("..d.");
  });

  it("draws a value of a bus as a bar with pointed ends, and many narrow ones as a block", () => {
    const bus: DrawnRow = {
      kind: "bus",
      value: () => "0",
      segments: {
        count: 3,
        starts: Int32Array.of(0, 12, 13),
        ends: Int32Array.of(12, 13, 14),
        kinds: Uint8Array.of(SEGMENT.bus, SEGMENT.bus, SEGMENT.bus),
        values: Int32Array.of(0, 1, 2),
      },
    };
    const lines = picture(bus, 14, 1);
    expect(lines[0]).toBe("..bbbbbbbb..mm");
    expect(lines[2]?.startsWith("b")).toBe(true);
    expect(lines[5]).toBe("..bbbbbbbb..mm");
  });

  it("joins the columns of a curve", () => {
    const row: DrawnRow = {
      kind: "analog",
      low: Float64Array.of(0, 1, Number.NaN),
      high: Float64Array.of(0, 1, Number.NaN),
      bottom: 0,
      top: 1,
    };
    const lines = picture(row, 3, 1);
    for (const line of lines.slice(2, 4)) expect(line[1]).toBe("a");
    for (const line of lines) expect(line[2]).toBe(".");
  });
});
