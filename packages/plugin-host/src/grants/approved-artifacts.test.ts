import { copyFile, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makeArtifact } from "../artifact/read-artifact.js";
import { ApprovedArtifacts } from "./approved-artifacts.js";
import { GrantStore } from "./grant-store.js";
import { withFileLock } from "./file-lock.js";
import { approveOwnBuild } from "./own-build.js";

const hash = (letter: string): string => letter.repeat(64);

const artifact = (mark: number, manifestText?: string) => {
  const made = makeArtifact(
    "/w/p.wasm",
    Uint8Array.from([0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0, 0, 2, 1, mark]),
    manifestText,
  );
  if (!made.ok) throw new Error(made.error.message);
  return made.value;
};

const build = (letter: string, ...capabilities: ("logging" | "timer")[]) => ({
  pluginId: "a.b",
  sha256: hash(letter),
  artifactPath: "/w/p.wasm",
  capabilities,
  limits: {},
});

describe("approved bytes in the user's cache", () => {
  let folder: string;
  let kept: ApprovedArtifacts;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "kept-"));
    kept = new ApprovedArtifacts(folder);
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("are kept by hash with their manifest, for this user alone, and read as they were", async () => {
    const one = artifact(1, 'id = "a.b"');
    await kept.keep(one);
    await kept.keep(one);
    expect(await kept.read(one.sha256, one.path)).toEqual({ ...one, bytes: Buffer.from(one.bytes) });
    for (const name of await readdir(kept.folder))
      expect((await stat(path.join(kept.folder, name))).mode & 0o777, name).toBe(0o600);
    expect(await kept.list()).toEqual([{ sha256: one.sha256, size: one.size }]);
  });

  it("know what was last in force at a place, while there is an artifact", async () => {
    const place = path.join(folder, "p.wasm");
    const at = (mark: number) => ({ ...artifact(mark), path: place, place });
    expect(await kept.lastAt(place)).toBeUndefined();
    await kept.keep(at(1));
    await kept.keep(at(2));
    expect(await kept.lastAt(place)).toBe(at(2).sha256);
    expect(await kept.inForce()).toEqual(new Set());
    await writeFile(place, "");
    expect(await kept.inForce()).toEqual(new Set([at(2).sha256]));
  });

  it("that were tampered with, or are not there, are none", async () => {
    const one = artifact(1);
    await kept.keep(one);
    await writeFile(path.join(kept.folder, `${one.sha256}.wasm`), artifact(2).bytes);
    expect(await kept.read(one.sha256, one.path)).toBeUndefined();
    expect(await kept.read(artifact(3).sha256, one.path)).toBeUndefined();
  });

  it("are removed when nothing needs them, and only then", async () => {
    for (const mark of [1, 3, 2]) await kept.keep(artifact(mark, "# m"));
    const { sha256 } = artifact(2);
    expect((await kept.clear(new Set([sha256]))).map((item) => item.sha256).toSorted()).toEqual(
      [artifact(1).sha256, artifact(3).sha256].toSorted(),
    );
    expect((await readdir(kept.folder)).filter((name) => !name.endsWith(".place"))).toEqual([
      `${sha256}.wasm`,
      `${sha256}.wasm.toml`,
    ]);
    expect(await kept.lastAt("/w/p.wasm")).toBe(sha256);
    await kept.clear(new Set());
    expect(await readdir(kept.folder)).toEqual([]);
    expect(await new ApprovedArtifacts(path.join(folder, "none")).clear(new Set())).toEqual([]);
  });

  it("that a killed program was writing are removed, but not what is being written", async () => {
    await kept.keep(artifact(1));
    const { sha256 } = artifact(1);
    const [left, fresh] = [`${sha256}.wasm.left.tmp`, `${sha256}.wasm.fresh.tmp`];
    for (const name of [left, fresh]) await writeFile(path.join(kept.folder, name), "half");
    const yesterday = new Date(Date.now() - 86_400_000);
    await utimes(path.join(kept.folder, left), yesterday, yesterday);
    await kept.clear(new Set([sha256]));
    const names = (await readdir(kept.folder)).filter((name) => !name.endsWith(".place"));
    expect(names.toSorted()).toEqual([`${sha256}.wasm`, fresh]);
  });

  describe("one's own builds", () => {
    it("are approved with what was approved at their place, and not with more", async () => {
      const store = await GrantStore.open(folder);
      expect(await approveOwnBuild(store, build("a", "logging"))).toEqual({
        capabilities: ["logging"],
        limits: {},
      });
      expect(store.list()).toEqual([]);
      await store.grant({
        ...build("a", "logging"),
        folders: ["/scratch"],
        limits: { memoryMib: 128 },
        artifactPaths: ["/w/current.wasm", "/w/p.wasm"],
      });
      const bigger = { ...build("b", "logging"), limits: { memoryMib: 100 } };
      expect(await approveOwnBuild(store, bigger)).toBe("approved");
      expect(store.get(hash("b"))).toMatchObject({
        capabilities: ["logging"],
        folders: ["/scratch"],
        limits: { memoryMib: 128 },
        built: true,
      });
      expect(await approveOwnBuild(store, build("c", "logging", "timer"))).toMatchObject({
        capabilities: ["timer"],
      });
      expect(await approveOwnBuild(store, { ...build("c"), limits: { timers: 65 } })).toMatchObject({
        limits: { timers: 65 },
      });
      expect(store.get(hash("c"))).toBeUndefined();
      // The same id at another place is somebody else's plugin.
      expect(
        await approveOwnBuild(store, { ...build("d", "logging"), artifactPath: "/stranger/p.wasm" }),
      ).toMatchObject({ capabilities: ["logging"] });
    });

    it("of a day's work, the last two stay approved, beside what a person approved", async () => {
      const store = await GrantStore.open(folder);
      await store.grant({ ...build("a", "logging"), folders: [], artifactPaths: ["/w/p.wasm"] });
      for (const letter of ["b", "c", "d", "e"]) await approveOwnBuild(store, build(letter, "logging"));
      expect(store.lineage("/w/p.wasm").map(({ sha256 }) => sha256[0])).toEqual(["e", "d", "a"]);
      expect([...store.newest()]).toEqual([hash("e")]);
      const reopened = await GrantStore.open(folder);
      expect(reopened.lineage("/w/p.wasm").map(({ sha256 }) => sha256[0])).toEqual(["e", "d", "a"]);
      // R4.6 the audit has what is approved no longer.
      const audit = (await readFile(path.join(folder, "audit.log"), "utf8")).trimEnd().split("\n");
      const records = audit.map(
        (line) => JSON.parse(line) as { decision: string; by: string; sha256: string },
      );
      const revoked = records.filter(({ decision }) => decision === "revoked");
      expect(revoked.map(({ by, sha256 }) => [by, sha256[0]])).toEqual([
        ["build", "b"],
        ["build", "c"],
      ]);
    });

    it("are not approved for what another program takes back at the same time", async () => {
      const store = await GrantStore.open(folder);
      await store.grant({ ...build("a", "logging"), folders: [], artifactPaths: ["/w/p.wasm"] });
      const other = await GrantStore.open(await mkdtemp(path.join(folder, "other-")));
      await other.grant({ ...build("d", "timer"), folders: [], artifactPaths: ["/d.wasm"] });
      const building = await withFileLock(store.file, async () => {
        const outcome = approveOwnBuild(store, build("b", "logging"));
        // Whatever is read without the lock has been read by now.
        for (let reads = 0; reads < 20; reads++) await readFile(store.file);
        await copyFile(other.file, store.file);
        return { outcome };
      });
      expect(await building.outcome).toMatchObject({ capabilities: ["logging"] });
      expect(store.list().map(({ sha256 }) => sha256)).toEqual([hash("d")]);
      const audit = await readFile(path.join(folder, "audit.log"), "utf8");
      expect(audit).not.toContain(hash("b"));
    });

    it("are not approved for what another program has taken back", async () => {
      const store = await GrantStore.open(folder);
      await store.grant({ ...build("a", "logging"), folders: [], artifactPaths: ["/w/p.wasm"] });
      await (await GrantStore.open(folder)).revoke({ sha256: hash("a") });
      expect(await approveOwnBuild(store, build("b", "logging"))).toMatchObject({
        capabilities: ["logging"],
      });
    });
  });
});
