import { readFileSync } from "node:fs";
import { join } from "node:path";
import { array, assert, constantFrom, integer, asyncProperty, record } from "fast-check";
import { describe, expect, it } from "vitest";
import { ReadFailure } from "../failure.js";
import { bytesAnywhere } from "../source/random-source.js";
import { NO_TIME, RecordCursor } from "../store/record-cursor.js";
import { WaveformBuilder } from "../store/waveform-builder.js";
import { findBlocks } from "./fst-blocks.js";
import { unpackHierarchy } from "./fst-hierarchy.js";
import { readFst } from "./fst-reader.js";

const FIXTURES = join(import.meta.dirname, "../../../../tests/fixtures/waveforms/fst");
const fixture = (name: string): Uint8Array => new Uint8Array(readFileSync(join(FIXTURES, name)));

/** Opens an FST file in memory and reads all that it holds. */
async function readAll(bytes: Uint8Array, beside?: Uint8Array): Promise<WaveformBuilder> {
  const builder = new WaveformBuilder();
  readFst(bytesAnywhere(bytes), builder, { hierarchyBeside: () => beside });
  const { signals, loader } = builder;
  await loader?.load(Array.from({ length: signals.length }, (_, signal) => signal));
  if (loader) expect(await loader.countTransitions()).toBe(signals.transitions);
  return builder;
}

/** The changes of all signals before a time. */
function changes(builder: WaveformBuilder, before = 2n ** 64n): string[] {
  const all: string[] = [];
  for (let signal = 0; signal < builder.signals.length; signal++) {
    const cursor = new RecordCursor(builder.signals, signal);
    while (cursor.peek() !== NO_TIME) {
      cursor.take();
      const time = builder.times.at(cursor.time);
      const { form, bytes } = cursor.value();
      if (time < before) all.push(`${signal} ${time} ${form} ${Buffer.from(bytes).toString("hex")}`);
    }
  }
  return all;
}

describe("a file that is cut off", () => {
  it.each([
    ["counter_default.fst", 1],
    ["blocks.fst", 5],
  ])("%s at any byte gives its whole blocks, or says in which part it ends", async (name, step) => {
    const whole = fixture(name);
    const found = findBlocks(bytesAnywhere(whole));
    if (found?.hierarchy === undefined) throw new Error("the file has no hierarchy");
    const hierarchy = unpackHierarchy(bytesAnywhere(whole), found.hierarchy);
    const all = await readAll(whole);
    const seen = new Set<number>();
    const ends = Array.from({ length: whole.length }, (_, end) => end).filter(
      (end) => end % step === 0 || found.changes.some((block) => Math.abs(block.end - end) < 2),
    );
    for (const end of ends) {
      const builder = await readAll(whole.subarray(0, end), end > 330 ? hierarchy : undefined);
      const blocks = found.changes.filter((block) => block.end <= end);
      seen.add(blocks.length);
      const isBetween = end === 330 || found.changes.some((block) => block.end === end);
      if (!isBetween && end < (found.changes.at(-1)?.end ?? 0)) {
        expect(builder.warnings).toMatchObject([{ code: "truncated" }]);
        expect(builder.warnings[0]?.byte).toBeLessThanOrEqual(end);
      }
      if (blocks.length === 0) expect(builder.times.length).toBe(0);
      else if (end % 20 === 0) expect(changes(builder)).toEqual(changes(all, builder.end + 1n));
    }
    expect(seen.size).toBe(found.changes.length + 1);
  });

  it("without the names that come last says where they would be", async () => {
    const whole = fixture("unfinished.fst");
    const builder = await readAll(whole);
    expect(builder.hierarchy.variables).toBe(0);
    expect(builder.warnings.map(({ message }) => message).join()).toMatch(/\.hier/);
  });

  it("in the file beside it shows the variables that are whole", async () => {
    const whole = fixture("unfinished.fst");
    const beside = fixture("unfinished.fst.hier");
    let last = 0;
    for (let end = 0; end <= beside.length; end += 7) {
      const builder = await readAll(whole, beside.subarray(0, end));
      expect(builder.hierarchy.variables).toBeGreaterThanOrEqual(last);
      last = builder.hierarchy.variables;
    }
    expect(last).toBeGreaterThan(70);
  });
});

describe("a file with wrong bytes in it", () => {
  it.each([
    ["more times than bytes", 100, 101, "malformed"],
    ["more bytes than its times can take", 1_011, 101, "malformed"],
    ["more times than anyone writes", 2 ** 31, 2 ** 30, "too-large"],
  ])("a block that announces %s is refused before room is made for them", async (_, size, count, code) => {
    const bytes = fixture("counter_default.fst");
    const end = findBlocks(bytesAnywhere(bytes))?.changes[0]?.end ?? 0;
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    view.setBigUint64(end - 24, BigInt(size));
    view.setBigUint64(end - 8, BigInt(count));
    await expect(readAll(bytes)).rejects.toMatchObject({ code });
  });

  it("is read or refused, without a crash, a hang, or memory beyond its size", async () => {
    const files = [
      fixture("blocks.fst"),
      fixture("counter_zlib.fst"),
      fixture("counter_fastlz.fst"),
      fixture("features_lz4.fst"),
      fixture("two_hierarchies.fst"),
    ];
    const change = record({ at: integer({ min: 0, max: 1 << 20 }), value: integer({ min: 0, max: 255 }) });
    let refused = 0;
    await assert(
      asyncProperty(
        constantFrom(...files),
        array(change, { minLength: 1, maxLength: 6 }),
        async (file, list) => {
          const bytes = file.slice();
          for (const { at, value } of list) bytes[at % bytes.length] = value;
          try {
            const builder = await readAll(bytes);
            expect(builder.signals.bytes).toBeLessThan((16 << 20) + bytes.length * 2_000);
          } catch (error) {
            if (!(error instanceof ReadFailure)) throw error;
            expect(error.byte === undefined || error.byte <= bytes.length + 1).toBe(true);
            refused++;
          }
        },
      ),
      { numRuns: 500 },
    );
    expect(refused).toBeGreaterThan(10);
  });

  it("a change of an index that was loaded from is told, and the signal is not half there", async () => {
    const bytes = fixture("blocks.fst");
    const builder = new WaveformBuilder();
    readFst(bytesAnywhere(bytes), builder, {});
    const found = findBlocks(bytesAnywhere(bytes));
    const last = found?.changes.at(-1);
    if (last === undefined || builder.loader === undefined) throw new Error("nothing to load");
    bytes.fill(255, last.at + 9 + 24 + 20, last.end - 60);
    await expect(builder.loader.load([0, 1, 2, 3])).rejects.toBeInstanceOf(ReadFailure);
    for (let signal = 0; signal < builder.signals.length; signal++)
      expect(builder.signals.count(signal)).toBe(0);
  });
});
