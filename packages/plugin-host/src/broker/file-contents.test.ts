import { rename, symlink, unlink, writeFile } from "node:fs/promises";
import { ok, SimulatedClock } from "@novywave/base";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { withDefaults } from "../limits.js";
import { PathFixture, platforms } from "../paths/path-fixture.test.helper.js";
import type { FileFacts } from "../wasi/ports.js";
import { Broker } from "./broker.js";
import { maxReadBytes } from "./file-contents.js";

const noop = (): void => {};

const part = (text: string, end: boolean) => ({
  kind: "ok",
  value: { bytes: new Uint8Array(Buffer.from(text)), end },
});

describe.each(platforms)("the files behind WASI, %s", (_, platform) => {
  let at: PathFixture;
  beforeEach(async () => {
    at = await PathFixture.open(platform);
  });
  afterEach(() => at.close());

  const identityOf = async (name: string): Promise<bigint> => {
    const outcome = await at.contents.stat(name);
    if (outcome.kind !== "ok") throw new Error(JSON.stringify(outcome));
    return (outcome.value as FileFacts).identity;
  };
  const read = async (name: string, offset: bigint, length: bigint) =>
    at.contents.read(name, await identityOf(name), offset, length);

  it("are read in parts; nothing is past their end", async () => {
    await writeFile(at.inGrant("a.vcd"), "0123456789");
    expect(await read("a.vcd", 0n, 4n)).toEqual(part("0123", false));
    expect(await read("a.vcd", 8n, 4n)).toEqual(part("89", true));
    expect(await read("a.vcd", 0n, 10n)).toEqual(part("0123456789", true));
    for (const offset of [10n, 11n, 2n ** 53n, 2n ** 64n - 1n])
      expect(await read("a.vcd", offset, 4n), String(offset)).toEqual(part("", true));
    expect(await read("a.vcd", 0n, 0n)).toEqual(part("", false));
    await symlink("a.vcd", at.inGrant("link.vcd"));
    expect(await read("link.vcd", 0n, 2n)).toEqual(part("01", false));
  });

  it("no call reads more than its most", async () => {
    await writeFile(at.inGrant("a.vcd"), Buffer.alloc(maxReadBytes + 1));
    expect(await read("a.vcd", 0n, 2n ** 64n - 1n)).toMatchObject({
      value: { bytes: { length: maxReadBytes }, end: false },
    });
  });

  it("what has taken the place of a file is another one", async () => {
    const identity = await identityOf("a.vcd");
    await writeFile(at.inGrant("next"), "another");
    await rename(at.inGrant("next"), at.inGrant("a.vcd"));
    expect(await at.contents.read("a.vcd", identity, 0n, 9n)).toEqual({
      kind: "err",
      payload: "bad-descriptor",
    });
    await unlink(at.inGrant("a.vcd"));
    expect(await at.contents.read("a.vcd", identity, 0n, 9n)).toEqual({ kind: "err", payload: "no-entry" });
    await symlink(`${at.secret}/key.vcd`, at.inGrant("a.vcd"));
    expect(await at.contents.read("a.vcd", identity, 0n, 9n)).toEqual({ kind: "err", payload: "no-entry" });
  });

  it("folders are listed and not read, files read and not listed", async () => {
    expect(await at.contents.list(".")).toEqual({
      kind: "ok",
      value: [
        { name: "a.vcd", kind: "file" },
        { name: "sub", kind: "directory" },
      ],
    });
    expect(await read("sub", 0n, 1n)).toEqual({ kind: "err", payload: "is-directory" });
    expect(await at.contents.list("a.vcd")).toEqual({ kind: "err", payload: "not-directory" });
    expect(await at.contents.folders()).toMatchObject({ value: [{ path: at.granted }] });
  });
});

describe("the capability `file-contents`", () => {
  it("is one of its own, and its calls are counted like all others", async () => {
    const at = await PathFixture.open(platforms[0]?.[1] ?? expect.unreachable());
    const shed: string[] = [];
    const brokerWith = (...capabilities: ("filesystem" | "file-contents")[]): Broker =>
      new Broker({
        grant: {
          pluginId: "t.t",
          capabilities: new Set(capabilities),
          folders: [at.granted],
          channels: new Set(),
        },
        workspace: at.granted,
        limits: withDefaults({ hostCallsPerSecond: 1 }),
        config: [],
        excludes: [],
        ports: { watch: async () => ok({ [Symbol.dispose]: noop }) },
        clock: new SimulatedClock(),
        published: () => ok(),
        logged: noop,
        audit: (record) => at.audit.push(record),
        tick: noop,
        changed: () => noop,
        shed: (what) => shed.push(what),
        hostFailed: () => expect.unreachable(),
      });
    for (const name of ["folders", "stat", "list", "read"])
      expect(await brokerWith("filesystem").call("file-contents", name, ["a.vcd", 0n, 0n, 1n])).toEqual({
        kind: "refused",
        message: "the capability `file-contents` is not granted",
      });
    expect(at.audit).toHaveLength(4);
    const broker = brokerWith("file-contents");
    expect(await broker.call("filesystem", "list-dir", ["."])).toMatchObject({ kind: "refused" });
    expect(await broker.call("file-contents", "stat", ["a.vcd"])).toEqual({ kind: "err", payload: "busy" });
    expect(await broker.call("file-contents", "folders", [])).toMatchObject({ kind: "ok" });
    expect(shed).toEqual(["file-contents.stat"]);
    expect(await broker.call("file-contents", "stat", [7])).toMatchObject({ kind: "refused" });
    expect(await broker.call("file-contents", "write", [])).toMatchObject({ kind: "refused" });
    await at.close();
  });
});
