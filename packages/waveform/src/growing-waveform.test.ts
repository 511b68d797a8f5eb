import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startDescriber } from "./describer.js";
import { openWaveform, type OpenOptions, type Waveform } from "./open-waveform.js";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "novywave-growing-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const HEAD =
  "$timescale 1 ns $end\n$scope module top $end\n$var wire 1 ! a $end\n$var wire 32 # b [31:0] $end\n";
const BODY = "$upscope $end\n$enddefinitions $end\n";

/** `a` changes at each tick, `b` counts them. */
function changes(from: number, to: number): string {
  const lines: string[] = [];
  for (let i = from; i < to; i++) lines.push(`#${i}\n${i % 2}!\nb${i.toString(2)} #\n`);
  return lines.join("");
}

function write(text: string): string {
  const path = join(folder, "a.vcd");
  writeFileSync(path, text);
  return path;
}

async function open(path: string, options: OpenOptions = {}): Promise<Waveform> {
  const result = await openWaveform(path, options);
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

/** More than one thread takes. */
const LONG = 560_000;

describe("a large file", () => {
  it("shows its hierarchy before it is read, then what is known, and in the end is what it is in one thread", async () => {
    const path = write(HEAD + BODY + changes(0, LONG));
    using waveform = await open(path, { early: true, threads: 3 });
    expect(waveform.info).toMatchObject({ variables: 2, scopes: 1 });
    expect(waveform.info.readUntil).toBeDefined();
    const [a, b] = await waveform.resolve(["top.a", "top.b[31:0]"]);
    if (!a || !b) throw new Error("a variable is missing");
    const until: bigint[] = [];
    waveform.onGrown(({ readUntil }) => readUntil !== undefined && until.push(readUntil));
    expect((await waveform.values([b.signal], 0n))[0]).toSatisfy(
      (value) => value === undefined || value === "0".repeat(32),
    );
    const finished = await waveform.finished;
    expect(finished).toMatchObject({ ok: true, value: { transitions: LONG * 2, end: BigInt(LONG - 1) } });
    expect(until).toEqual(until.toSorted((x, y) => Number(x - y)));
    expect(waveform.info.readUntil).toBeUndefined();

    using plain = await open(path, { threads: 1 });
    const { bytes, ...same } = waveform.info;
    expect(plain.info).toMatchObject(same);
    expect(plain.info.bytes).toBe(bytes);
    for (const [start, end] of [
      [0n, BigInt(LONG)],
      [123_456n, 234_567n],
      [399_990n, 400_010n],
    ] as const) {
      const query = {
        start,
        end,
        columns: 999,
        rows: [{ signal: a.signal }, { signal: b.signal, analog: true }],
      };
      expect(await waveform.columns(query)).toEqual(await plain.columns(query));
    }
  });

  it("whose changes do not fit is read again where it is looked at", async () => {
    const path = write(HEAD + BODY + changes(0, LONG));
    using waveform = await open(path, { memoryBudget: 1 << 20 });
    expect(waveform.info.transitions).toBeUndefined();
    expect(await waveform.countTransitions()).toBe(LONG * 2);
    const [b] = await waveform.resolve(["top.b[31:0]"]);
    const value = await waveform.values([b?.signal ?? 0], 500_001n);
    expect(value).toEqual([(500_001).toString(2).padStart(32, "0")]);
  });

  it("can be closed while it is read", async () => {
    const path = write(HEAD + BODY + changes(0, LONG));
    const waveform = await open(path, { early: true });
    const question = waveform.values([0], 5n);
    waveform[Symbol.dispose]();
    expect(await waveform.finished).toMatchObject({ ok: false, error: { code: "cancelled", path } });
    await question.catch(() => undefined);
  });
});

describe("a file that is written while it is open", () => {
  it("goes on where it was", async () => {
    const path = write(HEAD + BODY + changes(0, 50) + "#50\n1");
    using waveform = await open(path);
    expect(waveform.info.warning?.code).toBe("truncated");
    expect(await waveform.refresh()).toMatchObject({ ok: true, value: { outcome: "unchanged" } });
    appendFileSync(path, `!\n${changes(51, 100)}`);
    const grown = await waveform.refresh();
    expect(grown).toMatchObject({
      ok: true,
      value: { outcome: "appended", info: { end: 99n, warnings: [] } },
    });
    expect(waveform.info.end).toBe(99n);
    expect(await waveform.values([0, 1], 98n)).toEqual(["0", (98).toString(2).padStart(32, "0")]);
    expect(await waveform.values([0], 50n)).toEqual(["1"]);
  });

  it("may start as nothing but a part of its declarations", async () => {
    const path = write(HEAD.slice(0, 60));
    using waveform = await open(path);
    expect(waveform.info.warning).toMatchObject({ code: "truncated", byte: 44 });
    appendFileSync(path, HEAD.slice(60) + BODY + changes(0, 10));
    expect(await waveform.refresh()).toMatchObject({ ok: true, value: { outcome: "appended" } });
    expect(await waveform.variables({ offset: 0, limit: 9 })).toMatchObject({ total: 2 });
    expect(await waveform.values([0], 7n)).toEqual(["1"]);
  });

  it("is another one when it was written anew, deleted or made again, and the old one stays", async () => {
    const path = write(HEAD + BODY + changes(0, 50));
    using waveform = await open(path);
    writeFileSync(path, HEAD + BODY + changes(1, 90));
    expect(await waveform.refresh()).toMatchObject({ ok: true, value: { outcome: "replaced" } });
    rmSync(path);
    expect(await waveform.refresh()).toMatchObject({ ok: false, error: { code: "not-found" } });
    write(HEAD + BODY + changes(2, 60));
    expect(await waveform.refresh()).toMatchObject({ ok: true, value: { outcome: "replaced" } });
    expect(waveform.info.end).toBe(49n);
    expect(await waveform.values([0], 49n)).toEqual(["1"]);
  });
});

describe("what a file holds is described without reading its changes", () => {
  it("as it is when it is opened", async () => {
    using describer = startDescriber();
    for (const text of [
      HEAD + BODY + changes(3, 30_000),
      HEAD + BODY + changes(3, 30_000) + "#30000\n1",
      HEAD + BODY + changes(3, 30_000) + "#30",
      HEAD + BODY + changes(3, 4),
      HEAD + BODY + "#7\n$dumpvars\n",
      HEAD + BODY,
      HEAD,
      "$timezero -5 $end\n" + HEAD + BODY + changes(0, 5),
    ]) {
      const path = write(text);
      using waveform = await open(path);
      const { transitions: _counted, ...info } = waveform.info;
      expect(await describer.describe(path)).toEqual({ ok: true, value: info });
    }
  });

  it("and what cannot be opened is said as well", async () => {
    using describer = startDescriber();
    expect(await describer.describe(write(""))).toMatchObject({ ok: false, error: { code: "empty" } });
    expect(await describer.describe(join(folder, "none"))).toMatchObject({
      ok: false,
      error: { code: "not-found" },
    });
  });
});
