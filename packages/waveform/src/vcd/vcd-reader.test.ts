import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ReadFailure } from "../failure.js";
import { infoOf } from "../read-waveform.js";
import { WaveformQueries } from "../query/waveform-queries.js";
import { bytesSource } from "../source/byte-source.js";
import { WaveformBuilder } from "../store/waveform-builder.js";
import { randomWaveform } from "../testing/random-waveform.test.support.js";
import { readVcd } from "./vcd-reader.js";

interface Opened {
  readonly builder: WaveformBuilder;
  readonly queries: WaveformQueries;
  /** Value of the variable of that full name at a tick. */
  at(name: string, time: number | bigint): string | number | undefined;
}

function open(
  file: string | Uint8Array,
  chunk?: number,
  options: { batch?: number; directBelow?: number } = {},
): Opened {
  const bytes = typeof file === "string" ? new TextEncoder().encode(file) : file;
  const builder = new WaveformBuilder(options);
  readVcd(bytesSource(bytes, chunk), builder, chunk === undefined ? {} : { chunkBytes: chunk });
  const queries = new WaveformQueries(builder);
  return {
    builder,
    queries,
    at(name, time) {
      const variable = queries.resolve([name])[0];
      if (variable === undefined) throw new Error(`no variable ${name}`);
      return queries.values([variable.signal], BigInt(time))[0];
    },
  };
}

const names = ({ queries }: Opened): string[] =>
  queries.variables({ offset: 0, limit: 100 }).items.map((v) => v.fullName);
const failureOf = (file: string): ReadFailure => {
  try {
    open(file);
  } catch (error) {
    if (error instanceof ReadFailure) return error;
    throw error;
  }
  throw new Error("the file was read");
};

const HEAD = "$timescale 1 ns $end\n$scope module top $end\n";
const BODY = "$upscope $end\n$enddefinitions $end\n";

/** Of a file with the one bit `!`. */
const blackouts = (body: string) =>
  infoOf(open(`${HEAD}$var wire 1 ! a $end\n${BODY}${body}`).builder, "vcd", 0).blackouts;

describe("VCD in the wild", () => {
  it("events fire at their ticks, and a dump of all values is no firing", () => {
    const file = open(`${HEAD}$var event 1 ! e $end\n${BODY}#0\n$dumpvars\n1!\n$end\n#5\n1!\n1!\n#9\n`);
    expect([0, 4, 5, 6].map((time) => file.at("top.e", time))).toEqual([undefined, undefined, "1", "0"]);
    expect(file.builder.signals.transitions).toBe(1);
  });

  it("a one-bit wire may be written as a vector", () => {
    const file = open(`${HEAD}$var wire 1 ! a $end\n${BODY}#0\nb1 !\n#5\nbx !\n#6\nb10 !\n`);
    expect([0, 5, 6].map((time) => file.at("top.a", time))).toEqual(["1", "x", "0"]);
  });

  it("-0, NaN and infinities are real numbers", () => {
    const file = open(
      `${HEAD}$var real 64 ! r $end\n${BODY}#0\nr0 !\n#1\nr-0 !\n#2\nrnan !\n#3\nr-inf !\n#4\nr1.5e-300 !\n`,
    );
    expect([0, 1, 2, 3, 4].map((time) => file.at("top.r", time))).toEqual([
      0,
      -0,
      Number.NaN,
      -Infinity,
      1.5e-300,
    ]);
  });

  it("the bits of a vector may be variables of their own", () => {
    const file = open(`${HEAD}$var wire 1 ! b [1] $end\n$var wire 1 # b [0] $end\n${BODY}#0\n1!\n0#\n`);
    expect(names(file)).toEqual(["top.b[1]", "top.b[0]"]);
    expect(file.at("top.b[1]", 0)).toBe("1");
  });

  it("identifier codes may be long, sparse and of any bytes", () => {
    const codes = ["!", "~~~~", "a_very_long_identifier_code", "é", "1", "b0", "#", "$x", "\\"];
    const vars = codes.map((code, i) => `$var wire 8 ${code} v${i} $end\n`).join("");
    const values = codes.map((code, i) => `b${(i + 1).toString(2)} ${code}\n`).join("");
    const file = open(`${HEAD}${vars}${BODY}#0\n${values}#1\n`);
    expect(codes.map((_, i) => file.at(`top.v${i}`, 0))).toEqual(
      codes.map((_, i) => (i + 1).toString(2).padStart(8, "0")),
    );
  });

  it("$dumpoff gives x and begins a blackout, $dumpon gives the values again, $dumpall changes nothing", () => {
    const file = open(
      `${HEAD}$var wire 1 ! a $end\n${BODY}#0\n$dumpvars\n1!\n$end\n#5\n$dumpoff\nx!\n$end\n#8\n$dumpon\n1!\n$end\n#9\n$dumpall\n1!\n$end\n`,
    );
    expect([0, 5, 8, 9].map((time) => file.at("top.a", time))).toEqual(["1", "x", "1", "1"]);
    expect(file.builder.signals.transitions).toBe(3);
    expect(file.builder.warnings).toEqual([]);
    expect(infoOf(file.builder, "vcd", 0).blackouts).toEqual([{ from: 5n, to: 8n }]);
  });

  it("a blackout may last until the end, take no time, and be one of extended VCD", () => {
    expect(blackouts("#5\n$dumpoff\nx!\n$end\n$dumpoff $end\n#8\n")).toEqual([{ from: 5n }]);
    expect(blackouts("#5\n$dumpoff\nx!\n$end\n$dumpon\n1!\n$end\n#8\n$dumpon $end\n")).toBeUndefined();
    expect(blackouts("#5\n$dumpportsoff\nx!\n$end\n#6\n$dumpportson\n1!\n$end\n")).toEqual([
      { from: 5n, to: 6n },
    ]);
  });

  it("comments and unknown commands may stand anywhere", () => {
    const file = open(
      `$comment #5 1! $var $end\n${HEAD}$comment b1 ! $end $attrbegin misc 07 x $end\n$var wire 1 ! a $end\n${BODY}#0\n$comment 1! $end 0!\n#1\n$comment\n#7\n$end\n`,
    );
    expect(file.at("top.a", 1)).toBe("0");
    expect(file.builder.end).toBe(1n);
  });

  it("time that runs backwards is kept where it was, with a warning", () => {
    const file = open(`${HEAD}$var wire 1 ! a $end\n${BODY}#5\n0!\n#3\n1!\n#-2\n#6\n0!\n`);
    expect([4, 5, 6].map((time) => file.at("top.a", time))).toEqual([undefined, "1", "0"]);
    expect(file.builder.warnings).toMatchObject([{ code: "time-backwards", time: 5n }]);
    expect([file.builder.start, file.builder.end]).toEqual([5n, 6n]);
  });

  it("fractional time stamps go to the tick before, with a warning", () => {
    const file = open(`${HEAD}$var wire 1 ! a $end\n${BODY}#0.5\n0!\n#2.75\n1!\n`);
    expect([0, 1, 2].map((time) => file.at("top.a", time))).toEqual(["0", "0", "1"]);
    expect(file.builder.warnings).toMatchObject([{ code: "fractional-time" }]);
  });

  it("names may be escaped, with dots and spaces, and full names stay unambiguous", () => {
    const file = open(
      `${HEAD}$var wire 8 ! \\a.b [7:0] $end\n$var wire 1 # two words $end\n$var wire 1 % \\mem[0] $end\n$var wire 4 & \\mem[1] [3:0] $end\n$scope module \\x.y $end\n$var wire 1 ' z $end\n$upscope $end\n${BODY}#0\nb1 !\n`,
    );
    expect(names(file)).toEqual([
      "top.\\a.b [7:0]",
      "top.\\two words ",
      "top.\\mem[0]",
      "top.\\mem[1][3:0]",
      "top.\\x.y .z",
    ]);
    expect(file.at("top.\\a.b [7:0]", 0)).toBe("00000001");
  });

  it("the range stands apart or attached, with or without spaces", () => {
    const file = open(
      `${HEAD}$var wire 8 ! a [7:0] $end\n$var wire 8 # b[7:0] $end\n$var wire 8 % c [ 7 : 0 ] $end\n$var wire 8 & m[3] [7:0] $end\n$var wire 4 ' n [-1:-4] $end\n${BODY}`,
    );
    expect(names(file)).toEqual(["top.a[7:0]", "top.b[7:0]", "top.c[7:0]", "top.m[3][7:0]", "top.n[-1:-4]"]);
  });

  it("a missing $enddefinitions is a warning", () => {
    const file = open(`${HEAD}$var wire 1 ! a $end\n$upscope $end\n#0\n1!\n`);
    expect(file.at("top.a", 0)).toBe("1");
    expect(file.builder.warnings).toMatchObject([{ code: "missing-enddefinitions" }]);
  });

  it("a missing $end before the next command is understood", () => {
    const file = open(
      `$timescale 10 us\n$scope module top $end\n$var wire 1 ! a\n$var wire 1 # b $end\n${BODY}#0\n1#\n`,
    );
    expect(names(file)).toEqual(["top.a", "top.b"]);
    expect(file.builder.timescale).toEqual({ magnitude: 10, unit: "us" });
  });

  it("short vectors extend to the left: x and z repeat, 1 does not; long ones lose what is too much", () => {
    const file = open(
      `${HEAD}$var wire 8 ! a $end\n${BODY}#0\nb1 !\n#1\nbx1 !\n#2\nbz !\n#3\nb0x !\n#4\nb111100001111 !\n#5\nx!\n`.replace(
        "#6\nb !\n",
        "",
      ),
    );
    expect([0, 1, 2, 3, 4, 5].map((time) => file.at("top.a", time))).toEqual([
      "00000001",
      "xxxxxxx1",
      "zzzzzzzz",
      "0000000x",
      "00001111",
      "xxxxxxxx",
    ]);
  });

  it("CRLF, tabs, several values on a line and values over two lines are all white space", () => {
    const file = open(
      `${HEAD}$var wire 4 ! a $end\n$var wire 1 # b $end\n${BODY}#0 b1010\n! 1#\n#5\tb1\t! 0#\n`.replaceAll(
        "\n",
        "\r\n",
      ),
    );
    expect([file.at("top.a", 0), file.at("top.b", 0), file.at("top.a", 5), file.at("top.b", 5)]).toEqual([
      "1010",
      "1",
      "0001",
      "0",
    ]);
    expect(file.builder.warnings).toEqual([]);
  });

  it("strings are read, with the escapes that GTKWave writes", () => {
    const file = open(
      `${HEAD}$var string 1 ! s $end\n$var reg 8 # state $end\n${BODY}#0\nsidle !\nsRUN #\n#1\nstwo\\040words\\n !\n#2\ns !\n`,
    );
    expect([0, 1, 2].map((time) => file.at("top.s", time))).toEqual(["idle", "two words\n", ""]);
    expect(file.at("top.state", 0)).toBe("RUN");
  });

  it("port values of extended VCD are read", () => {
    const file = open(
      `$scope module top $end\n$var port 1 <0 clk $end\n$var port [3:0] <1 bus $end\n${BODY}#0\n$dumpports\npD 6 0 <0\npNZUL 0 6 <1\n$end\n#5\npU 0 6 <0\n$vcdclose #7 $end\n`,
    );
    expect([file.at("top.clk", 0), file.at("top.bus[3:0]", 0), file.at("top.clk", 5)]).toEqual([
      "0",
      "xz10",
      "1",
    ]);
  });

  it("port values come with strengths of any form, at any zoom of white space", () => {
    const file = open(
      `$scope module top $end\n$var port [7:0] <0 bus $end\n$var port 1 <1 a $end\n${BODY}#0\n$dumpports\npDUNZLHXT 00000000\n66666666 <0\npf 0 0 <1 $end\n#1\npddddUUUU 60000000 06666666 <0\npT 0 0 <1\n#2\npl 5 0 <1\n#3\nph 0 5 <1\n`,
    );
    expect([0, 1].map((time) => file.at("top.bus[7:0]", time))).toEqual(["01xz01xz", "00001111"]);
    expect([0, 1, 2, 3].map((time) => file.at("top.a", time))).toEqual(["x", "z", "0", "1"]);
    expect(file.builder.warnings).toEqual([]);
  });

  it.each([
    ["1 fs", 1, "fs"],
    ["10ps", 10, "ps"],
    ["100\n\tns", 100, "ns"],
    ["1us", 1, "us"],
    ["100 MS", 100, "ms"],
    ["10 s", 10, "s"],
    ["1.0 ns", 1, "ns"],
  ])("a tick may be %s", (text, magnitude, unit) => {
    const file = open(`$timescale ${text} $end\n$var wire 1 ! a $end\n$enddefinitions $end\n#0\n1!\n`);
    expect(file.builder.timescale).toEqual({ magnitude, unit });
  });

  it("$timezero moves the origin, also back, and is said as it is", () => {
    for (const zero of ["-500", "7", "+9223372036854775807", "-9223372036854775808"]) {
      const file = open(
        `$timezero ${zero} $end\n${HEAD}$var wire 1 ! a $end\n${BODY}#18446744073709551615\n1!\n`,
      );
      expect(file.builder.timeZero).toBe(BigInt(zero.replace("+", "")));
      expect(file.builder.end).toBe(2n ** 64n - 1n);
      expect(file.at("top.a", 2n ** 64n - 1n)).toBe("1");
    }
    expect(() => open("$timezero later $end\n")).toThrow(/no time zero/);
  });

  it("what GTKWave and Icarus add is passed over, parameters are variables that never change", () => {
    const file = open(
      `$timescale 1 ns $end\n$attrbegin misc 07 states 2 idle run 0 1 1 $end\n$scope module top $end\n$attrbegin misc 07 "" 1 $end\n$var parameter 32 p WIDTH [31:0] $end\n$var real_parameter 64 r RATIO $end\n$var wire 1 ! a $end\n$attrend $end\n${BODY}#0\n$dumpvars\nb1100 p\nr0.75 r\n0!\n$end\n#3\n1!\n$comment the end $end\n`,
    );
    expect(names(file)).toEqual(["top.WIDTH[31:0]", "top.RATIO", "top.a"]);
    expect(file.at("top.WIDTH[31:0]", 3)).toBe("1100".padStart(32, "0"));
    expect([file.at("top.RATIO", 0), file.at("top.a", 3)]).toEqual([0.75, "1"]);
    expect(file.builder.warnings).toEqual([]);
  });

  it("a byte order mark may come first", () => {
    const text = `\ufeff${HEAD}$var wire 1 ! a $end\n${BODY}#0\n1!\n`;
    for (const chunk of [1, 2, 3, 1_000]) expect(open(text, chunk).at("top.a", 0)).toBe("1");
    expect(() => open(`${HEAD}\ufeff`)).toThrow(/neither a value/);
  });

  it("$enddefinitions without $end swallows no value", () => {
    const file = open(`${HEAD}$var wire 1 ! a $end\n$enddefinitions\n#0\n$dumpvars\n1!\n$end\n#5\n0!\n`, 7);
    expect([0, 5].map((time) => file.at("top.a", time))).toEqual(["1", "0"]);
  });

  it("a comment may be one endless word, in which $end is no end", () => {
    const word = "word$end".repeat(1_000);
    const file = open(`$comment ${word} $end\n${HEAD}$var wire 1 ! a $end\n${BODY}#0\n1!\n`, 64);
    expect(file.at("top.a", 0)).toBe("1");
  });

  it("zero bytes are white space", () => {
    const file = open(`${HEAD}$var wire 1 ! a $end\n${BODY}#0\n1!\n\0\0\0#5\n0!\n\0`);
    expect(file.at("top.a", 5)).toBe("0");
  });

  it("the nine states of VHDL are kept, in either case", () => {
    const file = open(
      `${HEAD}$var reg 9 ! a $end\n$var reg 1 # b $end\n${BODY}#0\nbUX01ZWLH- !\nW#\n#1\nbuuuuuuuuu !\n`,
    );
    expect([file.at("top.a", 0), file.at("top.b", 0), file.at("top.a", 1)]).toEqual([
      "ux01zwlh-",
      "w",
      "uuuuuuuuu",
    ]);
  });

  it("vectors may be very wide", () => {
    const wide = "10x1".repeat(20_000);
    const file = open(`${HEAD}$var wire 80000 ! a $end\n${BODY}#0\nb${wide} !\n#1\nb${wide} !\n#2\nb1 !\n`);
    expect(file.at("top.a", 1)).toBe(wide);
    expect(file.at("top.a", 2)).toBe("1".padStart(80_000, "0"));
    expect(file.builder.signals.transitions).toBe(2);
  });

  it("variables with one code are one signal", () => {
    const file = open(
      `${HEAD}$var wire 1 ! a $end\n$scope module sub $end\n$var wire 1 ! b $end\n$upscope $end\n${BODY}#0\n1!\n`,
    );
    expect(file.builder.signals.length).toBe(1);
    expect(file.at("top.sub.b", 0)).toBe("1");
  });

  it("a scope that is opened again is the same scope", () => {
    const file = open(
      `${HEAD}$var wire 1 ! a $end\n$upscope $end\n${HEAD.slice(21)}$var wire 1 # b $end\n${BODY}`,
    );
    expect(file.builder.hierarchy.scopes).toBe(1);
    expect(names(file)).toEqual(["top.a", "top.b"]);
  });

  it("a missing time scale is 1 ns; values of undeclared codes are ignored with a warning", () => {
    const file = open(`$var wire 1 ! a $end\n$enddefinitions $end\n#0\n1?\nb1 ??\n1!\n`);
    expect(file.builder.timescale).toEqual({ magnitude: 1, unit: "ns" });
    expect(file.at("a", 0)).toBe("1");
    expect(file.builder.warnings).toMatchObject([{ code: "undeclared-id", time: 0n }]);
  });

  it("of several values at one tick the last counts", () => {
    const file = open(
      `${HEAD}$var wire 1 ! a $end\n$var wire 8 # b $end\n${BODY}#0\nx!\n0!\nbx #\nb1 #\n#5\n1!\n0!\nb10 #\nb1 #\n`,
    );
    expect([file.at("top.a", 0), file.at("top.b", 5)]).toEqual(["0", "00000001"]);
    expect(file.builder.signals.transitions).toBe(2);
  });
});

describe("damage among the changes ends the file there", () => {
  it.each([
    ["1!\n?!\n", /line 10: .*neither a value/],
    ["1!\n#x\n", /no time/],
    ["1!\n#99999999999999999999999\n", /2\^64/],
    [`1!\n#${"9".repeat(5_000)}\n`, /2\^64/],
    ["1!\nrabc %\n", /no real number/],
    ["1!\nb12 #\n", /no value/],
    ["1!\npQ 0 0 #\n", /no port value/],
    ["1!\n$var wire q ! a $end\n", /no width/],
    ["1!\n1\n", /without the identifier code/],
  ])("%#", (body, message) => {
    const vars = "$var wire 1 ! a $end\n$var wire 9 # b $end\n$var real 64 % c $end\n";
    const text = `${HEAD}${vars}${BODY}#3\n${body}`;
    const file = open(`${text}#9\n0!\n`);
    expect([2, 3, 9].map((time) => file.at("top.a", time))).toEqual([undefined, "1", "1"]);
    const byte = text.indexOf("1!") + 3;
    expect(file.builder.warnings).toMatchObject([{ code: "truncated", time: 3n }]);
    expect(file.builder.warnings[0]?.message).toMatch(message);
    expect(Math.abs((file.builder.warnings[0]?.byte ?? 0) - byte)).toBeLessThan(3);
    expect(file.builder.end).toBe(3n);
  });
});

describe("what is wrong is said with byte and line", () => {
  it.each([
    ["$var wire q ! a $end\n", /"q" is no width/, 1],
    ["\n\n$var wire 1 $end\n", /needs a type/, 3],
    ["$var wire 99999999 ! a $end\n", /wider than/, 1],
    ["$timescale 3 ns $end\n", /no time scale/, 1],
    ["$var wire 4000000000 ! a $end\n", /wider than/, 1],
    [`${HEAD}$var wire ${"9".repeat(400)} ! a $end\n`, /no width/, 3],
    [`${HEAD}$var wire 1 ${"i".repeat(2_000)} a $end\n`, /identifier code is longer/, 3],
    [`${HEAD}$date ${"a ".repeat(600_000)}`, /\$date does not end/, 3],
    [`${HEAD}$scope module ${"n".repeat(17_000)} $end\n`, /names of nested scopes/, 3],
    [
      `${HEAD}${Array.from({ length: 66_000 }, (_, i) => `$var t${i} 1 ! a $end `).join("")}`,
      /types/,
      undefined,
    ],
    ["$scope module a $end\n".repeat(1_002), /nested deeper/, 1_001],
  ])("%#", (file, message, line) => {
    const failure = failureOf(file);
    expect(failure.message).toMatch(message);
    expect(failure.line).toBe(line);
    expect(failure.code).toBe(line === undefined ? "too-large" : "malformed");
    expect(failure.byte === undefined).toBe(line === undefined);
  });
});

/** Everything that can be seen of a file, for comparing two ways of reading it. */
function everything(file: Opened): unknown {
  const { builder, queries } = file;
  const signals = Array.from({ length: builder.signals.length }, (_, i) => i);
  const ticks = Array.from({ length: builder.times.length }, (_, i) => builder.times.at(i));
  return {
    variables: queries.variables({ offset: 0, limit: 100 }),
    warnings: builder.warnings,
    end: builder.end,
    transitions: builder.signals.transitions,
    values: ticks.map((tick) => [tick, queries.values(signals, tick)]),
  };
}

describe("how the bytes arrive makes no difference", () => {
  it("in pieces of any size", () => {
    fc.assert(
      fc.property(randomWaveform(40), fc.integer({ min: 1, max: 40 }), (model, chunk) => {
        expect(everything(open(model.text, chunk))).toEqual(everything(open(model.text)));
      }),
      { numRuns: 150 },
    );
  });
});

describe("a file that was cut off", () => {
  const text = `${HEAD}$var wire 1 ! a $end\n$var wire 8 !a b $end\n$var real 64 # r $end\n${BODY}#0\n$dumpvars\n0!\nbx !a\nr0.5 #\n$end\n#10\n1!\nb101 !a\n#123\n0!\nr1.25 #\n#200\n`;
  const whole = open(text);
  const bodyAt = text.indexOf("#0\n");

  it("at any byte is read up to there, and says so wherever that can be told", () => {
    for (let length = 1; length < text.length; length++) {
      const cut = open(text.slice(0, length));
      const warning = cut.builder.warnings.find(({ code }) => code === "truncated");
      // Cut at the end of a line, after the dump of all values, the rest is a whole file.
      const isWhole =
        text[length - 1] === "\n" &&
        length > bodyAt &&
        !(length > bodyAt + 3 && length <= text.indexOf("#10\n") - 5);
      const afterEnd = /\$end\s*$/.test(text.slice(0, length)) && length > bodyAt - 2;
      if (!isWhole && !afterEnd) expect(warning, `cut at ${length}`).toBeDefined();
      if (warning) expect(warning.byte).toBeLessThanOrEqual(length);
      expect(cut.builder.end).toBeLessThanOrEqual(whole.builder.end);
      for (const name of names(cut)) {
        if (!["top.a", "top.b", "top.r"].includes(name)) continue;
        for (let tick = 0n; tick < cut.builder.end; tick += 5n)
          expect(cut.at(name, tick)).toEqual(whole.at(name, tick));
      }
    }
  });

  it("in the middle of a code does not change the signal whose code it looks like", () => {
    const cut = open(text.slice(0, text.indexOf("b101 !a") + 6));
    expect(cut.at("top.a", 10)).toBe("1");
    expect(cut.at("top.b", 10)).toBe("xxxxxxxx");
  });
});

describe("hostile bytes", () => {
  it("a name that is declared a hundred thousand times is found, and is the first of them", () => {
    const file = open(`${HEAD}${"$var wire 1 ! a $end\n".repeat(100_000)}$var wire 1 # b $end\n${BODY}`);
    const [a, b] = file.queries.resolve(["top.a", "top.b"]);
    expect([a?.id, b?.id]).toEqual([0, 100_000]);
  });

  const seed = new TextEncoder().encode(
    `${HEAD}$var wire 1 ! a $end\n$var wire 12 # b [11:0] $end\n$var real 64 % r $end\n$var string 1 & s $end\n${BODY}#0\n$dumpvars\n0!\nbx #\nr0.5 %\nsabc &\n$end\n#10\n1!\nb101 #\n#123\n0!\npDU 0 1 #\n`,
  );

  it("end in a reading or in a failure with a place, never in anything else", () => {
    const edit = fc.record({
      at: fc.nat(seed.length - 1),
      byte: fc.oneof(fc.nat(255), fc.constantFrom(0, 10, 32, 35, 36, 45, 46, 98)),
    });
    fc.assert(
      fc.property(
        fc.array(edit, { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: 64 }),
        (edits, chunk) => {
          const bytes = seed.slice();
          for (const { at, byte } of edits) bytes[at] = byte;
          try {
            everything(open(bytes, chunk));
          } catch (error) {
            if (!(error instanceof ReadFailure)) throw error;
            expect(error.code).toBe("malformed");
            expect(error.byte).toBeTypeOf("number");
          }
        },
      ),
      { numRuns: 700 },
    );
  });

  it("of any kind do the same", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        try {
          open(bytes);
        } catch (error) {
          if (!(error instanceof ReadFailure)) throw error;
        }
      }),
      { numRuns: 500 },
    );
  });
});
