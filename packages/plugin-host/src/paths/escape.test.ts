import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readlink, realpath, rename, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { SimulatedClock, systemClock } from "@novywave/base";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Authoriser } from "../broker/authorise.js";
import { FilesystemBroker } from "../broker/filesystem.js";
import { defaultExcludes } from "../broker/walk.js";
import type { GrantRecord } from "../host/types.js";
import { defaultLimits } from "../limits.js";
import { canonicalPath } from "./canonical.js";
import { useDirectory } from "./descriptor.js";
import { thisPlatform, type PathPlatform } from "./platform.js";
import { sortFolders, standingFolders } from "./granted-folders.js";
import { listDirectory } from "./list-directory.js";
import { isInside } from "./segments.js";

/** How paths are made sure of: by descriptors (Linux), or by names alone, as on every other system. */
const platforms: readonly (readonly [string, PathPlatform])[] = [
  ...(thisPlatform.descriptorPaths ? [["by descriptors", thisPlatform] as const] : []),
  ["by names alone", { ...thisPlatform, descriptorPaths: false }],
];

describe.each(platforms)("R4.7 a plugin never sees a path outside its folders, %s", (_, platform) => {
  let root: string;
  let granted: string;
  let audit: GrantRecord[];
  let broker: FilesystemBroker;
  let authoriser: Authoriser;

  const inGrant = (name: string): string => path.join(granted, name);
  const notFound = { kind: "err", payload: { tag: "not-found" } };
  const query = { extensions: [], globs: [], exclude: [], limit: 10_000 };
  const listed = async (directory: string) => {
    const outcome = await broker.listDir(directory);
    if (outcome.kind !== "ok") throw new Error(JSON.stringify(outcome));
    return outcome.value;
  };
  const found = async (directory: string) => {
    const outcome = await broker.findFiles({ ...query, directory });
    if (outcome.kind !== "ok") throw new Error(JSON.stringify(outcome));
    return outcome.value;
  };

  beforeEach(async () => {
    root = await realpath(await mkdtemp(path.join(tmpdir(), "escape-")));
    granted = path.join(root, "granted");
    await mkdir(path.join(granted, "sub"), { recursive: true });
    await mkdir(path.join(root, "granted-not"), { recursive: true });
    await mkdir(path.join(root, "secret/deep"), { recursive: true });
    await writeFile(inGrant("a.vcd"), "a");
    await writeFile(inGrant("sub/b.vcd"), "b");
    await writeFile(path.join(root, "secret/key.vcd"), "key");
    await writeFile(path.join(root, "secret/deep/key2.vcd"), "key");
    await writeFile(path.join(root, "granted-not/c.vcd"), "c");
    audit = [];
    const folders = (await standingFolders([granted])).standing;
    const grant = {
      pluginId: "t.t",
      capabilities: new Set(["filesystem"] as const),
      folders,
      channels: new Set<string>(),
    };
    authoriser = new Authoriser(
      grant,
      granted,
      new SimulatedClock(),
      (record) => audit.push(record),
      platform,
    );
    broker = new FilesystemBroker(authoriser, defaultLimits, systemClock, defaultExcludes);
  });
  afterEach(() => rm(root, { recursive: true }));

  it("lists what is inside, sorted, with absolute paths", async () => {
    expect(await listed(".")).toEqual([
      { path: inGrant("a.vcd"), kind: "file" },
      { path: inGrant("sub"), kind: "directory" },
    ]);
    expect(await found(granted)).toEqual({ paths: [inGrant("a.vcd"), inGrant("sub/b.vcd")], notes: [] });
  });

  it("folders are compared by segment: `granted-not` is not `granted`", async () => {
    expect(isInside("/a/b", "/a/bc")).toBe(false);
    expect(isInside("/a/b", "/a/b/c")).toBe(true);
    expect(isInside("/", "/a")).toBe(true);
    expect(await broker.listDir(path.join(root, "granted-not"))).toEqual(notFound);
  });

  it("outside and non-existent get the same answer", async () => {
    const outside = [
      path.join(root, "secret"),
      path.join(root, "secret/none"),
      "..",
      "../secret",
      "sub/../../secret",
      "/etc",
      "/proc/self/root/etc",
      "/proc/self/cwd",
      `/proc/self/root${root}/secret`,
      "/dev/null",
      inGrant("none"),
      inGrant("none/none"),
      inGrant("a.vcd/x"),
    ];
    for (const text of outside) {
      expect(await broker.listDir(text), text).toEqual(notFound);
      expect(await broker.readMetadata(text), text).toEqual(notFound);
      expect(await broker.findFiles({ ...query, directory: text }), text).toEqual(notFound);
    }
  });

  it("a folder full of links is left when nobody waits any more", async () => {
    await Promise.all(Array.from({ length: 50 }, (_, n) => symlink("/etc", inGrant(`sub/link${n}`))));
    let asked = 0;
    const listing = await listDirectory(inGrant("sub"), authoriser, () => ++asked > 3);
    expect(listing.ok && listing.value.outside).toHaveLength(3);
  });

  it("texts that are no paths are invalid: a zero byte, too long, empty", async () => {
    for (const text of ["a\0b", "x".repeat(5_000), ""]) {
      expect(await broker.listDir(text)).toMatchObject({ kind: "err", payload: { tag: "invalid-path" } });
    }
    expect(await broker.readMetadata("y".repeat(300))).toEqual(notFound);
  });

  it("a link to a file, to a folder, a chain of links, and a link in the middle of a path lead nowhere", async () => {
    await symlink(path.join(root, "secret/key.vcd"), inGrant("file-link.vcd"));
    await symlink(path.join(root, "secret"), inGrant("folder-link"));
    await symlink("../../secret", inGrant("sub/relative-link"));
    await symlink("chain2", inGrant("chain1"));
    await symlink("chain3", inGrant("chain2"));
    await symlink("../secret", inGrant("chain3"));
    await symlink("/proc/self/root/etc", inGrant("proc"));
    const names = [
      "file-link.vcd",
      "folder-link",
      "folder-link/key.vcd",
      "folder-link/deep",
      "sub/relative-link",
    ];
    for (const name of [
      ...names,
      "chain1",
      "chain1/key.vcd",
      "proc",
      "proc/passwd",
      "folder-link/../secret",
    ]) {
      expect(await broker.listDir(name), name).toEqual(notFound);
      expect(await broker.readMetadata(name), name).toEqual(notFound);
    }
    expect(await listed(".")).toHaveLength(2);
    expect(await found(".")).toMatchObject({ paths: [inGrant("a.vcd"), inGrant("sub/b.vcd")] });
  });

  it("a link out of the grant is shown to the person", async () => {
    await symlink(path.join(root, "secret"), inGrant("run"));
    await listed(".");
    await listed(".");
    expect(audit.filter(({ decision }) => decision === "outside")).toEqual([
      expect.objectContaining({
        scope: inGrant("run"),
        reason: expect.stringContaining(path.join(root, "secret")),
      }),
    ]);
  });

  it("a link to nowhere does not become a place outside", async () => {
    const target = path.join(root, "later");
    await symlink(target, inGrant("dangling"));
    expect(await authoriser.path("relay", "dangling")).toEqual({ ok: false, error: { kind: "not-found" } });
    expect(await authoriser.path("relay", "dangling/x.vcd")).toEqual({
      ok: false,
      error: { kind: "not-found" },
    });
    await symlink("loop", inGrant("loop"));
    expect(await authoriser.path("relay", "loop/x")).toEqual({ ok: false, error: { kind: "not-found" } });
  });

  it("what does not exist yet inside of the grant has its canonical place", async () => {
    await symlink("sub", inGrant("inner"));
    expect(await authoriser.path("relay", "inner/new/x.vcd")).toEqual({
      ok: true,
      value: { path: inGrant("sub/new/x.vcd"), exists: false },
    });
  });

  it("links that stay inside are followed, once, and circles end", async () => {
    await symlink("../sub", inGrant("sub/self"));
    await symlink("a.vcd", inGrant("alias.vcd"));
    expect(await found(".")).toMatchObject({
      paths: [inGrant("a.vcd"), inGrant("alias.vcd"), inGrant("sub/b.vcd")],
    });
    expect(await listed("sub/self")).toEqual([
      { path: inGrant("sub/b.vcd"), kind: "file" },
      { path: inGrant("sub/self"), kind: "directory" },
    ]);
  });

  it("FIFOs and sockets are neither opened nor listed", async () => {
    execFileSync("mkfifo", [inGrant("pipe.vcd")]);
    const server = createServer().listen(inGrant("socket.vcd"));
    await once(server, "listening");
    try {
      for (const name of ["pipe.vcd", "socket.vcd"]) {
        expect(await broker.readMetadata(name), name).toEqual(notFound);
        expect(await broker.listDir(name), name).toMatchObject({ payload: { tag: "not-a-directory" } });
      }
      expect(await listed(".")).toHaveLength(2);
      expect(await found(".")).toMatchObject({ paths: [inGrant("a.vcd"), inGrant("sub/b.vcd")] });
    } finally {
      server.close();
    }
  });

  it("a hard link inside of the grant is inside", async () => {
    execFileSync("ln", [path.join(root, "secret/key.vcd"), inGrant("hard.vcd")]);
    expect(await broker.readMetadata("hard.vcd")).toMatchObject({ kind: "ok", value: { size: 3n } });
  });

  it("metadata is that of the file: size and time to the nanosecond's record", async () => {
    const outcome = await broker.readMetadata("a.vcd");
    expect(outcome).toMatchObject({ kind: "ok", value: { path: inGrant("a.vcd"), kind: "file", size: 1n } });
  });

  it("a granted folder that does not exist yet is not widened by a link that appears there", async () => {
    const folders = (await standingFolders([path.join(root, "granted/later")])).standing;
    expect(folders).toEqual([inGrant("later")]);
    await symlink(path.join(root, "secret"), inGrant("later"));
    const grant = {
      pluginId: "t.t",
      capabilities: new Set(["filesystem"] as const),
      folders,
      channels: new Set<string>(),
    };
    const late = new Authoriser(grant, root, new SimulatedClock(), () => {}, platform);
    expect(await late.path("filesystem", inGrant("later"))).toMatchObject({ ok: false });
  });

  it("the folders of an entry are told apart: inside of the workspace, outside, impossible", async () => {
    await symlink(path.join(root, "secret"), inGrant("run"));
    await symlink(path.join(root, "none"), inGrant("dangling"));
    expect(await sortFolders(granted, [".", "sub", "new", "run", root, "dangling", "\0", "../x\ny"])).toEqual(
      {
        inside: [granted, inGrant("new"), inGrant("sub")],
        outside: [root, path.join(root, "secret")],
        invalid: ["dangling", "\0", "../x\ny"],
      },
    );
  });

  it.runIf(process.platform === "linux")(
    "a folder swapped for a link after the check is found out at use",
    async () => {
      const real = await canonicalPath(inGrant("sub"));
      await rename(inGrant("sub"), inGrant("moved"));
      await symlink(path.join(root, "secret"), inGrant("sub"));
      // The check was passed before the swap; what counts is what is opened.
      const opened = await useDirectory(real?.path ?? "", authoriser, (access) => readlink(access));
      expect(opened.ok).toBe(false);
      // Also with a link further up, which O_NOFOLLOW does not see.
      await rm(inGrant("sub"));
      await mkdir(inGrant("up/deep"), { recursive: true });
      await rename(inGrant("up"), inGrant("up-moved"));
      await symlink(path.join(root, "secret"), inGrant("up"));
      const above = await useDirectory(inGrant("up/deep"), authoriser, (access) => readlink(access));
      expect(above).toEqual({ ok: false, error: "not-found" });
    },
  );
});
