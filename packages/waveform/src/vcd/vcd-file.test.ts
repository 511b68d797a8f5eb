import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ReadFailure } from "../failure.js";
import { WaveformQueries } from "../query/waveform-queries.js";
import { bytesSource } from "../source/byte-source.js";
import { FileSource } from "../source/file-source.js";
import { sharedNumbers, sharedNumbersMemory } from "../store/numbers.js";
import { WaveformBuilder } from "../store/waveform-builder.js";
import { everythingIn } from "../testing/everything.test.support.js";
import { randomWaveform } from "../testing/random-waveform.test.support.js";
import { localSegmentPool } from "./segment-pool.js";
import { VcdFile, type VcdFileOptions } from "./vcd-file.js";
import { readVcd } from "./vcd-reader.js";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "novywave-vcd-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Read as a whole by one reader: what the others are compared with. */
function wholeOf(text: string): WaveformBuilder {
  const builder = new WaveformBuilder();
  readVcd(bytesSource(new TextEncoder().encode(text)), builder);
  return builder;
}

interface Opened {
  readonly path: string;
  readonly builder: WaveformBuilder;
  readonly file: VcdFile;
}

async function open(text: string | Uint8Array, options: VcdFileOptions): Promise<Opened> {
  const path = join(folder, "a.vcd");
  writeFileSync(path, text);
  const numbers = sharedNumbersMemory();
  const builder = new WaveformBuilder({ numbers: sharedNumbers(numbers) });
  const file = new VcdFile(new FileSource(path), builder, numbers, {
    startPool: localSegmentPool,
    ...options,
  });
  await file.read();
  return { path, builder, file };
}

function failed(error: unknown): unknown {
  if (error instanceof ReadFailure) return error.code;
  throw error;
}

const segments = (segmentBytes: number): VcdFileOptions => ({ parallelFrom: 1, segmentBytes });

/** Signals that are loaded when they are looked at are loaded. */
async function everythingOf(builder: WaveformBuilder): Promise<unknown> {
  const { loader, signals } = builder;
  if (loader === undefined) return everythingIn(builder, new WaveformQueries(builder), signals.transitions);
  const transitions = await loader.countTransitions();
  await loader.load(Array.from({ length: signals.length }, (_, signal) => signal));
  expect(signals.transitions).toBe(transitions);
  return everythingIn(builder, new WaveformQueries(builder), transitions);
}

const HEAD = "$timescale 1 ns $end\n$scope module top $end\n";
const BODY = "$upscope $end\n$enddefinitions $end\n";

/** Files in which what comes before a place matters after it. */
const HARD: readonly (readonly [string, string])[] = [
  ["a comment over many stamps", `#0\n0!\n$comment\n${"#7\n1!\n".repeat(40)}$end\n#9\n1!\n`],
  ["values over two lines", `${"#1 b1\n!\n".repeat(20)}#2\nb0\n!\n#3\n1!\n`],
  ["a code that looks like a stamp", `#0\n1!\n${"b1\n#5\n".repeat(30)}#1\n0!\n`],
  ["time that runs backwards", `#5\n0!\n#100\n1!\n${"#50\n0!\n1!\n".repeat(20)}#101\n0!\n#101\n1!\n`],
  ["one tick over many stamps", `${"#4\n0!\n#4\n1!\n".repeat(30)}#5\n0!\n`],
  ["negative stamps", `#-5\n1!\n${"#-4\n0!\n#0\n1!\n".repeat(20)}#3\n0!\n`],
  [
    "declarations in the body",
    `#0\n0!\n${"#1\n1!\n".repeat(10)}$var wire 1 % late $end\n${"#2\n1%\n0!\n".repeat(20)}`,
  ],
  [
    "a value that says what its signal is",
    `#0\n0!\n${"#1\n1!\n".repeat(20)}${"#2\nsabc &\n#3\nsdef &\n".repeat(20)}`,
  ],
  ["values that do not fit", `#0\nb1 &\n${"#1\nsabc &\n#2\nb0 &\n".repeat(20)}`],
  [
    "dumps of all values",
    `#0\n$dumpvars\n0!\n1e\n$end\n${"#1\n$dumpall\n1!\n1e\n$end\n#2\n1e\n".repeat(20)}`,
  ],
  [
    "dumping off and on",
    `#0\n0!\n${"#1\n$dumpoff\nx!\n$end\n#2\n#3\n$dumpon\n1!\n$end\n#4\n0!\n".replaceAll("\n", "\n\n")}${"#5\n$dumpoff\nx!\n$end\n#6\n".repeat(20)}${"#7\n$dumpon\n1!\n$end\n".repeat(20)}#8\n0!\n`,
  ],
  ["no stamp at first", `$dumpvars\n0!\n$end\n${"1!\n0!\n".repeat(20)}#1\n1!\n#2\n0!\n`],
  ["no stamp at all", "0!\n1!\n".repeat(30)],
  ["damage", `${"#1\n0!\n1!\n".repeat(20)}#2\nwhat?\n${"#3\n0!\n".repeat(20)}`],
  ["a cut", `${"#1\n0!\n#2\n1!\n".repeat(20)}#3\nb10`],
];
const HARD_HEAD = `${HEAD}$var wire 1 ! a $end\n$var wire 4 #5 b $end\n$var wire 8 & c $end\n$var event 1 e e $end\n${BODY}`;

describe("a file that is read in segments is what it is when it is read as a whole", () => {
  it("for random waveforms and segments of any size", async () => {
    await fc.assert(
      fc.asyncProperty(randomWaveform(120), fc.integer({ min: 1, max: 200 }), async (model, bytes) => {
        const { builder } = await open(model.text, segments(bytes));
        expect(await everythingOf(builder)).toEqual(await everythingOf(wholeOf(model.text)));
      }),
      { numRuns: 150 },
    );
  });

  it("for waveforms in which some bytes are others, evicted or not", async () => {
    const mutation = fc.record({
      at: fc.nat(10_000),
      cut: fc.nat(3),
      put: fc.array(
        fc.constantFrom(...Array.from("#$01xbrs! \n9"), "$end ", "$comment ", "\n#3\n", "\n#-1\n", "s0 "),
        {
          maxLength: 3,
        },
      ),
    });
    const mutations = fc.array(mutation, { minLength: 1, maxLength: 6 });
    const sizes = fc.integer({ min: 1, max: 200 });
    await fc.assert(
      fc.asyncProperty(
        randomWaveform(60),
        mutations,
        sizes,
        fc.boolean(),
        async (model, edits, bytes, evict) => {
          let { text } = model;
          for (const { at, cut, put } of edits) {
            const place = at % text.length;
            text = text.slice(0, place) + put.join("") + text.slice(place + cut);
          }
          const want = await Promise.resolve()
            .then(() => everythingOf(wholeOf(text)))
            .catch(failed);
          const got = await open(text, { ...segments(bytes), ...(evict ? { memoryBudget: 0 } : {}) })
            .then(({ builder }) => everythingOf(builder))
            .catch(failed);
          expect(got).toEqual(want);
        },
      ),
      { numRuns: 80, interruptAfterTimeLimit: 20_000 },
    );
  });

  it.each(HARD)("with %s", async (_, body) => {
    const text = HARD_HEAD + body;
    const whole = await everythingOf(wholeOf(text));
    for (let bytes = 1; bytes < body.length; bytes += 1 + (bytes >> 2)) {
      const { builder } = await open(text, segments(bytes));
      expect(await everythingOf(builder)).toEqual(whole);
    }
  });
});

describe("a file whose changes do not fit into the memory they may take", () => {
  it("is counted exactly, and read again where it is looked at", async () => {
    await fc.assert(
      fc.asyncProperty(randomWaveform(120), fc.integer({ min: 1, max: 300 }), async (model, bytes) => {
        const { builder } = await open(model.text, { ...segments(bytes), memoryBudget: 0 });
        const whole = wholeOf(model.text);
        if (whole.signals.transitions > 0) expect(builder.loader).toBeDefined();
        expect(await everythingOf(builder)).toEqual(await everythingOf(whole));
      }),
      { numRuns: 100 },
    );
  });

  it("also without $enddefinitions", async () => {
    const text = `${HARD_HEAD.replace("$enddefinitions $end\n", "")}#0\n0!\n${"#1\n1!\n#2\n0!\n".repeat(9)}`;
    const whole = await everythingOf(wholeOf(text));
    for (const bytes of [1, 30, 1_000]) {
      const { builder } = await open(text, { ...segments(bytes), memoryBudget: 0 });
      expect(await everythingOf(builder)).toEqual(whole);
    }
  });

  it.each(HARD)("also with %s", async (_, body) => {
    const text = HARD_HEAD + body;
    const whole = await everythingOf(wholeOf(text));
    for (const bytes of [10, 40, 100, 1_000]) {
      const { builder } = await open(text, { ...segments(bytes), memoryBudget: 0 });
      expect(await everythingOf(builder)).toEqual(whole);
    }
  });

  it("drops what nobody has looked at for the longest time, and says so", async () => {
    const body = Array.from({ length: 400 }, (_, i) => `#${i}\n${i % 2}!\nb${i.toString(2)} &\n`).join("");
    const { builder } = await open(HARD_HEAD + body, { ...segments(500), memoryBudget: 0 });
    const dropped: number[] = [];
    builder.loader?.onDropped((signal) => dropped.push(signal));
    await builder.loader?.load([0]);
    expect(builder.signals.count(0)).toBe(400);
    await builder.loader?.load([2, 99, -1]);
    expect(dropped).toEqual([0]);
    expect([builder.signals.count(0), builder.signals.count(2)]).toEqual([0, 400]);
    await builder.loader?.load([0, 2]);
    expect([builder.signals.count(0), builder.signals.count(2)]).toEqual([400, 400]);
  });

  it("says that it was written again when it was", async () => {
    const body = Array.from({ length: 40 }, (_, i) => `#${i}\n${i % 2}!\n`).join("");
    const { builder, path } = await open(HARD_HEAD + body, { ...segments(50), memoryBudget: 0 });
    writeFileSync(path, (HARD_HEAD + body).replace("#7\n1!", "#7\n0!"));
    await expect(builder.loader?.load([0])).rejects.toMatchObject({ code: "changed" });
    truncateSync(path, 200);
    await expect(builder.loader?.load([0])).rejects.toMatchObject({ code: "changed" });
  });
});

describe("a file that grows", () => {
  const steps = fc.array(fc.nat(1_000), { minLength: 1, maxLength: 4 });

  it("goes on from where it was, cut anywhere, in segments or not, evicted or not", async () => {
    const ways: fc.Arbitrary<VcdFileOptions> = fc.constantFrom(
      {},
      segments(50),
      { memoryBudget: 0 },
      { ...segments(70), memoryBudget: 0 },
    );
    await fc.assert(
      fc.asyncProperty(randomWaveform(60), steps, ways, async (model, cuts, way) => {
        const { text } = model;
        const bytes = new TextEncoder().encode(text);
        const places = cuts
          .map((cut) => 1 + Math.floor((cut * (bytes.length - 1)) / 1_000))
          .toSorted((a, b) => a - b);
        const { path, builder, file } = await open(bytes.subarray(0, places[0]), way);
        let size = places[0] ?? 0;
        for (const place of [...places.slice(1), bytes.length]) {
          if (place === size) continue;
          appendFileSync(path, bytes.subarray(size, place));
          size = place;
          expect(await file.readMore(new FileSource(path))).toBe(true);
        }
        expect(await everythingOf(builder)).toEqual(await everythingOf(wholeOf(text)));
      }),
      { numRuns: 150 },
    );
  });

  it("and was written anew is another file, which leaves things as they are", async () => {
    const text = `${HARD_HEAD}#0\n0!\n#5\n1!\n`;
    const { path, builder, file } = await open(text, {});
    const before = await everythingOf(builder);
    for (const other of [
      `${text.replace("#0", "#1")}#9\n0!\n`,
      `${text.replace("#5", "#6")}#9\n0!\n`,
      text.slice(0, -5),
    ]) {
      writeFileSync(path, other);
      expect(await file.readMore(new FileSource(path))).toBe(false);
    }
    rmSync(path);
    writeFileSync(join(folder, "keeps-the-inode"), "");
    writeFileSync(path, `${text}#9\n0!\n`);
    const later = new FileSource(path);
    expect(file.isSameAs(later)).toBe(false);
    later.close();
    expect(await everythingOf(builder)).toEqual(before);
    expect(readFileSync(path, "utf8")).toContain("#9");
  });
});

describe("signals that are loaded when they are looked at", () => {
  it("are not looked for where they do not change", async () => {
    const head = `${HEAD}$var wire 1 ! busy $end\n$var wire 1 # quiet $end\n${BODY}`;
    const lines = Array.from({ length: 200 }, (_, i) => `#${i}\n${i % 2}!\n${i === 150 ? "1#\n" : ""}`);
    let reads = 0;
    const { builder } = await open(`${head}#0\n0#\n${lines.join("")}`, {
      ...segments(100),
      memoryBudget: 0,
      startPool(setup) {
        const pool = localSegmentPool(setup);
        return {
          ...pool,
          read(task) {
            if (task.wanted) reads++;
            return pool.read(task);
          },
        };
      },
    });
    await builder.loader?.load([1]);
    const quiet = reads;
    expect(builder.signals.count(1)).toBe(2);
    await builder.loader?.load([0]);
    expect(builder.signals.count(0)).toBe(200);
    expect(quiet).toBeLessThan((reads - quiet) / 2);
  });
});
