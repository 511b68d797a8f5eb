import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { exportVcdFile } from "../export-file.js";
import { readWaveformFile } from "../read-waveform.js";
import { WaveformQueries } from "../query/waveform-queries.js";
import { digests, signalFunctions } from "../testing/signal-functions.test.support.js";

const REPOSITORY = join(import.meta.dirname, "../../../..");
const FIXTURES = join(REPOSITORY, "tests/fixtures/waveforms/fst");
const ORACLE = new Map(
  Object.entries<Record<string, string>>(JSON.parse(readFileSync(join(FIXTURES, "oracle.json"), "utf8"))),
);
const fixture = (name: string): string => join(FIXTURES, name);

const folder = mkdtempSync(join(tmpdir(), "fst-files-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("FST files of real writers", () => {
  it.each([
    ...Array.from(ORACLE.keys())
      .filter((name) => !/^(uart|sine|counter|alu|handshake)\.fst$/.test(name))
      .map(fixture),
    join(REPOSITORY, "test_files/uart/uart.fst"),
    join(REPOSITORY, "test_files/analog/sine.fst"),
    join(REPOSITORY, "test_files/counter/counter.fst"),
    join(REPOSITORY, "test_files/handshake/handshake.fst"),
    join(REPOSITORY, "test_files/alu/deep/er/alu.fst"),
  ])("%s exports what fst2vcd says", async (path) => {
    const out = join(folder, "out.vcd");
    const { transitions, info } = await exportVcdFile(path, out);
    const ours = digests(signalFunctions(readFileSync(out, "latin1")));
    expect(ours).toEqual(ORACLE.get(basename(path)));
    expect(Object.keys(ours)).toHaveLength(info.variables);
    expect(transitions).toBeGreaterThan(0);
  });

  it("what is exported is read back as the same", async () => {
    const first = join(folder, "first.vcd");
    const second = join(folder, "second.vcd");
    await exportVcdFile(fixture("features_lz4.fst"), first);
    await exportVcdFile(first, second);
    const text = readFileSync(first, "latin1");
    expect(signalFunctions(readFileSync(second, "latin1"))).toEqual(signalFunctions(text));
    expect(text).toContain("$timezero\n\t-250\n$end");
  });
});

describe("what a header and a hierarchy say", () => {
  it("times, texts and dumping that was switched off", async () => {
    const { info, close } = await readWaveformFile(fixture("features_zlib.fst"));
    close();
    expect(info).toMatchObject({
      format: "fst",
      timescale: { magnitude: 100, unit: "ns" },
      timeZero: -250n,
      start: 5n,
      version: "features.c",
      date: "Thu Jan  1 00:00:00 2026",
      comments: ['a comment with "quotes"'],
      environment: ["SEED=42"],
      scopes: 23,
      variables: 75,
      signals: 74,
      warnings: [],
    });
    expect(info.blackouts).toHaveLength(1);
    expect(info.transitions).toBeUndefined();
  });

  it("scopes with their kinds, components and places in the source", async () => {
    const { builder, close } = await readWaveformFile(fixture("features_lz4.fst"));
    close();
    const { items } = new WaveformQueries(builder).scopes({ offset: 0, limit: 100 });
    expect(items.map(({ kind }) => kind).join(" ")).toBe(
      "module task function begin fork generate struct union class interface package program " +
        "vhdl_architecture vhdl_procedure vhdl_function vhdl_record vhdl_process vhdl_block " +
        "vhdl_for_generate vhdl_if_generate vhdl_generate vhdl_package module",
    );
    expect(items[1]).toMatchObject({
      name: "task",
      component: "component",
      declaredAt: { path: "rtl/a.sv", line: 11 },
      instantiatedAt: { path: "rtl/top.sv", line: 101 },
    });
    expect(items[0]).not.toHaveProperty("component");
  });

  it("variables with types, directions, ranges, names of values and aliases", async () => {
    const { builder, close } = await readWaveformFile(fixture("features_fastlz.fst"));
    close();
    const queries = new WaveformQueries(builder);
    const names = [
      "v28[8:0]",
      "v18",
      "v21",
      "v4[8:0]",
      "v0",
      "vhdl7",
      "vhdl6",
      "\\wide[3][199:0]",
      "empty_parameter",
    ];
    const found = queries.resolve([...names, "v1[8:0]", "alias_of_v1[8:0]"].map((name) => `top.${name}`));
    expect(found.slice(0, 6)).toMatchObject([
      {
        type: "enum",
        direction: "buffer",
        width: 2,
        meaning: {
          kind: "names",
          names: [
            { name: "IDLE", value: "00" },
            { name: "READ DATA", value: "01" },
            { name: "WRITE", value: "10" },
            { name: "DONE", value: "11" },
          ],
        },
      },
      { type: "port", width: 4, kind: "bits" },
      { type: "string", kind: "string", direction: "inout" },
      { type: "real_parameter", kind: "real" },
      { type: "event", kind: "event" },
      { type: "my_type", width: 1, direction: "buffer" },
    ]);
    const { items } = queries.variables({ text: "vhdl6", offset: 0, limit: 1 });
    expect(items[0]).toMatchObject({ name: "vhdl6", type: "std_logic", width: 5 });
    const wide = queries.variables({ text: "wide", offset: 0, limit: 1 }).items[0];
    expect(wide).toMatchObject({ name: "\\wide[3][199:0]", width: 200 });
    expect(found.at(-1)?.signal).toBe(found.at(-2)?.signal);
    expect(found[8]).toMatchObject({ kind: "string", type: "parameter" });
  });
});

describe("a file that is not finished", () => {
  it("shows its blocks, with the names from the file beside it", async () => {
    const { info, builder, close } = await readWaveformFile(fixture("unfinished.fst"));
    expect(info.warning).toMatchObject({ code: "truncated", time: info.end });
    expect(info.variables).toBe(75);
    expect(info.end).toBe(1_623n);
    await builder.loader?.load([0, 40]);
    expect(builder.signals.count(40)).toBeGreaterThan(0);
    close();
  });
});
