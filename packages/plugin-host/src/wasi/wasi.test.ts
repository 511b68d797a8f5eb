import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { camelCase, checkHost, ResultError, Utf8Text } from "@novywave/component-engine";
import { describe, expect, it } from "vitest";
import { Descriptor } from "./descriptor.js";
import { createWasi, type Wasi } from "./wasi.js";
import type { WasiPorts } from "./ports.js";
import { Pollable } from "./poll.js";
import { InputStream, LineBuffer, OutputStream } from "./streams.js";
import { wasiWorld } from "./wasi-world.js";

interface Bench {
  readonly wasi: Wasi;
  readonly lines: string[];
  readonly slept: bigint[];
  readonly ports: WasiPorts;
}

function make(now = 1_000n): Bench {
  const lines: string[] = [];
  const slept: bigint[] = [];
  let clock = now;
  const ports: WasiPorts = {
    monotonicNow: () => clock,
    wallNow: () => 1_700_000_000_123_000_000n,
    // Every sleep ends early, as the system's may.
    sleep(nanoseconds) {
      slept.push(nanoseconds);
      clock += nanoseconds > 1n ? nanoseconds - nanoseconds / 2n : 1n;
    },
    fillRandom: (bytes) => void bytes.fill(7),
    writeLine: (stream, line) => lines.push(`${stream}: ${line}`),
  };
  return { wasi: createWasi(ports), lines, slept, ports };
}

/** A function of an interface. */
function call(wasi: Wasi, name: string, func: string, ...args: readonly unknown[]): unknown {
  const holder = wasi.imports[`wasi:${name}@0.2.12`];
  const found: unknown = holder && Reflect.get(holder, func);
  if (typeof found !== "function") throw new Error(`there is no ${name}#${func}`);
  return Reflect.apply(found, undefined, args) as unknown;
}

/** Whether an interface has a function, given as in WIT: `get-stdin`, `[method]pollable.ready`. */
function offers(holder: object, name: string): boolean {
  const [, resource = "", method = ""] = /^\[method\](.*)\.(.*)$/.exec(name) ?? [];
  if (method === "") return typeof Reflect.get(holder, camelCase(name)) === "function";
  const pascal = camelCase(`x-${resource}`).slice(1);
  const found: unknown = Reflect.get(holder, pascal);
  return (
    typeof found === "function" &&
    typeof Reflect.get(found.prototype as object, camelCase(method)) === "function"
  );
}

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

const unasked = (): never => {
  throw new Error("nobody is to be asked");
};

describe("WASI as plugins get it", () => {
  it("the types that components are compared with are those of wasi/*.wit", () => {
    const generator = fileURLToPath(new URL("../../generate-wasi.js", import.meta.url));
    expect(() => execFileSync(process.execPath, [generator, "--check"], { stdio: "pipe" })).not.toThrow();
    expect(checkHost({ imports: wasiWorld(), exports: [] }, { imports: wasiWorld(), exports: [] })).toEqual(
      [],
    );
  });

  it("has every function and method that it says it offers", () => {
    const { imports } = make().wasi;
    const missing = wasiWorld().flatMap((item) => {
      if (item.kind !== "instance") return [];
      const holder = imports[item.name] ?? {};
      const names = item.type.functions.map((func) => func.name);
      return names.filter((name) => !offers(holder, name)).map((name) => `${item.name}#${name}`);
    });
    expect(missing).toEqual([]);
    expect(offers(imports["wasi:io/poll@0.2.12"] ?? {}, "[method]pollable.gone")).toBe(false);
  });

  it("tells nothing of the machine: no environment, arguments, folder, terminal, file, input", () => {
    const { wasi } = make();
    expect(call(wasi, "cli/environment", "getEnvironment")).toEqual([]);
    expect(call(wasi, "cli/environment", "getArguments")).toEqual([]);
    expect(call(wasi, "cli/environment", "initialCwd")).toBeUndefined();
    expect(call(wasi, "filesystem/preopens", "getDirectories")).toEqual([]);
    for (const name of ["stdin", "stdout", "stderr"]) {
      const getter = `getTerminal${name.replace("s", "S")}`;
      expect(call(wasi, `cli/terminal-${name}`, getter)).toBeUndefined();
    }
    const stdin = call(wasi, "cli/stdin", "getStdin");
    if (!(stdin instanceof InputStream)) throw new Error("no stream");
    for (const read of ["read", "blockingRead", "skip", "blockingSkip"] as const) {
      expect(() => stdin[read](1n)).toThrow(ResultError);
    }
    expect(stdin.subscribe().ready()).toBe(true);
    expect(Object.keys(wasi.imports).filter((name) => /sockets|http/.test(name))).toEqual([]);
  });

  it("makes lines of what is written, and a line of what is left at the end of a call", () => {
    const { wasi, lines } = make();
    const out = call(wasi, "cli/stdout", "getStdout");
    const err = call(wasi, "cli/stderr", "getStderr");
    if (!(out instanceof OutputStream) || !(err instanceof OutputStream)) throw new Error("no streams");
    out.write(text("one\ntw"));
    out.flush();
    err.blockingWriteAndFlush(text("bad\r\n"));
    out.write(text("o\n\nthree"));
    expect(lines).toEqual(["stdout: one", "stderr: bad", "stdout: two", "stdout: "]);
    wasi.flush();
    wasi.flush();
    expect(lines.slice(4)).toEqual(["stdout: three"]);
  });

  it("bounds lines and writes, and takes bytes that are no text", () => {
    const lines: string[] = [];
    const buffer = new LineBuffer((line) => lines.push(line));
    buffer.add(new Uint8Array(10_000).fill(0x61));
    expect(lines.map((line) => line.length)).toEqual([4_096, 4_096]);
    buffer.add(Uint8Array.of(0xff, 0x0a));
    expect(lines.at(-1)).toBe(`${"a".repeat(10_000 - 8_192)}\uFFFD`);
    const { wasi } = make();
    const out = call(wasi, "cli/stdout", "getStdout");
    if (!(out instanceof OutputStream)) throw new Error("no stream");
    expect(Number(out.checkWrite())).toBe(65_536);
    expect(() => out.write(new Uint8Array(65_537))).toThrow(/65537 bytes/);
    expect(() => out.writeZeroes(2n ** 63n)).toThrow(/zeroes/);
  });

  it("waits until the first of several is due, however short the sleeps are", () => {
    const { wasi, slept, ports } = make();
    const soon = call(wasi, "clocks/monotonic-clock", "subscribeDuration", 500n);
    const later = call(wasi, "clocks/monotonic-clock", "subscribeInstant", 9_000n);
    expect(call(wasi, "io/poll", "poll", [later, soon])).toEqual(Uint32Array.of(1));
    expect(ports.monotonicNow()).toBe(1_500n);
    expect(slept.length).toBeGreaterThan(1);
    expect(call(wasi, "io/poll", "poll", [soon, new Pollable(ports), later])).toEqual(Uint32Array.of(0, 1));
    expect(() => call(wasi, "io/poll", "poll", [])).toThrow(/empty list/);
    const never = call(wasi, "clocks/monotonic-clock", "subscribeDuration", 2n ** 64n - 1n);
    expect(never).toMatchObject({ due: 2n ** 64n - 1n });
  });

  it("has clocks and random numbers, in bounds", () => {
    const { wasi } = make();
    expect(call(wasi, "clocks/wall-clock", "now")).toEqual({
      seconds: 1_700_000_000n,
      nanoseconds: 123_000_000,
    });
    expect(call(wasi, "random/random", "getRandomBytes", 3n)).toEqual(Uint8Array.of(7, 7, 7));
    expect(call(wasi, "random/insecure", "getInsecureRandomU64")).toBe(0x0707070707070707n);
    expect(call(wasi, "random/insecure-seed", "insecureSeed")).toHaveLength(2);
    expect(() => call(wasi, "random/random", "getRandomBytes", 2n ** 40n)).toThrow(/at most 1048576/);
  });

  it("names a path too long that is as long as texts that pass as bytes", () => {
    const files = { folders: unasked, stat: unasked, list: unasked, read: unasked };
    const folder = new Descriptor(make().ports, files, "/work", { kind: "directory", identity: 1n });
    expect(() => folder.statAt({}, new Utf8Text(text("x".repeat(5_000))))).toThrow(
      new ResultError("name-too-long"),
    );
  });

  it("ends a plugin that calls exit", () => {
    const { wasi } = make();
    expect(() => call(wasi, "cli/exit", "exit", { tag: "err" })).toThrow(/exit with code 1/);
    expect(() => call(wasi, "cli/exit", "exitWithCode", 3)).toThrow(/exit with code 3/);
  });
});
