import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, readlinkSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SimulatedClock } from "@novywave/base";
import { describe, expect, it } from "vitest";
import type { ConfigEdit } from "../edit/model.js";
import { parseConfig } from "../schema/parse-config.js";
import { Crash, crashingFs, hookedFs, systemError, temporaryFolder } from "../testing/files.test.gen.js";
import { ConfigFile, type LoadedConfig } from "./config-file.js";
import type { ProcessInfo } from "./host.js";

const OLD = `[plugins]
# version 0

[[plugins.entries]]
id = "a.one"
enabled = true # keep
artifact_path = "one.wasm"
`;
const NEW = OLD.replace("[plugins]\n", "[plugins]\nschema_version = 1\n").replace("true", "false");
const TOGGLE: ConfigEdit = { path: ["plugins", "entries", 0, "enabled"], value: false };

function workspace(text: string): { readonly folder: string; readonly path: string } {
  const folder = temporaryFolder();
  const path = join(folder, ".novywave");
  writeFileSync(path, text);
  return { folder, path };
}

/** A later process on the same machine; no other one is alive. */
const LATER: ProcessInfo = { host: "here", pid: 2, isAlive: () => false };
const EARLIER: ProcessInfo = { host: "here", pid: 1, isAlive: () => true };

describe("R2.5 a crash at any operation", () => {
  it("leaves the old file or the new one, whole, and nothing in the way of the next write", async () => {
    const whole = crashingFs(Infinity);
    const { path } = workspace(OLD);
    await ConfigFile.open(path, { fs: whole.fs, process: EARLIER }).apply([TOGGLE]);
    expect(readFileSync(path, "utf8")).toBe(NEW);
    expect(whole.count()).toBeGreaterThan(20);
    const outcomes = new Set<string>();
    for (let at = 0; at < whole.count(); at++) {
      const { folder, path } = workspace(OLD);
      const dying = ConfigFile.open(path, { fs: crashingFs(at).fs, process: EARLIER });
      await expect(dying.apply([TOGGLE])).rejects.toThrow(Crash);
      const left = readFileSync(path, "utf8");
      outcomes.add(left === OLD ? "old" : left === NEW ? "new" : `broken at ${at}`);
      if (left === NEW) expect(readFileSync(`${path}.v0.bak`, "utf8")).toBe(OLD);
      const next = ConfigFile.open(path, { process: LATER });
      expect(await next.load()).toMatchObject({ ok: true });
      expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
      expect(await next.apply([TOGGLE, { path: ["ui", "theme"], value: "dark" }])).toMatchObject({
        ok: true,
      });
      expect(readFileSync(path, "utf8")).toBe(`${NEW}\n[ui]\ntheme = "dark"\n`);
      const others = readdirSync(folder).filter((name) => !/^\.novywave(\.v0(\.2)?\.bak)?$/.test(name));
      expect(others).toEqual([]);
    }
    expect(outcomes).toEqual(new Set(["old", "new"]));
  });

  it("flushes the new bytes before they get the name, and the folder after", async () => {
    const { folder, path } = workspace(NEW.replace("false", "true"));
    const steps: string[] = [];
    const fs = hookedFs((operation, at) => {
      const name = at.endsWith(".tmp") ? "temp" : at === folder ? "folder" : "";
      if (name !== "" && /^(rename|handle\.(sync|writeFile|close))$/.test(operation)) {
        steps.push(`${operation.replace("handle.", "")} ${name}`);
      }
    });
    await ConfigFile.open(path, { fs }).apply([TOGGLE]);
    expect(steps).toEqual([
      "writeFile temp",
      "sync temp",
      "close temp",
      "rename temp",
      "sync folder",
      "close folder",
    ]);
  });
});

describe("R2.5 two programs that write", () => {
  const WRITER = `
    import { ConfigFile } from ${JSON.stringify(new URL("../../dist/index.js", import.meta.url).href)};
    const file = ConfigFile.open(process.argv[1]);
    for (let round = 0; round < Number(process.argv[2]); round++) {
      const result = await file.apply((current) => {
        const before = current.config.plugins.entries[0].config.counter ?? 0;
        return [{ path: ["plugins", "entries", 0, "config", "counter"], value: before + 1 }];
      });
      if (!result.ok) throw new Error(result.error.message);
      if (round === 0) console.log("writing");
    }`;

  function startWriter(path: string, rounds: number) {
    const args = ["--input-type=module", "-e", WRITER, path, String(rounds)];
    return spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  }

  it("lose no change of each other", async () => {
    const { folder, path } = workspace(NEW);
    const writers = [startWriter(path, 15), startWriter(path, 15)];
    const codes = await Promise.all(
      writers.map(async (writer) => (await once(writer, "exit"))[0] as unknown),
    );
    expect(codes).toEqual([0, 0]);
    expect(counterOf(readFileSync(path, "utf8"))).toBe(30);
    expect(readdirSync(folder)).toEqual([".novywave"]);
  });

  it("a killed one leaves a whole file, and the next one goes on at once", async () => {
    const { folder, path } = workspace(NEW);
    for (let round = 0; round < 4; round++) {
      const writer = startWriter(path, 1_000_000);
      await once(writer.stdout, "data");
      writer.kill("SIGKILL");
      await once(writer, "exit");
      const before = counterOf(readFileSync(path, "utf8"));
      expect(before).toBeGreaterThan(round);
      // A clock that stands still: nothing may have to wait for a dead process.
      const file = ConfigFile.open(path, { clock: new SimulatedClock() });
      expect(await file.apply(increment)).toMatchObject({ ok: true });
      expect(counterOf(readFileSync(path, "utf8"))).toBe(before + 1);
      expect(readdirSync(folder)).toEqual([".novywave"]);
    }
  });
});

function increment(current: LoadedConfig): readonly ConfigEdit[] {
  return [{ path: ["plugins", "entries", 0, "config", "counter"], value: counterOf(current.text) + 1 }];
}

function counterOf(text: string): number {
  const config = parseConfig(text);
  const counter = config.ok ? config.value.plugins.entries[0]?.config["counter"] : undefined;
  return typeof counter === "number" ? counter : 0;
}

describe("the lock", () => {
  it("of a living writer is waited for", async () => {
    const { path } = workspace(NEW);
    const clock = new SimulatedClock();
    const held = signal();
    const reached = signal();
    const slow = hookedFs(async (operation) => {
      if (operation !== "rename") return;
      reached.give();
      await held.given;
    });
    const first = ConfigFile.open(path, { fs: slow, clock }).apply(increment);
    await reached.given;
    const waiting = ConfigFile.open(path, { clock }).apply(increment);
    await waitUntil(() => clock.pending > 0);
    held.give();
    expect(await first).toMatchObject({ ok: true });
    const poll = setInterval(() => clock.advance(20), 1);
    expect(await waiting).toMatchObject({ ok: true });
    clearInterval(poll);
    expect(counterOf(readFileSync(path, "utf8"))).toBe(2);
  });

  it("of a holder that nobody knows is taken over after five seconds", async () => {
    const { folder, path } = workspace(NEW);
    symlinkSync("elsewhere:77:abc", `${path}.lock`);
    const clock = new SimulatedClock();
    const waiting = ConfigFile.open(path, { clock }).apply(increment);
    for (let waited = 0; waited < 5_000; waited += 20) {
      await waitUntil(() => clock.pending > 0);
      expect(readlinkSync(`${path}.lock`)).toBe("elsewhere:77:abc");
      clock.advance(20);
    }
    expect(await waiting).toMatchObject({ ok: true });
    expect(readdirSync(folder)).toEqual([".novywave"]);
  });

  it("that is no link is not touched, and told", async () => {
    const { path } = workspace(NEW);
    writeFileSync(`${path}.lock`, "mine");
    const result = await ConfigFile.open(path).apply(increment);
    expect(result).toMatchObject({
      ok: false,
      error: { code: "locked", message: expect.stringContaining(".lock") },
    });
    expect(readFileSync(`${path}.lock`, "utf8")).toBe("mine");
  });

  it("is done without where the file system knows no links", async () => {
    const { path } = workspace(NEW);
    const fs = hookedFs((operation) => {
      if (operation === "symlink") throw systemError("EPERM");
    });
    expect(await ConfigFile.open(path, { fs }).apply(increment)).toMatchObject({ ok: true });
  });

  it("that was lost to another writer is taken again before anything is written", async () => {
    const { folder, path } = workspace(NEW);
    const others: (() => void)[] = [
      () => {
        unlinkSync(`${path}.lock`);
        symlinkSync("here:3:other", `${path}.lock`);
      },
    ];
    const replaced: string[] = [];
    const fs = hookedFs((operation, at) => {
      if (operation === "open" && at.endsWith(".tmp")) others.shift()?.();
      if (operation === "rename") replaced.push(readlinkSync(`${path}.lock`));
    });
    const file = ConfigFile.open(path, { fs, process: LATER });
    expect(await file.apply(increment)).toMatchObject({ ok: true });
    expect(replaced).toEqual(["here:3:other", expect.stringMatching(/^here:2:/)]);
    expect(readdirSync(folder)).toEqual([".novywave"]);
  });
});

async function waitUntil(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise<void>((resolve) => setImmediate(resolve));
}

function signal(): { readonly given: Promise<void>; readonly give: () => void } {
  const listeners: (() => void)[] = [];
  const given = new Promise<void>((resolve) => listeners.push(resolve));
  return { given, give: () => listeners.forEach((listener) => listener()) };
}
