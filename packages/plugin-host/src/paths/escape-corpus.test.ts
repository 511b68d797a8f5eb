import { execFileSync } from "node:child_process";
import { link, mkdir, rename, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { PathFixture, platforms, textOf } from "./path-fixture.test.helper.js";

/** A way out: what is made first (in the granted folder), and the paths that a plugin then names. */
interface Attempt {
  readonly name: string;
  readonly make?: (at: PathFixture) => Promise<unknown>;
  readonly texts: (at: PathFixture) => readonly string[];
}

const secretly = (at: PathFixture): readonly string[] => [
  at.secret,
  `${at.secret}/key.vcd`,
  `${at.secret}/none`,
  `${at.secret}/key.vcd/none`,
];

const attempts: readonly Attempt[] = [
  { name: "outside, by its absolute path", texts: (at) => [...secretly(at), at.root, "/", "/etc", "/none"] },
  {
    name: "outside, by `..`",
    texts: () => [
      "..",
      "../secret",
      "../secret/key.vcd",
      "sub/../../secret",
      "sub/../../none",
      "./.././secret",
    ],
  },
  {
    name: "a folder whose name begins like the granted one",
    make: async (at) => {
      await mkdir(`${at.granted}-not`);
      await writeFile(`${at.granted}-not/key.vcd`, "");
    },
    texts: (at) => [`${at.granted}-not`, `${at.granted}-not/key.vcd`, `${at.granted}-none`],
  },
  {
    name: "separators repeated, in front and behind",
    texts: (at) => [
      `//${at.secret}`,
      `${at.secret}//`,
      `..//secret///key.vcd`,
      `//..//secret`,
      `${at.secret}/.`,
    ],
  },
  {
    name: "links to a folder and to a file",
    make: async (at) => {
      await symlink(at.secret, at.inGrant("folder"));
      await symlink(`${at.secret}/key.vcd`, at.inGrant("file.vcd"));
    },
    texts: () => [
      "folder",
      "folder/",
      "folder/key.vcd",
      "folder/none",
      "folder/deep/none",
      "file.vcd",
      "file.vcd/x",
    ],
  },
  {
    name: "a chain of links",
    make: async (at) => {
      await symlink("two", at.inGrant("one"));
      await symlink("sub/three", at.inGrant("two"));
      await symlink("../../secret", at.inGrant("sub/three"));
    },
    texts: () => ["one", "one/key.vcd", "one/none", "two/deep", "sub/three/key.vcd"],
  },
  {
    name: "a link out, and back in by `..`",
    make: (at) => symlink(`${at.secret}/deep`, at.inGrant("out")),
    texts: (at) =>
      ["out/..", "out/../key.vcd", `${at.granted}/out/../../secret`].filter((text) => !inside(at, text)),
  },
  {
    name: "a link to nowhere, whose target may come to be",
    make: (at) => symlink(path.join(at.root, "later"), at.inGrant("dangling")),
    texts: () => ["dangling", "dangling/x.vcd"],
  },
  {
    name: "links in a circle, and very many of them",
    make: async (at) => {
      await symlink("circle2", at.inGrant("circle1"));
      await symlink("circle1", at.inGrant("circle2"));
      for (let n = 0; n < 60; n++) await symlink(`long${n + 1}`, at.inGrant(`long${n}`));
      await symlink(at.secret, at.inGrant("long60"));
    },
    texts: () => ["circle1", "circle1/x", "long0", "long0/key.vcd", "long59"],
  },
  {
    name: "what /proc and /dev lead to",
    make: async (at) => {
      await symlink(`/proc/self/root${at.secret}`, at.inGrant("proc"));
      await symlink("/proc/self/cwd", at.inGrant("cwd"));
      await symlink("/dev/fd", at.inGrant("fds"));
      await symlink("/dev/zero", at.inGrant("zero.vcd"));
    },
    texts: (at) => [
      `/proc/self/root${at.secret}`,
      `/proc/self/root${at.granted}`,
      "/proc/self/cwd",
      "/proc/self/fd/0",
      "/dev/fd/0",
      "/dev/stdin",
      "/dev/null",
      "proc",
      "proc/key.vcd",
      "cwd",
      "fds",
      "fds/0",
      "zero.vcd",
    ],
  },
  {
    name: "a folder that was moved out of the grant",
    make: async (at) => {
      await rename(at.inGrant("sub"), path.join(at.secret, "moved"));
      await symlink(`${at.secret}/moved`, at.inGrant("sub"));
    },
    texts: (at) => ["sub", "sub/b.vcd", "sub/none", `${at.secret}/moved/b.vcd`],
  },
];

function inside(at: PathFixture, text: string): boolean {
  const absolute = path.resolve(at.granted, text);
  return absolute === at.granted || absolute.startsWith(`${at.granted}/`);
}

const refusals = [
  { kind: "err", payload: { tag: "not-found" } },
  { kind: "err", payload: { tag: "not-found" } },
  { kind: "err", payload: { tag: "not-found" } },
  {
    kind: "err",
    payload: { tag: "invalid-payload", val: expect.stringContaining("is not inside a granted") },
  },
  { kind: "err", payload: { tag: "not-found", val: expect.any(String) } },
  { kind: "err", payload: "no-entry" },
  { kind: "err", payload: "no-entry" },
  { kind: "err", payload: "no-entry" },
];

describe.each(platforms)("R4.7 the ways out of a granted folder lead nowhere, %s", (_, platform) => {
  let at: PathFixture;
  beforeEach(async () => {
    at = await PathFixture.open(platform);
  });
  afterEach(() => at.close());

  it.each(attempts)("$name", async ({ make, texts }) => {
    await make?.(at);
    for (const text of texts(at)) {
      const outcomes = await at.ask(text);
      expect(outcomes, text).toEqual(refusals);
      // Not more than was asked for.
      expect(textOf(outcomes).replaceAll(JSON.stringify(text).slice(1, -1), "")).not.toMatch(/key|secret/);
    }
    for (const everything of [
      await at.find("."),
      await at.filesystem.listDir("."),
      await at.contents.list("."),
    ]) {
      expect(everything.kind).toBe("ok");
      expect(textOf(everything)).not.toMatch(/key|secret|deep|proc|cwd|fds|zero|circle|long|dangling|folder/);
    }
    expect(at.published).toEqual([]);
    // Each refusal is told.
    expect(at.authoriser.denied).toBe(texts(at).length * refusals.length);
  });

  it.each([
    ["a zero byte", "sub\0/../../secret"],
    ["nothing", ""],
    ["a path that is too long", `sub/${"x/".repeat(3_000)}`],
    ["half a character", "sub/\ud800"],
  ])("%s is no path", async (_name, text) => {
    expect(await at.ask(text)).toMatchObject([
      { payload: { tag: "invalid-path" } },
      { payload: { tag: "invalid-path" } },
      { payload: { tag: "invalid-path" } },
      { payload: { tag: "invalid-payload" } },
      { payload: { tag: "not-found" } },
      { payload: "invalid" },
      { payload: "invalid" },
      { payload: "invalid" },
    ]);
  });

  it("a name that is too long for the disk is not there", async () => {
    const [listed, described] = await at.ask("y".repeat(300));
    expect([listed, described]).toEqual(refusals.slice(0, 2));
  });

  it("a name in another Unicode form is another name, where the disk tells them apart", async () => {
    const composed = "sub/\u00e9.vcd";
    const decomposed = "sub/e\u0301.vcd";
    await writeFile(at.inGrant(composed), "1");
    const one = await at.filesystem.readMetadata(composed);
    const other = await at.filesystem.readMetadata(decomposed);
    expect(one).toMatchObject({ kind: "ok" });
    // Here it is none; on a disk that takes both for one, the answer names the file as the disk does.
    expect([refusals[0], one]).toContainEqual(other);
    expect(await at.find("sub")).toMatchObject({
      value: { paths: [at.inGrant("sub/b.vcd"), at.inGrant(composed)] },
    });
  });

  it("a hard link inside is inside; where else the file has a name is not told", async () => {
    await link(`${at.secret}/key.vcd`, at.inGrant("hard.vcd"));
    const outcome = await at.filesystem.readMetadata("hard.vcd");
    expect(outcome).toMatchObject({ kind: "ok", value: { path: at.inGrant("hard.vcd"), size: 3n } });
    expect(textOf(outcome)).not.toContain("secret");
  });

  it.runIf(process.platform !== "win32")("FIFOs are not opened: nothing waits for a writer", async () => {
    execFileSync("mkfifo", [at.inGrant("pipe"), at.inGrant("pipe.vcd")]);
    await symlink("pipe", at.inGrant("to-pipe.vcd"));
    for (const text of ["pipe", "pipe.vcd", "to-pipe.vcd"]) {
      expect(await at.filesystem.readMetadata(text), text).toEqual(refusals[0]);
      expect(await at.filesystem.listDir(text), text).toMatchObject({ kind: "err" });
      expect(await at.find(text), text).toMatchObject({ kind: "err" });
      expect(await at.contents.stat(text), text).toMatchObject({ payload: "no-entry" });
      expect(await at.contents.read(text, 0n, 0n, 1n), text).toMatchObject({ payload: "no-entry" });
    }
    expect(textOf(await at.find("."))).not.toContain("pipe");
    expect(await at.watches.visible(1n, [at.inGrant("pipe"), at.inGrant("a.vcd")])).toEqual([
      at.inGrant("a.vcd"),
    ]);
  });

  it("changes outside are not told, by whatever way they are reported", async () => {
    await symlink(at.secret, at.inGrant("out"));
    const reported = [
      ...secretly(at),
      at.inGrant("out"),
      at.inGrant("out/key.vcd"),
      at.root,
      at.inGrant("sub/gone"),
    ];
    expect(await at.watches.visible(1n, reported)).toEqual([at.inGrant("sub/gone")]);
    expect(await at.watches.visible(1n, [at.granted])).toEqual([at.granted]);
  });

  it("paths that are published together are held to the same check as one by one", async () => {
    const names = Array.from({ length: 40 }, (_each, n) => `many/w${n}.vcd`);
    await mkdir(at.inGrant("many"));
    for (const name of names) await writeFile(at.inGrant(name), "");
    await symlink(`${at.secret}/key.vcd`, at.inGrant("many/link.vcd"));
    await symlink("w0.vcd", at.inGrant("many/inner.vcd"));
    expect(await at.publish(...names, "many/none.vcd", "many/inner.vcd", "./many//w1.vcd")).toEqual({
      kind: "ok",
    });
    const [published] = at.published;
    const expected = [...names, "many/none.vcd"].map((name) => at.inGrant(name)).sort();
    expect(published?.event).toMatchObject({ val: { discovered: expected } });
    expect(await at.publish(...names, "many/link.vcd")).toMatchObject({ kind: "err" });
    expect(await at.publish(...names, ...names.map((name) => `../secret/${name}`))).toMatchObject({
      kind: "err",
    });
    expect(at.published).toHaveLength(1);
  });
});
