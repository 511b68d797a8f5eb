import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ReadFailure } from "../failure.js";
import type { VariableInfo } from "../model.js";
import { WaveformQueries } from "../query/waveform-queries.js";
import { readWaveformFile } from "../read-waveform.js";
import { bytesSource } from "../source/byte-source.js";
import { WaveformBuilder } from "../store/waveform-builder.js";
import { GhwBytes } from "../testing/ghw-bytes.test.support.js";
import { randomGhw } from "../testing/random-ghw.test.support.js";
import { realText, valueAt } from "../testing/random-waveform.test.support.js";
import { readVcd } from "../vcd/vcd-reader.js";
import { readGhw } from "./ghw-reader.js";

const FIXTURES = new URL("../../../../tests/fixtures/ghw/", import.meta.url);
const fixture = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(name, FIXTURES)));

interface Read {
  readonly builder: WaveformBuilder;
  readonly queries: WaveformQueries;
  readonly variables: readonly VariableInfo[];
}

function open(read: (builder: WaveformBuilder) => void): Read {
  const builder = new WaveformBuilder();
  read(builder);
  const queries = new WaveformQueries(builder);
  return { builder, queries, variables: queries.variables({ offset: 0, limit: 10_000 }).items };
}
const openGhw = (bytes: Uint8Array, chunk?: number): Read =>
  open((builder) => readGhw(bytesSource(bytes, chunk), builder));

function timesOf({ builder }: Read): bigint[] {
  return Array.from({ length: builder.times.length }, (_, i) => builder.times.at(i));
}

/** A value in VHDL's words, element by element, as `ghwdump` prints them. */
function literals(variable: VariableInfo, value: string | number | undefined): string[] {
  if (typeof value === "number") return [String(Number(value.toPrecision(6)))];
  if (value === undefined) return ["?"];
  if (variable.kind === "string") return Array.from(value, (character) => `'${character}'`);
  const { meaning } = variable;
  if (meaning?.kind === "names") return [meaning.names.find((named) => named.value === value)?.name ?? "?"];
  if (["integer", "level_t", "percent", "time"].includes(variable.type)) {
    return [String(BigInt.asIntN(variable.width, BigInt(`0b${value}`)))];
  }
  return Array.from(value.toUpperCase(), (digit) => `'${digit}'`);
}

/** The variable `a/b` of ghwdump: itself, or what lies below it if it is a record or an array. */
function partsOf(read: Read, path: string): VariableInfo[] {
  const name = path.replaceAll("/", ".");
  return read.variables.filter(
    ({ fullName }) => fullName.replace(/\[-?\d+:-?\d+\]$/, "") === name || fullName.startsWith(`${name}.`),
  );
}

type OracleLine =
  | { kind: "changes"; signal: number; changes: [number, string][] }
  | { kind: "signal" | `port-${string}`; path: string; signals: [number, number?][] };

describe("GHW: what GHDL writes", () => {
  const lines = new TextDecoder()
    .decode(fixture("types.ghwdump.jsonl"))
    .trim()
    .split("\n")
    .map((line): OracleLine => JSON.parse(line));

  it("agrees with ghwdump on every variable at every time", () => {
    const read = openGhw(fixture("types.ghw"));
    const changes = new Map<number, [number, string][]>();
    for (const line of lines) if (line.kind === "changes") changes.set(line.signal, line.changes);
    const compared = new Set<number>();
    for (const line of lines) {
      if (line.kind === "changes") continue;
      const parts = partsOf(read, line.path);
      const signals = line.signals.flatMap(([from, to = from]) =>
        Array.from({ length: to - from + 1 }, (_, i) => from + i),
      );
      for (const { direction } of parts) {
        const port = { input: "port-in", output: "port-out" }[direction ?? ""] ?? `port-${direction}`;
        expect(direction === undefined ? "signal" : port).toBe(line.kind);
      }
      for (const time of timesOf(read)) {
        const values = read.queries.values(
          parts.map(({ signal }) => signal),
          time,
        );
        const got = parts.flatMap((part, i) => literals(part, values[i]));
        const want = signals.map(
          (signal) => changes.get(signal)?.findLast(([at]) => BigInt(at) <= time)?.[1] ?? "?",
        );
        expect(got, `${line.path} at ${time}`).toEqual(want);
      }
      for (const part of parts) compared.add(part.id);
    }
    expect(compared.size).toBe(read.variables.length);
    expect(compared.size).toBe(77);
  });

  it("agrees with GHDL's own VCD, which has the plainer types", () => {
    const ghw = openGhw(fixture("types.ghw"));
    const vcd = open((builder) => readVcd(bytesSource(fixture("types.vcd")), builder));
    expect(ghw.builder.timescale).toEqual(vcd.builder.timescale);
    const names = vcd.variables.map(({ fullName }) => fullName);
    const same = ghw.queries.resolve(names);
    for (const [i, own] of vcd.variables.entries()) {
      const other = same[i];
      expect([other?.name, other?.width], own.fullName).toEqual([own.name, own.width]);
      for (const time of [...timesOf(ghw), ...timesOf(vcd)]) {
        expect(ghw.queries.values([other?.signal ?? -1], time), `${own.fullName} at ${time}`).toEqual(
          vcd.queries.values([own.signal], time),
        );
      }
    }
    expect(vcd.variables).toHaveLength(33);
  });

  it("shows what ghwdump cannot: wide integers, units, open records, null ranges, other generates", () => {
    const read = openGhw(fixture("extra.ghw"));
    const names = read.variables.map(({ fullName }) => fullName);
    expect(names).not.toContain("extra_tb.none");
    const at = (name: string, time: bigint): string[] => {
      const [variable] = read.queries.resolve([name]);
      if (variable === undefined) return [`no ${name}`];
      return literals(variable, read.queries.values([variable.signal], time)[0]);
    };
    const [wide, drag] = read.queries.resolve(["extra_tb.wide", "extra_tb.drag"]);
    expect(wide).toMatchObject({ width: 64, type: "wide_t" });
    const [value] = read.queries.values([wide?.signal ?? -1], 3_000_000n);
    expect(BigInt.asIntN(64, BigInt(`0b${value}`))).toBe(-3_999_999_999_999_999_999n + 3n * 1_000_000_007n);
    expect(drag?.meaning).toEqual({
      kind: "units",
      units: [
        { name: "ohm", scale: "1" },
        { name: "kohm", scale: "1000" },
        { name: "mohm", scale: "1000000" },
      ],
    });
    expect(at("extra_tb.nested.part.data[2:3]", 0n)).toEqual(["'U'", "'X'"]);
    expect(at("extra_tb.nested.part.data[2:3]", 1_000_000n)).toEqual(["'U'", "'-'"]);
    expect(at("extra_tb.nested.parts.[0].data[1:1]", 1_000_000n)).toEqual(["'W'"]);
    expect(at("extra_tb.opens.[1].data[1:0]", 1_000_000n)).toEqual(["'H'", "'0'"]);
    expect(at("extra_tb.opens.[1].data[1:0]", 2_000_000n)).toEqual(["'H'", "'H'"]);
    expect(at("extra_tb.maps.[true].[1][0:1]", 1_000_000n)).toEqual(["'0'", "'1'"]);
    expect(at("extra_tb.kinds(idle).mine", 0n)).toEqual(["true"]);
    expect(at("extra_tb.kinds(running).mine", 0n)).toEqual(["false"]);
  });

  it("is read from gzip as well", async () => {
    const folder = mkdtempSync(join(tmpdir(), "novywave-ghw-"));
    try {
      const path = join(folder, "types.ghw.gz");
      writeFileSync(path, gzipSync(fixture("types.ghw")));
      const { info } = await readWaveformFile(path);
      expect(info).toMatchObject({
        format: "ghw",
        variables: 77,
        signals: 72,
        transitions: 406,
        warnings: [],
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("lets variables that show the same signals share one", () => {
    const read = openGhw(fixture("types.ghw"));
    const [outer, port, clock, clockPort] = read.queries.resolve([
      "types_tb.nets[3:0]",
      "types_tb.dut.d[3:0]",
      "types_tb.clk",
      "types_tb.dut.clk",
    ]);
    expect(port?.signal).toBe(outer?.signal);
    expect(clockPort?.signal).toBe(clock?.signal);
  });

  it("keeps the kinds of scopes", () => {
    const { builder } = openGhw(fixture("types.ghw"));
    const kinds = new Map<string, string>();
    for (let id = 0; id < builder.hierarchy.scopes; id++) {
      kinds.set(builder.hierarchy.scopeName(id), builder.hierarchy.scopeKind(id));
    }
    expect(Object.fromEntries(kinds)).toMatchObject({
      types_pkg: "vhdl_package",
      dut: "vhdl_architecture",
      holding: "vhdl_block",
      pick: "vhdl_if_generate",
      "rows(1)": "vhdl_for_generate",
      stimulus: "vhdl_process",
      message: "vhdl_record",
      memory: "vhdl_array",
    });
  });
});

describe("GHW: what could be in a file", () => {
  it("is read as written, in either order of bytes, however it comes in", () => {
    fc.assert(
      fc.property(randomGhw(60), fc.integer({ min: 1, max: 40 }), (model, chunk) => {
        const read = openGhw(model.bytes, chunk);
        expect(read.builder.warnings).toEqual([]);
        expect(read.builder.end).toBe(model.end);
        const times = model.signals.flatMap(({ changes }) => changes.map(({ time }) => time));
        for (const time of new Set(times.flatMap((at) => [at, at + 1n, at - 1n]))) {
          const values = read.queries.values(
            read.variables.map(({ signal }) => signal),
            time,
          );
          const got = values.map((value) => (typeof value === "number" ? realText(value) : value));
          expect(got).toEqual(model.signals.map((signal) => valueAt(signal, time)));
        }
        expect(read.builder.signals.transitions).toBe(
          model.signals.reduce((sum, { changes }) => sum + changes.length, 0),
        );
      }),
      { numRuns: 150 },
    );
  });
});

describe("GHW: files that break off", () => {
  // Every byte, shared out among tests that take a moment each.
  it.each([
    ["types.ghw", 0],
    ["types.ghw", 1],
    ["types.ghw", 2],
    ["types.ghw", 3],
    ["extra.ghw", 0],
    ["extra.ghw", 1],
    ["extra.ghw", 2],
    ["extra.ghw", 3],
  ])("%s, cut at every byte (%d of 4), shows what is complete, and warns", (name, part) => {
    const bytes = fixture(name);
    const whole = openGhw(bytes);
    const tail = bytes.length - 12;
    let shown = 0;
    let checked = "";
    for (let length = 1 + part; length < bytes.length; length += 4) {
      const builder = new WaveformBuilder();
      readGhw(bytesSource(bytes.subarray(0, length)), builder);
      const [warning] = builder.warnings;
      const { end } = builder;
      const variables = builder.hierarchy.variables;
      if (warning?.code !== "truncated" || warning.byte > length || end > whole.builder.end) {
        throw new Error(`cut after ${length} bytes: ${JSON.stringify(warning)}`);
      }
      shown = Math.max(shown, variables);
      if (length >= tail) expect(builder.signals.transitions).toBe(whole.builder.signals.transitions);
      // The rest is looked at where something is new.
      if (checked === `${variables} ${end}`) continue;
      checked = `${variables} ${end}`;
      const cut = new WaveformQueries(builder);
      const items = cut.variables({ offset: 0, limit: 10_000 }).items;
      // Variables come in the same order, so those that are there have the same numbers.
      expect(items.map(({ fullName }) => fullName)).toEqual(
        whole.variables.slice(0, variables).map(({ fullName }) => fullName),
      );
      // What is before the last time is as in the whole file.
      const signals = items.map(({ signal }) => signal);
      if (end > 0n) expect(cut.values(signals, end - 1n)).toEqual(whole.queries.values(signals, end - 1n));
    }
    expect(shown).toBe(whole.variables.length);
  });

  it("a vector of which only some bits were written again keeps its value", () => {
    const file = small();
    const complete = file.result.length;
    file.byte(1, 3, 1, 3, 0); // '1', '1', end of the cycle
    const bytes = file.result;
    const [vector] = openGhw(bytes).variables;
    const at = (length: number): unknown =>
      openGhw(bytes.subarray(0, length)).queries.values([vector?.signal ?? -1], 5n)[0];
    expect(at(complete)).toBe("00");
    expect(at(complete + 2)).toBe("00");
    expect(at(complete + 4)).toBe("11");
    expect(at(complete + 5)).toBe("11");
  });
});

/** Declares `v`, a vector of two bits, and begins the cycles at 5 fs. */
function small(): GhwBytes {
  const file = new GhwBytes();
  file
    .header()
    .strings(["'U'", "'X'", "'0'", "'1'", "'Z'", "'W'", "'L'", "'H'", "'-'", "std", "vec", "int", "v"]);
  file.section("TYP").int32(4).byte(23, 10, 9, 1, 2, 3, 4, 5, 6, 7, 8, 9).byte(25, 12).byte(31, 11, 1, 1, 2);
  file.byte(35, 0, 3, 25).sleb(0).sleb(1).byte(0);
  file.section("WKT").byte(3, 1, 0);
  file.section("HIE").int32(0).int32(1).int32(2).byte(16, 13, 4, 1, 2, 0).text("EOH\0");
  file.section("SNP").int64(0n).byte(2, 2).text("ESN\0");
  return file.text("CYC\0").int64(5n);
}

function failure(bytes: Uint8Array): ReadFailure {
  try {
    openGhw(bytes);
  } catch (error) {
    if (error instanceof ReadFailure) return error;
    throw error;
  }
  throw new Error("the file was read");
}

describe("GHW: files that are broken", () => {
  it.each<[string, string, RegExp, (file: GhwBytes) => GhwBytes]>([
    ["a later version", "unsupported-format", /version 2/, (file) => file.header(2)],
    ["an unknown section", "malformed", /unknown section/, (file) => file.header().text("XYZ\0")],
    [
      "strings that share too much",
      "malformed",
      /shares more/,
      (file) => file.header().section("STR").int32(2).int32(2).text("a").byte(5).text("b").byte(0),
    ],
    [
      "an unknown type",
      "malformed",
      /unknown kind 99/,
      (file) => file.header().strings(["a"]).section("TYP").int32(1).byte(99, 1),
    ],
    [
      "a type that refers to itself",
      "malformed",
      /no type of this number/,
      (file) => file.header().strings(["a"]).section("TYP").int32(1).byte(31, 1, 1, 1, 1),
    ],
    [
      "a name that is not there",
      "malformed",
      /no string/,
      (file) => file.header().strings(["a"]).section("TYP").int32(1).byte(25, 7),
    ],
    ["a negative number of types", "malformed", /negative/, (file) => file.header().section("TYP").int32(-1)],
    [
      "a signal without bounds",
      "malformed",
      /no bounds/,
      (file) =>
        file
          .header()
          .strings(["a"])
          .section("TYP")
          .int32(2)
          .byte(25, 1, 31, 1, 1, 1, 1, 0)
          .section("HIE")
          .int32(0)
          .int32(0)
          .int32(0)
          .byte(16, 1, 2),
    ],
    [
      "a scope too many ends",
      "malformed",
      /More scopes end/,
      (file) => file.header().section("HIE").int32(0).int32(0).int32(0).byte(15),
    ],
    ["a change of no signal", "malformed", /not declared/, () => small().byte(3, 2)],
    ["a value of no enumeration", "malformed", /outside of its enumeration/, () => small().byte(1, 9)],
    ["time that runs backwards", "malformed", /backwards/, () => small().byte(0).sleb(-2)],
    [
      "time beyond what GHDL counts",
      "malformed",
      /2\^63/,
      () =>
        small()
          .byte(0)
          .sleb(2n ** 63n - 1n),
    ],
    [
      "names far longer than the file",
      "too-large",
      /far longer/,
      (file) => {
        file.header().section("STR").int32(10_000).int32(0);
        file.text("a".repeat(16_000)).byte(128, 143, 15);
        for (let i = 0; i < 9_000; i++) file.byte(128, 143, 15);
        return file;
      },
    ],
    [
      "scopes nested too deeply",
      "malformed",
      /deeper than 1000/,
      (file) => {
        file.header().strings(["a"]).section("HIE").int32(0).int32(0).int32(0);
        for (let i = 0; i < 1_001; i++) file.byte(3, 1);
        return file;
      },
    ],
    [
      "types nested too deeply",
      "malformed",
      /deeper than 32/,
      (file) => {
        file.header().strings(["a"]).section("TYP").int32(40).byte(25, 1);
        for (let i = 1; i < 40; i++) file.byte(32, 1, 1, 1, i);
        return file;
      },
    ],
    [
      "an array of more elements than it pays for",
      "too-large",
      /too many elements/,
      (file) => {
        file
          .header()
          .strings(["a"])
          .section("TYP")
          .int32(2 + 20 + 2)
          .byte(25, 1)
          .byte(32, 1, 1, 1, 1);
        for (let i = 2; i < 22; i++) file.byte(32, 1, 1, 1, i);
        file.byte(31, 1, 22, 1, 1).byte(35, 0, 23, 25).sleb(1).sleb(9_000).byte(0);
        file.section("HIE").int32(0).int32(0).int32(0).byte(16, 1, 24);
        for (let i = 1; i <= 9_000; i++) file.uleb(1);
        return file.byte(0).text("EOH\0");
      },
    ],
  ])("%s is an error that says where", (_, code, message, write) => {
    const error = failure(write(new GhwBytes()).result);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
    if (code === "malformed") expect(error.byte).toBeGreaterThan(8);
  });

  it("a bound of 2^31 elements costs nothing until they are there", () => {
    const file = new GhwBytes();
    file.header().strings(["a"]).section("TYP").int32(3).byte(25, 1).byte(31, 1, 1, 3, 1, 1, 1);
    file.byte(35, 0, 2);
    for (let i = 0; i < 3; i++)
      file
        .byte(25)
        .sleb(0)
        .sleb(2 ** 31 - 1);
    file.byte(0).section("HIE").int32(0).int32(0).int32(0).byte(16, 1, 3, 1, 1);
    const { builder, variables } = openGhw(file.result);
    expect([variables.length, builder.warnings[0]?.code]).toEqual([0, "truncated"]);
  });

  it.each(["types.ghw", "extra.ghw"])("%s with bytes changed ends in a waveform or a typed error", (name) => {
    const bytes = fixture(name);
    const change = fc.record({ at: fc.nat(bytes.length - 1), to: fc.nat(255) });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), (changes) => {
        const broken = Uint8Array.from(bytes);
        for (const { at, to } of changes) broken[at] = to;
        try {
          const { queries, variables, builder } = openGhw(broken);
          queries.values(
            variables.map(({ signal }) => signal),
            builder.end,
          );
        } catch (error) {
          if (!(error instanceof ReadFailure)) throw error;
        }
      }),
      { numRuns: 400 },
    );
  });
});
