import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  appendFileSync,
  chmodSync,
  linkSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  watch,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Worker } from "node:worker_threads";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { exportVcd } from "./export-vcd.js";
import { decodeColumns } from "./format/decode-columns.js";
import type { WaveformErrorCode } from "./model.js";
import { openWaveform, WaveformQueryError, type OpenOptions, type Waveform } from "./open-waveform.js";
import { FileSource } from "./source/file-source.js";
import { startWorker } from "./worker/waveform-worker.js";

const REPOSITORY = new URL("../../../", import.meta.url).pathname;
const FIXTURES = join(REPOSITORY, "tests/fixtures/waveforms");

let folder: string;
const opened: Waveform[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "novywave-waveform-"));
});
afterEach(() => {
  for (const waveform of opened.splice(0)) waveform[Symbol.dispose]();
  rmSync(folder, { recursive: true, force: true });
});

async function open(path: string, options?: OpenOptions): Promise<Waveform> {
  const result = await openWaveform(path, options);
  if (!result.ok) throw new Error(result.error.message);
  opened.push(result.value);
  return result.value;
}

async function failure(
  path: string,
  options?: OpenOptions,
): Promise<{ code: WaveformErrorCode; message: string }> {
  const result = await openWaveform(path, options);
  if (result.ok) {
    opened.push(result.value);
    throw new Error("the file was opened");
  }
  expect(result.error.path).toBe(path);
  return result.error;
}

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe("openWaveform", () => {
  it("reads in a thread, reports progress and answers questions", async () => {
    const phases: string[] = [];
    const waveform = await open(join(FIXTURES, "counter_short.vcd"), {
      onProgress: ({ phase }) => phases.push(phase),
    });
    expect(waveform.info).toMatchObject({
      format: "vcd",
      start: 0n,
      end: 200n,
      scopes: 1,
      variables: 7,
      signals: 7,
      transitions: 122,
    });
    expect(waveform.info.timescale).toEqual({ magnitude: 1, unit: "ns" });
    expect(phases).toContain("reading");
    const { items } = await waveform.scopes({ offset: 0, limit: 10 });
    expect(items).toEqual([
      { id: 0, name: "counter_tb", fullName: "counter_tb", kind: "module", childScopes: 0, variables: 7 },
    ]);
    const found = await waveform.variables({ text: "COUNTER_tb OUNT[", offset: 0, limit: 10 });
    expect(found.items.map(({ fullName }) => fullName)).toEqual(["counter_tb.count[7:0]"]);
    const [count, gone] = await waveform.resolve(["counter_tb.count[7:0]", "counter_tb.gone"]);
    expect(gone).toBeUndefined();
    const signal = count?.signal ?? -1;
    expect(await waveform.values([signal], 155n)).toEqual(["00001110"]);
    expect(await waveform.findTransition(signal, 35n, "next")).toBe(45n);
    expect(await waveform.findTransition(signal, 35n, "previous")).toBe(25n);
    const answer = decodeColumns(
      await waveform.columns({ start: 0n, end: 200n, columns: 8, rows: [{ signal }] }),
    );
    expect(answer.rows[0]?.flags).toHaveLength(8);
  });

  it("the longer run of the same design begins as the shorter one", async () => {
    const [short, long] = [
      await open(join(FIXTURES, "counter_short.vcd")),
      await open(join(FIXTURES, "counter_long.vcd")),
    ];
    const { items } = await short.variables({ offset: 0, limit: 10 });
    const signals = items.filter(({ name }) => !name.startsWith("cycles")).map(({ signal }) => signal);
    for (const time of [0n, 5n, 25n, 35n, 100n, 155n, 200n]) {
      expect(await long.values(signals, time)).toEqual(await short.values(signals, time));
    }
    expect(
      (await long.resolve(items.map(({ fullName }) => fullName))).every((variable) => variable !== undefined),
    ).toBe(true);
  });

  it.each<[string, WaveformErrorCode, RegExp, () => string]>([
    ["a file that is not there", "not-found", /no such file/, () => join(folder, "none.vcd")],
    ["a folder", "not-a-file", /folder/, () => folder],
    ["a device", "not-a-file", /device/, () => "/dev/null"],
    ["an empty file", "empty", /empty/, () => file("a.vcd", "")],
    ["text", "not-waveform", /no waveform/, () => file("a.vcd", "hello")],
    [
      "a broken file in gzip",
      "malformed",
      /byte 22/,
      () => file("a.vcd", gzipSync("$timescale 1 ns $end \n%%%")),
    ],
    [
      "an unknown closed format",
      "unsupported-format",
      /wlf2vcd/,
      () => file("a.wlf", Uint8Array.of(1, 2, 3)),
    ],
    ["a broken file", "malformed", /byte 22, line 2/, () => file("a.vcd", "$timescale 1 ns $end \n%%%")],
  ])("%s is answered with %s", async (_, code, message, path) => {
    const error = await failure(path());
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
  });

  it("FST under the name of VCD, and any format in gzip, is what it holds", async () => {
    const fst = readFileSync(join(REPOSITORY, "test_files/uart/uart.fst"));
    for (const content of [
      fst,
      gzipSync(fst),
      gzipSync(readFileSync(join(REPOSITORY, "test_files/uart/uart.vcd"))),
    ]) {
      const waveform = await open(file("a.vcd", content));
      expect(waveform.info.variables).toBe(36);
      expect(await waveform.countTransitions()).toBe(7_283);
      const [clk] = await waveform.resolve(["uart_tb.clk"]);
      expect(await waveform.findTransition(clk?.signal ?? -1, 0n, "next")).toBe(5_000n);
    }
  });

  it("a named pipe is never waited for", async () => {
    const path = join(folder, "pipe.vcd");
    execFileSync("mkfifo", [path]);
    expect((await failure(path)).message).toMatch(/named pipe/);
  });

  it("a file larger than allowed is not read", async () => {
    expect((await failure(file("a.vcd", "$date $end\n"), { maxBytes: 5 })).code).toBe("too-large");
  });

  it("can be cancelled, before and while it reads", async () => {
    const path = file("a.vcd", "$date $end\n");
    expect((await failure(path, { signal: AbortSignal.abort() })).code).toBe("cancelled");
    const controller = new AbortController();
    const pending = failure(path, { signal: controller.signal });
    controller.abort();
    expect((await pending).code).toBe("cancelled");
  });

  it("questions after disposing are rejected, and so is one that makes no sense", async () => {
    const waveform = await open(file("a.vcd", "$var wire 1 ! a $end\n$enddefinitions $end\n#0\n0!\n"));
    await expect(waveform.values([7], 0n)).rejects.toThrow(/there is no signal 7/);
    const pending = waveform.values([0], 0n);
    waveform[Symbol.dispose]();
    await expect(pending).rejects.toBeInstanceOf(WaveformQueryError);
    await expect(waveform.values([0], 0n)).rejects.toThrow(/closed/);
  });
});

function readAll(source: FileSource): void {
  while (source.read(new Uint8Array(16), 0, 16) > 0);
}

describe("when the thread ends unasked", () => {
  it("whoever waits for an answer is told, once, and so is whoever asks later", async () => {
    let worker: Worker | undefined;
    const result = await openWaveform(join(FIXTURES, "counter_short.vcd"), {}, (task, on) => {
      worker = startWorker(task, on);
      return worker;
    });
    if (!result.ok) throw new Error(result.error.message);
    const reasons: string[] = [];
    result.value.onDied(({ code }) => reasons.push(code));
    if (worker === undefined) throw new Error("no thread was started");
    // It never hears the questions, so that none is answered before it ends.
    worker.postMessage = () => {};
    const waiting = Promise.allSettled([
      result.value.values([0], 0n),
      result.value.columns({ start: 0n, end: 1n, columns: 1, rows: [] }),
    ]);
    await worker.terminate();
    const path = join(FIXTURES, "counter_short.vcd");
    const reason = { name: "WaveformQueryError", error: { code: "worker-died", path } };
    expect(await waiting).toMatchObject([
      { status: "rejected", reason },
      { status: "rejected", reason },
    ]);
    expect(reasons).toEqual(["worker-died"]);
    await expect(result.value.resolve(["a"])).rejects.toThrow(/Open the file again/);
    result.value[Symbol.dispose]();
    expect(reasons).toEqual(["worker-died"]);
  });

  it("for want of memory, that is said", async () => {
    const scopes = Array.from({ length: 200_000 }, (_, i) => `$scope module s${i} $end $upscope $end\n`);
    const path = file("scopes.vcd", scopes.join(""));
    const result = await openWaveform(path, {}, (task, on) =>
      startWorker(task, on, { maxOldGenerationSizeMb: 8 }),
    );
    expect(result).toMatchObject({ ok: false, error: { code: "out-of-memory", path } });
  });
});

describe("a file that changes while it is read", () => {
  const text = `$var wire 1 ! a $end\n$enddefinitions $end\n#0\n0!\n#5\n1!\n`;

  it("and only grows is what it was at the start", () => {
    const source = new FileSource(file("a.vcd", text));
    appendFileSync(join(folder, "a.vcd"), "#9\n0!\n");
    readAll(source);
    expect(() => source.verify()).not.toThrow();
    source.close();
  });

  it("and is written again or becomes shorter is 'changed'", () => {
    const rewritten = new FileSource(file("a.vcd", text));
    readAll(rewritten);
    writeFileSync(join(folder, "a.vcd"), text.replace("0!", "1!"));
    expect(() => rewritten.verify()).toThrow(/written again/);
    rewritten.close();
    const shorter = new FileSource(file("b.vcd", text));
    truncateSync(join(folder, "b.vcd"), 10);
    expect(() => readAll(shorter)).toThrow(/shorter/);
    shorter.close();
  });
});

describe("exportVcd", () => {
  const input = join(FIXTURES, "counter_short.vcd");

  it("writes what reads back the same", async () => {
    const out = join(folder, "out.vcd");
    expect((await exportVcd(input, out)).ok).toBe(true);
    const [a, b] = [await open(input), await open(out)];
    expect({ ...b.info, bytes: 0 }).toEqual({ ...a.info, bytes: 0 });
    const variables = await a.variables({ offset: 0, limit: 100 });
    expect(await b.variables({ offset: 0, limit: 100 })).toEqual(variables);
    const rows = variables.items.map(({ signal }) => ({ signal }));
    const query = { start: 0n, end: 201n, columns: 201, rows };
    expect(await b.columns(query)).toEqual(await a.columns(query));
  });

  it("replaces a regular file, through a link too, and nothing else", async () => {
    const out = file("out.vcd", "old");
    symlinkSync(out, join(folder, "link.vcd"));
    expect((await exportVcd(input, join(folder, "link.vcd"))).ok).toBe(true);
    expect(readFileSync(out, "utf8")).toMatch(/^\$date/);
    expect(await exportVcd(input, folder)).toMatchObject({ ok: false, error: { code: "not-writable" } });
    expect(await exportVcd(input, "/dev/null")).toMatchObject({ ok: false, error: { code: "not-writable" } });
  });

  it("refuses to write over its input under any name, and leaves nothing behind", async () => {
    const own = file("own.vcd", readFileSync(input));
    linkSync(own, join(folder, "hard.vcd"));
    symlinkSync(own, join(folder, "soft.vcd"));
    for (const name of ["own.vcd", "hard.vcd", "soft.vcd"]) {
      const result = await exportVcd(own, join(folder, name));
      expect(result).toMatchObject({ ok: false, error: { code: "not-writable" } });
    }
    expect(readFileSync(own)).toEqual(readFileSync(input));
    expect(await exportVcd(join(folder, "none.vcd"), join(folder, "x.vcd"))).toMatchObject({
      ok: false,
      error: { code: "not-found" },
    });
    chmodSync(own, 0o600);
  });

  it("that is cancelled leaves nothing behind and the output as it was", async () => {
    const out = file("out.vcd", "old");
    const lines = Array.from({ length: 200_000 }, (_, i) => `#${i}\n${i % 2}!\n`);
    const large = file("large.vcd", `$var wire 1 ! a $end\n$enddefinitions $end\n${lines.join("")}`);
    const abort = new AbortController();
    const watcher = watch(folder, (_, name) => {
      if (name?.endsWith(".tmp")) abort.abort();
    });
    const result = await exportVcd(large, out, { signal: abort.signal });
    watcher.close();
    expect(readdirSync(folder).toSorted()).toEqual(["large.vcd", "out.vcd"]);
    if (!result.ok) {
      expect(result.error.code).toBe("cancelled");
      expect(readFileSync(out, "utf8")).toBe("old");
    }
  });
});

describe("another tool reads the same from our waveforms (oracle.json, made with vcd2fst and fst2vcd)", () => {
  interface Oracle {
    readonly [path: string]: {
      readonly end: string;
      readonly variables: {
        readonly [name: string]: {
          readonly changes: number;
          readonly sha256: string;
          readonly real: boolean;
        };
      };
    };
  }
  const oracle: Oracle = JSON.parse(readFileSync(join(FIXTURES, "oracle.json"), "utf8"));

  it.each(Object.entries(oracle))("%s", async (path, { end, variables }) => {
    const waveform = await open(join(REPOSITORY, path));
    expect(waveform.info.end).toBe(BigInt(end));
    const names = Object.keys(variables);
    const found = await waveform.resolve(names);
    let compared = 0;
    for (const [i, name] of names.entries()) {
      const own = found[i];
      const want = variables[name];
      if (own === undefined || want === undefined) throw new Error(`${name} is missing`);
      // vcd2fst does not take the weak states of VHDL in scalars.
      if (own.kind === "event" || want.real || name === "alu_tb.weak_line") continue;
      const digest = createHash("sha256");
      let changes = 0;
      for (let at = await waveform.findTransition(own.signal, -1n, "next"); at !== undefined;) {
        const [value] = await waveform.values([own.signal], at);
        digest.update(`${at} ${value}\n`);
        changes++;
        at = await waveform.findTransition(own.signal, at, "next");
      }
      expect([name, changes, digest.digest("hex")]).toEqual([name, want.changes, want.sha256]);
      compared++;
    }
    expect(compared).toBeGreaterThan(2);
  });
});
