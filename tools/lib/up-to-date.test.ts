import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fingerprint } from "./fingerprint.js";
import { nodeTooOld } from "./node-version.js";
import { BuildError, bringUpToDate } from "./up-to-date.js";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "build-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A step whose inputs and outcome a test sets. */
function fakeStep(name: string) {
  const step = {
    name,
    title: `Making ${name}`,
    source: "1",
    built: false,
    runs: 0,
    outcome: { code: 0, output: "" },
    duringRun: () => {},
    inputs: () => step.source,
    present: () => step.built,
    run: async () => {
      step.runs++;
      step.duringRun();
      step.built = step.outcome.code === 0;
      return step.outcome;
    },
  };
  return step;
}

const build = (steps: ReturnType<typeof fakeStep>[], said: string[] = []) =>
  bringUpToDate({ steps, stampFile: join(folder, "cache/build.json"), say: (text) => said.push(text) });

describe("bringing the clone up to date", () => {
  it("runs what is stale and nothing else", async () => {
    const [a, b] = [fakeStep("a"), fakeStep("b")];
    const said: string[] = [];
    expect(await build([a, b], said)).toEqual(["a", "b"]);
    expect(said[0]).toBe("Making a …");
    said.length = 0;
    expect(await build([a, b], said)).toEqual([]);
    expect(said).toEqual([]);
    b.source = "2";
    expect(await build([a, b])).toEqual(["b"]);
    a.built = false;
    expect(await build([a, b])).toEqual(["a"]);
  });

  it("builds again what changed while it was being built", async () => {
    const step = fakeStep("a");
    step.duringRun = () => {
      step.source = "changed meanwhile";
    };
    await build([step]);
    step.duringRun = () => {};
    expect(await build([step])).toEqual(["a"]);
    expect(await build([step])).toEqual([]);
  });

  it("stops at a step that fails, passes on what it wrote, and tries again next time", async () => {
    const [a, b] = [fakeStep("a"), fakeStep("b")];
    a.outcome = { code: 2, output: "src/x.ts(3,1): error\n" };
    const failure = await build([a, b]).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(BuildError);
    expect(String(failure)).toContain("Making a failed (exit code 2):\n\nsrc/x.ts(3,1): error");
    expect(b.runs).toBe(0);
    a.outcome = { code: 0, output: "" };
    expect(await build([a, b])).toEqual(["a", "b"]);
  });

  it("lets one build run at a time; the second finds the work done", async () => {
    const step = fakeStep("a");
    const gate = new EventTarget();
    const opened = new Promise((resolve) => gate.addEventListener("open", resolve));
    const run = step.run;
    step.run = async () => {
      await opened;
      return run();
    };
    const said: string[] = [];
    const first = build([step]);
    const second = build([step], said);
    expect(said).toEqual([`Waiting for another build to end (process ${process.pid}) …`]);
    gate.dispatchEvent(new Event("open"));
    expect(await first).toEqual(["a"]);
    expect(await second).toEqual([]);
    expect(step.runs).toBe(1);
  });

  it("takes over the lock of a build that died", async () => {
    mkdirSync(join(folder, "cache"));
    writeFileSync(join(folder, "cache/build.json.lock"), "2147483646");
    expect(await build([fakeStep("a")])).toEqual(["a"]);
    expect(() => readFileSync(join(folder, "cache/build.json.lock"))).toThrow("ENOENT");
  });
});

function write(path: string, text: string): void {
  mkdirSync(join(folder, path, ".."), { recursive: true });
  writeFileSync(join(folder, path), text);
  utimesSync(join(folder, path), 1, 1);
}

const filesNow = () => fingerprint(folder, ["src", "lock"], (path) => path.endsWith(".test.ts"));

describe("the fingerprint of files", () => {
  it("changes with any file that counts, and with no other", () => {
    write("src/a.ts", "a");
    const seen = new Set([filesNow()]);
    const changed = () => seen.size !== seen.add(filesNow()).size;
    expect(changed()).toBe(false);
    write("src/a.test.ts", "a");
    write("src/dist/a.js", "a");
    write("other/a.ts", "a");
    expect(changed()).toBe(false);
    write("src/b/c.ts", "");
    expect(changed()).toBe(true);
    write("src/a.ts", "ab");
    expect(changed()).toBe(true);
    utimesSync(join(folder, "src/a.ts"), 2, 2);
    expect(changed()).toBe(true);
    write("lock", "");
    expect(changed()).toBe(true);
    rmSync(join(folder, "src/b/c.ts"));
    expect(changed()).toBe(true);
  });
});

describe("the version of Node", () => {
  it.each(["20.19.0", "20.20.2", "22.0.0", "26.10.0"])("%s is new enough", (version) => {
    expect(nodeTooOld(version)).toBeUndefined();
  });
  it.each(["20.18.9", "18.20.8", "8.0.0"])("%s is too old, and the message says what to do", (version) => {
    expect(nodeTooOld(version)).toMatch(
      new RegExp(`needs Node 20\\.19\\.0 or newer; this is Node ${version}`, "u"),
    );
  });
});
