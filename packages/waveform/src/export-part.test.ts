import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ReadFailure } from "./failure.js";
import { WaveformQueries } from "./query/waveform-queries.js";
import { infoOf } from "./read-waveform.js";
import { selectTimes, selectVariables, type Selection } from "./select-variables.js";
import { bytesSource } from "./source/byte-source.js";
import { WaveformBuilder } from "./store/waveform-builder.js";
import { randomWaveform } from "./testing/random-waveform.test.support.js";
import { readVcd } from "./vcd/vcd-reader.js";
import { writeChanges, writeHeader, writtenSignals } from "./vcd/vcd-writer.js";

function read(text: string): WaveformBuilder {
  const builder = new WaveformBuilder();
  readVcd(bytesSource(new TextEncoder().encode(text)), builder);
  return builder;
}

function exported(builder: WaveformBuilder, selection: Selection): string {
  const info = infoOf(builder, "vcd", 0);
  let text = "";
  const part = { variables: selectVariables(builder.hierarchy, selection), ...selectTimes(info, selection) };
  const write = (piece: string): string => (text += piece);
  writeHeader(info, builder, write, part);
  writeChanges(info, builder, write, writtenSignals(builder, part), part);
  return text;
}

const TEXT = `$timescale 10 ns $end
$scope module top $end
$var wire 1 ! clk $end
$scope module cpu $end
$var wire 8 " data [7:0] $end
$var wire 1 ! clk $end
$var event 1 # done $end
$upscope $end
$scope module ram $end
$var real 64 $ level $end
$upscope $end
$upscope $end
$enddefinitions $end
#0
0!
b1 "
#5
1!
1#
#10
0!
b10 "
r1.5 $
#20
1!
`;

describe("a part of a waveform", () => {
  it.each<[string, Selection, readonly string[]]>([
    ["all", {}, ["top.clk", "top.cpu.data[7:0]", "top.cpu.clk", "top.cpu.done", "top.ram.level"]],
    ["a scope", { scope: "top.cpu" }, ["top.cpu.data[7:0]", "top.cpu.clk", "top.cpu.done"]],
    ["names", { signals: ["top.clk", "top.cpu.data[7:0]"] }, ["top.clk", "top.cpu.data[7:0]"]],
    ["a name without its range", { signals: ["top.cpu.data"] }, ["top.cpu.data[7:0]"]],
    ["a pattern", { signals: ["*.clk"] }, ["top.clk", "top.cpu.clk"]],
    ["a pattern with a range", { signals: ["top.*[7:0]"] }, ["top.cpu.data[7:0]"]],
    ["a name below a scope", { scope: "top.cpu", signals: ["clk"] }, ["top.cpu.clk"]],
  ])("is selected by %s", (_, selection, names) => {
    const builder = read(TEXT);
    const queries = new WaveformQueries(read(exported(builder, selection)));
    expect(queries.variables({ offset: 0, limit: 100 }).items.map(({ fullName }) => fullName)).toEqual(names);
  });

  it("leaves scopes out that have nothing in it", () => {
    const text = exported(read(TEXT), { signals: ["top.ram.level"] });
    expect(text).not.toContain("cpu");
    expect(text).not.toContain("!");
  });

  it("begins with the values that are in force, and ends where it was told to", () => {
    const text = exported(read(TEXT), { from: "70ns", to: "15" });
    expect(text.slice(text.indexOf("$enddefinitions"))).toBe(
      '$enddefinitions $end\n#7\n$dumpvars\n1!\nb1 "\n$end\n#10\n0!\nb10 "\nr1.5 $\n#15\n',
    );
  });

  it.each<[Selection, string, RegExp]>([
    [{ scope: "top.gpu" }, "not-in-file", /no scope top\.gpu/],
    [{ signals: ["top.clk", "top.clock"] }, "not-in-file", /no variable top\.clock$/],
    [{ scope: "top.cpu", signals: ["level"] }, "not-in-file", /level in top\.cpu/],
    [{ from: "soon" }, "bad-time", /"soon" is no time/],
    [{ from: "20", to: "10" }, "bad-time", /after/],
  ])("%j is refused", (selection, code, message) => {
    expect(() => exported(read(TEXT), selection)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) as string }) as ReadFailure,
    );
  });

  it("has at every tick of its window the values of the whole", () => {
    fc.assert(
      fc.property(randomWaveform(60), fc.nat(100), fc.nat(100), fc.nat(1_000), (model, a, b, pick) => {
        const whole = read(model.text);
        const [from, to] = [Math.min(a, b), Math.max(a, b)].map((part) => (model.end * BigInt(part)) / 100n);
        const name = `top.sig${pick % model.signals.length}`;
        const part = read(exported(whole, { signals: [name], from: String(from), to: String(to) }));
        const [asked, answered] = [new WaveformQueries(whole), new WaveformQueries(part)];
        const id = pick % model.signals.length;
        const isEvent = model.signals[id]?.kind === "event";
        const times = Array.from({ length: whole.times.length }, (_, i) => whole.times.at(i));
        for (const time of [from ?? 0n, ...times.filter((at) => at >= (from ?? 0n) && at <= (to ?? 0n))]) {
          const [want] = asked.values([id], time);
          // An event that fired before the window is not in it.
          const [got] = answered.values([0], time);
          expect(isEvent ? (got ?? "0") : got).toBe(isEvent ? (want ?? "0") : want);
        }
        expect([part.start, part.end]).toEqual([from, to]);
      }),
      { numRuns: 200 },
    );
  });
});
