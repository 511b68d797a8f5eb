import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { adviceForName, recogniseFormat } from "./recognise.js";

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

describe("a format is recognised by content", () => {
  it.each([
    "$date x $end",
    "\n\t $version",
    "\uFEFF$timescale 1 ns $end",
    "$comment hi $end",
    "$",
    "$da",
    "$scope",
  ])("%j is VCD", (head) => {
    expect(recogniseFormat(text(head))).toEqual({ kind: "readable", format: "vcd", gzipped: false });
  });

  it.each(["GHDLwave\n\u0010", "GHDLwave\n", "GHDL"])("%j is GHW", (head) => {
    expect(recogniseFormat(text(head))).toEqual({ kind: "readable", format: "ghw", gzipped: false });
  });

  it.each(["hello", "$dollars and cents", "#!/bin/sh", "<html>", "   ", "{}"])(
    "%j is no waveform",
    (head) => {
      expect(recogniseFormat(text(head)).kind).toBe("not-waveform");
    },
  );

  it("nothing is empty", () => {
    expect(recogniseFormat(new Uint8Array(0))).toEqual({ kind: "empty" });
  });

  it.each([
    ["a header block", [0, 0, 0, 0, 0, 0, 0, 1, 0x49, 0]],
    ["a wrapper", [254, 0, 0, 0, 0, 0, 0, 9, 9, 0, 0, 0, 0, 0, 0, 9, 9, 0x1f, 0x8b]],
  ])("%s is FST", (_, head) => {
    expect(recogniseFormat(Uint8Array.from(head))).toEqual({
      kind: "readable",
      format: "fst",
      gzipped: false,
    });
  });

  it("gzip data is what is in it, also where only its start is known", () => {
    const packed = gzipSync(`$date today $end ${"$comment x $end ".repeat(1_000)}`);
    for (const end of [90, packed.length])
      expect(recogniseFormat(packed.subarray(0, end))).toEqual({
        kind: "readable",
        format: "vcd",
        gzipped: true,
      });
    expect(recogniseFormat(gzipSync("hello")).kind).toBe("not-waveform");
    expect(recogniseFormat(gzipSync("")).kind).toBe("not-waveform");
    expect(recogniseFormat(Uint8Array.of(0x1f, 0x8b, 9, 9, 9)).kind).toBe("not-waveform");
  });

  it.each([
    ["gzip", [...gzipSync(gzipSync("$date"))], /gunzip/],
    ["fsdb", [...gzipSync(Uint8Array.from([0, 0, ...text("FSDB")]))], /fsdb2vcd/],
    ["lxt2", [0x13, 0x80, 0, 1], /lxt2vcd/],
    ["vzt", [0x56, 0x5a, 0, 1], /vzt2vcd/],
    ["fsdb", [0, 0, ...text("FSDB")], /fsdb2vcd/],
    ["vpd", [0, ...text("VCD+")], /vpd2vcd/],
  ])("%s is named with what to do", (format, head, message) => {
    const recognised = recogniseFormat(Uint8Array.from(head));
    expect(recognised).toMatchObject({ kind: "unsupported", format });
    expect(recognised.kind === "unsupported" && recognised.message).toMatch(message);
  });

  it.each([
    ["a/b.fsdb", /fsdb2vcd/],
    ["x.WLF", /wlf2vcd/],
    ["x.vpd", /vpd2vcd/],
    ["x.trn", /simvisdbutil/],
  ])("for unknown bytes the name %s gives advice", (name, message) => {
    expect(adviceForName(name)?.message).toMatch(message);
  });

  it("a name without a closed format gives none", () => {
    expect(adviceForName("x.vcd")).toBeUndefined();
    expect(adviceForName("fsdb")).toBeUndefined();
  });
});
