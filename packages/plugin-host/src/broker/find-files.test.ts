import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { SimulatedClock, type Clock } from "@novywave/base";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { defaultLimits, type PluginLimits } from "../limits.js";
import { Authoriser } from "./authorise.js";
import type { FindQueryArgument } from "./arguments.js";
import { FileFinder } from "./find-files.js";
import { defaultExcludes } from "./walk.js";

describe("find-files", () => {
  let root: string;
  beforeEach(async () => {
    root = await realpath(await mkdtemp(path.join(tmpdir(), "find-")));
    for (const file of [
      "a.vcd",
      "b.VCD",
      "c.txt",
      "x/d.fst",
      "x/y/e.vcd",
      "obj_dir/f.vcd",
      "x/.git/g.vcd",
      "x/y/z/h.vcd",
    ]) {
      await mkdir(path.dirname(path.join(root, file)), { recursive: true });
      await writeFile(path.join(root, file), "");
    }
  });
  afterEach(() => rm(root, { recursive: true }));

  const finder = (limits: Partial<PluginLimits> = {}, clock: Clock = new SimulatedClock()): FileFinder => {
    const grant = {
      pluginId: "t.t",
      capabilities: new Set(["filesystem"] as const),
      folders: [root],
      channels: new Set<string>(),
    };
    const authoriser = new Authoriser(grant, root, clock, () => {});
    return new FileFinder(authoriser, { ...defaultLimits, ...limits }, clock, defaultExcludes);
  };
  const find = async (query: Partial<FindQueryArgument>, from = finder()) => {
    const page = await from.page(root, {
      directory: root,
      extensions: [],
      globs: [],
      exclude: [],
      limit: 10_000,
      ...query,
    });
    if (!page.ok) throw new Error(JSON.stringify(page.error));
    return { ...page.value, paths: page.value.paths.map((file) => path.relative(root, file)) };
  };

  it("finds all files below, sorted; what tools build is left out and said", async () => {
    expect(await find({})).toEqual({
      paths: ["a.vcd", "b.VCD", "c.txt", "x/d.fst", "x/y/e.vcd", "x/y/z/h.vcd"],
      notes: ["folders left out by name: .git, obj_dir"],
    });
  });

  it("extensions are compared without case, with or without a dot", async () => {
    expect((await find({ extensions: ["vcd"] })).paths).toEqual([
      "a.vcd",
      "b.VCD",
      "x/y/e.vcd",
      "x/y/z/h.vcd",
    ]);
    expect((await find({ extensions: [".FST"] })).paths).toEqual(["x/d.fst"]);
  });

  it("globs are over the path relative to the folder; both filters must agree", async () => {
    expect((await find({ globs: ["x/**"] })).paths).toEqual(["x/d.fst", "x/y/e.vcd", "x/y/z/h.vcd"]);
    expect((await find({ globs: ["x/**"], extensions: ["vcd"] })).paths).toEqual([
      "x/y/e.vcd",
      "x/y/z/h.vcd",
    ]);
  });

  it("`exclude` leaves out files, and folders with all below them", async () => {
    expect((await find({ exclude: ["x/y", "c.*"] })).paths).toEqual(["a.vcd", "b.VCD", "x/d.fst"]);
  });

  it("`max-depth` counts folders below; the host's own depth is said", async () => {
    expect((await find({ maxDepth: 0 })).paths).toEqual(["a.vcd", "b.VCD", "c.txt"]);
    expect((await find({ maxDepth: 0 })).notes.join()).not.toContain("deeper");
    const bounded = await find({}, finder({ findDepth: 1 }));
    expect(bounded.paths).toEqual(["a.vcd", "b.VCD", "c.txt", "x/d.fst"]);
    expect(bounded.notes).toContain("1 folders deeper than 1 were left out (limit find_depth)");
  });

  it("the number of entries is bounded, and said", async () => {
    const bounded = await find({}, finder({ findEntries: 5 }));
    expect(bounded.notes[0]).toBe("stopped after 5 entries (limit find_entries)");
  });

  it("time is bounded, and said", async () => {
    let now = 0;
    const clock: Clock = {
      now: () => now,
      monotonic: () => (now += 10),
      schedule: () => ({ [Symbol.dispose]() {} }),
    };
    const bounded = await find({}, finder({ findTimeMs: 15 }, clock));
    expect(bounded.notes[0]).toBe("stopped after 15 ms (limit find_time_ms)");
  });

  it("pages are parts of one walk, also when files appear meanwhile", async () => {
    const from = finder();
    const first = await find({ limit: 4 }, from);
    await writeFile(path.join(root, "x/new.vcd"), "");
    const second = await find({ limit: 4, cursor: first.next }, from);
    expect([...first.paths, ...second.paths]).toEqual([
      "a.vcd",
      "b.VCD",
      "c.txt",
      "x/d.fst",
      "x/y/e.vcd",
      "x/y/z/h.vcd",
    ]);
    expect(second.next).toBeUndefined();
  });

  it("a cursor whose walk was dropped goes on behind the same path", async () => {
    const first = await find({ limit: 4 });
    const second = await find({ limit: 4, cursor: first.next }, finder());
    expect(second.paths).toEqual(["x/y/e.vcd", "x/y/z/h.vcd"]);
  });

  it("globs that would keep the server busy for seconds at each file are refused", async () => {
    const heavy = `*${"a".repeat(90)}{${Array.from({ length: 64 }, (_, n) => String.fromCodePoint(0x100 + n)).join()}}`;
    const query = { directory: root, extensions: [], exclude: [], limit: 1 };
    expect(await finder().page(root, { ...query, globs: Array(4).fill(heavy) })).toMatchObject({ ok: true });
    expect(await finder().page(root, { ...query, globs: Array(5).fill(heavy) })).toMatchObject({
      ok: false,
      error: { tag: "invalid-path", val: expect.stringContaining("256 patterns together") },
    });
    const both = { ...query, globs: Array(3).fill(heavy), exclude: Array(2).fill(heavy) };
    expect(await finder().page(root, both)).toMatchObject({ ok: false });
  });

  it("a cursor that nobody made is refused", async () => {
    const page = await finder().page(root, {
      directory: root,
      extensions: [],
      globs: [],
      exclude: [],
      limit: 1,
      cursor: "7",
    });
    expect(page).toMatchObject({ ok: false, error: { tag: "invalid-path" } });
  });
});
