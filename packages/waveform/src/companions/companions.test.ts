import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseGtkwaveSave, type GtkwaveSave } from "./gtkwave-save.js";
import { parseTranslateFile } from "./translate-file.js";

function read(text: string): GtkwaveSave {
  const result = parseGtkwaveSave(text);
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

const SAVE = `[*]
[*] GTKWave Analyzer v3.3.116 (w)1999-2023 BSI
[*]
[dumpfile] "/tmp/run.vcd"
[dumpfile_size] 1234
[timestart] 1500
[size] 1920 1043
[pos] -1 -1
*-20.500000 123456 1000 -1 2000 -1
[markername] CReset ends
[treeopen] tb.
[treeopen] tb.dut.
[sst_width] 230
@28
tb.clk
@22
[color] 3
tb.dut.data[7:0]
@800200
-Control
@420
+{Level} tb.dut.level[15:0]
@8420
tb.dut.wave[7:0]
@c00200
-Inner
@28
(2)tb.dut.data[7:0]
#{pair[1:0]} tb.b (0)tb.dut.data[7:0]
@1401200
-Inner
@1000200
-Control
@200
-
-A comment
@2022
^1 /tmp/states.txt
tb.dut.state[1:0]
@4022
^>1 /tmp/run-me.sh
tb.dut.insn[31:0]
>100
@c0000404
[fpshift_count] 4
tb.dut.fixed[7:0]
[pattern_trace] 1
[pattern_trace] 0
`;

describe("a save file of GTKWave", () => {
  it("gives view, markers and open scopes", () => {
    expect(read(SAVE)).toMatchObject({
      dumpFile: "/tmp/run.vcd",
      start: 1_500n,
      zoom: -20.5,
      marker: 123_456n,
      markers: [
        { letter: "A", time: 1_000n },
        { letter: "C", time: 2_000n, name: "Reset ends" },
      ],
      openScopes: ["tb", "tb.dut"],
      warnings: [],
    });
  });

  it("gives rows with their formats, groups, vectors, comments and blank lines", () => {
    const { rows } = read(SAVE);
    const plain = { inverted: false, reversed: false, hidden: false };
    expect(rows).toEqual([
      { kind: "signal", name: "tb.clk", look: { ...plain, format: "bin" } },
      { kind: "signal", name: "tb.dut.data[7:0]", color: 3, look: { ...plain, format: "hex" } },
      {
        kind: "group",
        name: "Control",
        closed: false,
        rows: [
          {
            kind: "signal",
            name: "tb.dut.level[15:0]",
            alias: "Level",
            look: { ...plain, format: "dec-signed" },
          },
          {
            kind: "signal",
            name: "tb.dut.wave[7:0]",
            look: { ...plain, format: "dec-signed", analog: "step" },
          },
          {
            kind: "group",
            name: "Inner",
            closed: true,
            rows: [
              { kind: "signal", name: "tb.dut.data[7:0]", digit: 2, look: { ...plain, format: "bin" } },
              {
                kind: "vector",
                name: "pair[1:0]",
                parts: [{ name: "tb.b" }, { name: "tb.dut.data[7:0]", digit: 0 }],
                look: { ...plain, format: "bin" },
              },
            ],
          },
        ],
      },
      { kind: "blank" },
      { kind: "comment", text: "A comment" },
      {
        kind: "signal",
        name: "tb.dut.state[1:0]",
        translate: { kind: "file", path: "/tmp/states.txt" },
        look: { ...plain, format: "hex" },
      },
      {
        kind: "signal",
        name: "tb.dut.insn[31:0]",
        translate: { kind: "program", path: "/tmp/run-me.sh" },
        look: { ...plain, format: "hex" },
      },
      { kind: "signal", name: "tb.dut.fixed[7:0]", shift: 100n, look: { ...plain, format: "named" } },
    ]);
  });

  it.each([
    ["24", { format: "dec-unsigned" }],
    ["30", { format: "oct" }],
    ["820", { format: "ascii" }],
    ["420", { format: "dec-signed" }],
    ["40420", { format: "dec-signed" }],
    ["40020", { format: "real" }],
    ["10420", { analog: "interpolated" }],
    ["62", { inverted: true }],
    ["a2", { reversed: true }],
    ["122", { hidden: true }],
    ["4000022", { conversion: "gray-to-binary" }],
    ["20000024", { conversion: "population-count" }],
    ["100000022", { format: "named" }],
  ])("flags %s mean %o", (flags, look) => {
    expect(read(`[*]\n@${flags}\ntb.x\n`).rows[0]).toMatchObject({ look });
  });

  it("fixed point takes the place of the point from beside it", () => {
    expect(read("[*]\n@40000424\n[fpshift_count] 4\ntb.x\n").rows[0]).toMatchObject({
      look: { format: "fixed:4" },
    });
    expect(read("[*]\n@40000024\n[fpshift_count] 4\ntb.x\n").rows[0]).toMatchObject({
      look: { format: "ufixed:4" },
    });
  });

  it("lines may end as on Windows", () => {
    expect(read("[*]\r\n@22\r\ntb.x\r\n").rows).toMatchObject([{ name: "tb.x", look: { format: "hex" } }]);
  });

  it("warns of groups that do not fit and of what is not known", () => {
    const { rows, warnings } = read("[*]\n[new_thing] 7\n@1000200\n-Over\n@800200\n-Open\n@22\ntb.x\n");
    expect(rows).toMatchObject([{ kind: "group", name: "Open", rows: [{ name: "tb.x" }] }]);
    expect(warnings.map(({ line }) => line)).toEqual([2, 4, 6]);
  });

  it.each([
    ["[*]\n@hex\n", 2, /flags/],
    ["[*]\n[timestart] soon\n", 2, /"soon" is no time/],
    ["[*]\n\n*a b\n", 3, /no zoom/],
    ["[*]\n#{v}\n", 2, /vector/],
    ["[*]\n+alias\n", 2, /alias/],
    ["[*]\n[color] red\n", 2, /number/],
    [`[*]\n${"@800200\n-g\n".repeat(200)}`, 203, /deeper than 100/],
  ])("%j is an error with its line", (text, line, message) => {
    const result = parseGtkwaveSave(text);
    expect(result).toMatchObject({ ok: false, error: { line } });
    if (!result.ok) expect(result.error.message).toMatch(message);
  });

  it("other text, and bytes, are no save file", () => {
    expect(parseGtkwaveSave("buy milk\n")).toMatchObject({ ok: false });
    expect(parseGtkwaveSave("[*]\n\0\0")).toMatchObject({ ok: false });
  });

  it("ends in rows or an error, whatever is in it", () => {
    const piece = fc.constantFrom(
      "[*]",
      "@22",
      "@800200",
      "@1000200",
      "-g",
      "tb.x",
      "#{a} b",
      "+a b",
      "*1 2",
      "^1 f",
      ">5",
      "[color] 2",
      "(3)x",
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string()), { maxLength: 40 }), (lines) => {
        const result = parseGtkwaveSave(lines.join("\n"));
        if (!result.ok) expect(result.error.message).not.toBe("");
      }),
    );
  });
});

describe("a translate file", () => {
  it("gives the text for a value, whatever its case", () => {
    const result = parseTranslateFile("# states\n00 IDLE\n0A  Waits for data \n\n1f ?red?ERROR\n");
    if (!result.ok) throw new Error(result.error.message);
    const table = result.value;
    expect(table.size).toBe(3);
    expect(["00", "0a", "0A", "1F", "22"].map((value) => table.find(value))).toEqual([
      { text: "IDLE" },
      { text: "Waits for data" },
      { text: "Waits for data" },
      { text: "ERROR", color: "red" },
      undefined,
    ]);
  });

  it("says on which lines something is passed over", () => {
    const result = parseTranslateFile("00 A\n01\n00 B\n");
    expect(result.ok && result.value.warnings.map(({ line }) => line)).toEqual([2, 3]);
    expect(result.ok && result.value.find("00")).toEqual({ text: "A" });
  });
});
