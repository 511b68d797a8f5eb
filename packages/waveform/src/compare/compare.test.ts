import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { randomWaveform, valueAt, type ModelWaveform } from "../testing/random-waveform.test.support.js";
import { compareWaveforms, waveformStatistics } from "../whole-files.js";
import { compareFiles, type Comparison } from "./compare-files.js";

const REPOSITORY = new URL("../../../../", import.meta.url).pathname;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "novywave-compare-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const compare = (a: string, b: string): Promise<Comparison> =>
  compareFiles(file("a.vcd", a), file("b.vcd", b));

const HEAD =
  "$scope module t $end\n$var wire 4 ! n [3:0] $end\n$var wire 1 # c $end\n$upscope $end\n$enddefinitions $end\n";

async function checkOneChange(model: ModelWaveform, at: number): Promise<void> {
  const lines = model.text.split("\n");
  // One change less: any signal may differ from then on, none before.
  const changes = lines.flatMap((line, i) => (/^(?:[01xzuwlhXZ-]s|[bBrs])/.test(line) ? [i] : []));
  const gone = changes[at % Math.max(1, changes.length)];
  if (gone === undefined) return;
  const text = lines.filter((_, i) => i !== gone).join("\n");
  const result = await compare(model.text, text);
  const signal = Number(/s(\d+)$/.exec(lines[gone] ?? "")?.[1] ?? -1);
  for (const { name } of result.differences) expect(name).toMatch(new RegExp(`sig${signal}$`));
  const [difference] = result.differences;
  if (difference === undefined) return;
  const own = model.signals[signal];
  expect(own?.changes.some(({ time }) => time * 1_000_000n <= difference.time)).toBe(true);
  if (own?.kind === "bits") expect(difference.a).toBe(valueAt(own, difference.time / 1_000_000n));
}

describe("two files", () => {
  it("are equal whatever the order of their declarations, their codes and their ticks", async () => {
    const a = `$timescale 1 ns $end\n${HEAD}#0\nb0 !\n0#\n#5\nb11 !\n#10\n1#\n`;
    const b = `$timescale 100 ps $end\n$scope module t $end\n$var wire 1 A c $end\n$var wire 4 B n [3:0] $end\n$upscope $end\n$enddefinitions $end\n#0\n0A\nb0 B\n#50\nb0011 B\n#100\n1A\n`;
    const result = await compare(a, b);
    expect(result).toMatchObject({
      compared: 2,
      differences: [],
      onlyInA: [],
      onlyInB: [],
      changedWidth: [],
    });
    expect(result.range.a).toEqual(result.range.b);
  });

  it("that differ say where first, in femtoseconds", async () => {
    const a = `$timescale 1 ns $end\n${HEAD}#0\nb0 !\n0#\n#5\nb11 !\n#10\n1#\n`;
    const result = await compare(a, a.replace("b11", "bx1").replace("#10\n1#", "#10\n0#"));
    expect(result.differences).toEqual([
      { name: "t.n[3:0]", time: 5_000_000n, a: "0011", b: "xxx1" },
      { name: "t.c", time: 10_000_000n, a: "1", b: "0" },
    ]);
  });

  it("name what only one has and what has another width", async () => {
    const a = `${HEAD}#0\n`;
    const b = a.replace("4 ! n [3:0]", "8 ! n [7:0]").replace("c $end", "d $end");
    expect(await compare(a, b)).toMatchObject({
      compared: 0,
      onlyInA: ["t.c"],
      onlyInB: ["t.d"],
      changedWidth: [{ a: "t.n[3:0]", b: "t.n[7:0]" }],
    });
  });

  it("are compared up to the earlier end", async () => {
    const a = `${HEAD}#0\n0#\n#5\n1#\n`;
    const result = await compare(a, `${a}#9\n0#\n`);
    expect(result.differences).toEqual([]);
    expect(result.range).toMatchObject({ a: [0n, 5_000_000n], b: [0n, 9_000_000n] });
  });

  it("a bit without a value is x, aliases are told by all their names, names equal text", async () => {
    const a =
      "$var wire 1 ! a $end\n$var wire 1 ! b $end\n$var real 64 r r $end\n$enddefinitions $end\n#0\nx!\nrnan r\n#2\n1!\n";
    expect((await compare(a, a.replace("x!\n", ""))).differences).toEqual([]);
    const { differences } = await compare(a, a.replace("1!", "0!"));
    expect(differences.map(({ name }) => name)).toEqual(["a", "b"]);
  });

  it("differ first where a brute-force search finds it", async () => {
    await fc.assert(fc.asyncProperty(randomWaveform(40), fc.nat(1_000), checkOneChange), { numRuns: 60 });
  });

  it("of GHDL, one as VCD and one as GHW, agree on what both have", async () => {
    const [ghw, vcd] = ["alu.ghw", "alu.vcd"].map((name) => join(REPOSITORY, "test_files/alu/deep/er", name));
    const result = await compareFiles(ghw ?? "", vcd ?? "");
    expect(result).toMatchObject({ compared: 8, differences: [], onlyInB: [], changedWidth: [] });
    expect(result.onlyInA).toEqual(["alu_tb.operation", "alu_tb.flags.zero", "alu_tb.flags.carry"]);
  });

  it("are compared in a thread; an error names the file that it is about", async () => {
    const path = file("a.vcd", `${HEAD}#0\n`);
    const same = await compareWaveforms(path, path);
    expect(same.ok && same.value.compared).toBe(2);
    const bad = file("b.vcd", "buy milk");
    const failed = await compareWaveforms(path, bad);
    expect(failed).toMatchObject({ ok: false, error: { code: "not-waveform", path: bad } });
    const cancelled = await compareWaveforms(path, path, { signal: AbortSignal.abort() });
    expect(cancelled).toMatchObject({ ok: false, error: { code: "cancelled" } });
  });
});

describe("statistics", () => {
  it("count by kind and name the most active signals", async () => {
    const path = file(
      "a.vcd",
      "$var wire 1 ! clk $end\n$var wire 1 ! again $end\n$var wire 8 # bus $end\n$var real 64 r r $end\n$var wire 1 q quiet $end\n$enddefinitions $end\n#0\n0!\nb1 #\n#1\n1!\n#2\n0!\nr1 r\n",
    );
    const counted = await waveformStatistics(path, { top: 2 });
    expect(counted).toMatchObject({
      ok: true,
      value: {
        transitions: 5,
        digits: 10,
        widest: 8,
        silent: 1,
        constant: 2,
        times: 3,
        kinds: { bits: { signals: 3, transitions: 4 }, real: { signals: 1, transitions: 1 } },
        active: [
          { name: "clk", variables: 2, width: 1, transitions: 3 },
          { name: "bus", variables: 1, width: 8, transitions: 1 },
        ],
      },
    });
  });
});
