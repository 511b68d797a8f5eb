import { execFile } from "node:child_process";
import { mkdirSync, statSync } from "node:fs";
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  rmdir,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setImmediate } from "node:timers/promises";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { defaultLimits } from "../limits.js";
import { AuditLog } from "./audit-log.js";
import { GrantStore, GrantStoreError } from "./grant-store.js";
import { approveOwnBuild } from "./own-build.js";

const hash = (letter: string): string => letter.repeat(64);
const a = hash("a");

describe("approvals of this user", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "grants-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const base = {
    sha256: a,
    pluginId: "t.t",
    capabilities: ["logging"] as const,
    folders: ["/scratch"],
    limits: {},
  };
  const query = { sha256: a, capabilities: [], folders: [], limits: {} };

  it("an artifact that nobody approved needs consent for all that it asks for", async () => {
    const store = await GrantStore.open(folder);
    const limits = { memoryMib: 128, callDeadlineMs: 10 };
    expect(store.decide({ ...query, capabilities: ["timer"], folders: ["/x"], limits })).toEqual({
      needs: {
        artifact: true,
        denied: false,
        capabilities: ["timer"],
        folders: ["/x"],
        limits: { memoryMib: 128 },
      },
    });
  });

  it("what was approved is granted, also after a restart, and only the rest is asked for", async () => {
    await (await GrantStore.open(folder)).grant({ ...base, limits: { memoryMib: 128 } });
    const store = await GrantStore.open(folder);
    expect(
      store.decide({
        ...query,
        capabilities: ["logging"],
        folders: ["/scratch/run"],
        limits: { memoryMib: 100 },
      }),
    ).toBe("granted");
    expect(
      store.decide({
        ...query,
        capabilities: ["logging", "timer"],
        folders: ["/scratch-2"],
        limits: { memoryMib: 129 },
      }),
    ).toEqual({
      needs: {
        artifact: false,
        denied: false,
        capabilities: ["timer"],
        folders: ["/scratch-2"],
        limits: { memoryMib: 129 },
      },
    });
  });

  it("another build of the same plugin is another artifact", async () => {
    const store = await GrantStore.open(folder);
    await store.grant(base);
    expect(store.decide({ ...query, sha256: hash("b") })).toMatchObject({ needs: { artifact: true } });
  });

  it("a shipped plugin needs no approval of itself, but of folders outside and of higher limits", async () => {
    const store = await GrantStore.open(folder);
    const shipped = { ...query, shipped: true, capabilities: ["filesystem", "watch"] as const };
    expect(store.decide(shipped)).toBe("granted");
    expect(store.decide({ ...shipped, folders: ["/x"] })).toMatchObject({
      needs: { artifact: false, capabilities: [] },
    });
    expect(store.decide({ ...shipped, limits: { ...defaultLimits, timers: 65 } })).toMatchObject({
      needs: { limits: { timers: 65 } },
    });
  });

  it("approvals add up; two stores keep each other's", async () => {
    const one = await GrantStore.open(folder);
    const two = await GrantStore.open(folder);
    await one.grant(base);
    await Promise.all([
      two.grant({ ...base, capabilities: ["timer"], folders: ["/other"] }),
      two.grant({ ...base, sha256: hash("b") }),
    ]);
    await one.reload();
    expect(one.get(a)).toMatchObject({ capabilities: ["logging", "timer"], folders: ["/other", "/scratch"] });
    expect(one.list()).toHaveLength(2);
  });

  it("approvals that several processes give at once are all kept, and no lock is left behind", async () => {
    const store = new URL("../../dist/grants/grant-store.js", import.meta.url).href;
    const script = `
      const { GrantStore } = await import(${JSON.stringify(store)});
      const [folder, from] = process.argv.slice(1);
      const store = await GrantStore.open(folder);
      for (let n = Number(from); n < Number(from) + 8; n++) {
        const sha256 = n.toString(16).padStart(64, "0");
        await store.grant({ sha256, pluginId: "t.t", capabilities: [], folders: [], limits: {} });
      }`;
    const run = promisify(execFile);
    await Promise.all(
      [100, 200, 300].map((from) =>
        run(process.execPath, ["--input-type=module", "-e", script, folder, String(from)]),
      ),
    );
    expect((await GrantStore.open(folder)).list()).toHaveLength(24);
    expect(await readdir(folder)).toEqual(["audit.log", "grants.json"]);
  });

  it("an approval that the file cannot hold is refused, and said", async () => {
    const store = await GrantStore.open(folder);
    await expect(store.grant({ ...base, pluginId: "x".repeat(200) })).rejects.toThrow(GrantStoreError);
    await expect(store.grant({ ...base, folders: [`/${"x".repeat(5_000)}`] })).rejects.toThrow("folders");
    expect((await GrantStore.open(folder)).list()).toEqual([]);
  });

  it("revoking takes all of a plugin back", async () => {
    const store = await GrantStore.open(folder);
    await store.grant(base);
    await store.grant({ ...base, sha256: hash("b") });
    expect(await store.revoke({ pluginId: "t.t" })).toBe(2);
    expect((await GrantStore.open(folder)).list()).toEqual([]);
  });

  describe("denials", () => {
    const asked = { ...query, capabilities: ["timer", "logging"] as const, folders: ["/y", "/x"] };
    const denial = { ...asked, pluginId: "t.t" };
    const isDenied = async (of: typeof asked): Promise<boolean> => {
      const decision = (await GrantStore.open(folder)).decide(of);
      if (decision === "granted") throw new Error("it is granted");
      return decision.needs.denied;
    };

    it("are remembered for the same bytes that ask for the same, whatever the order", async () => {
      await (await GrantStore.open(folder)).deny(denial);
      expect(await isDenied(asked)).toBe(true);
      expect(await isDenied({ ...asked, capabilities: ["timer", "logging"], folders: ["/x", "/y"] })).toBe(
        true,
      );
      expect(await isDenied({ ...asked, sha256: hash("b") })).toBe(false);
      expect(await isDenied({ ...asked, folders: ["/x"] })).toBe(false);
      expect(await isDenied({ ...asked, folders: ["/x", "/y", "/z"] })).toBe(false);
      expect(await isDenied({ ...asked, limits: { memoryMib: 128 } })).toBe(false);
      expect((await GrantStore.open(folder)).list()).toEqual([]);
    });

    it("end when a person approves the artifact, and not when it is taken back or built again", async () => {
      const store = await GrantStore.open(folder);
      await store.deny(denial, { by: "panel" });
      await store.deny(denial, { by: "panel" });
      expect(store.denials(a)).toHaveLength(1);
      expect(await store.revoke({ pluginId: "t.t" })).toBe(0);
      const artifactPath = "/p.wasm";
      await store.grant({ ...denial, sha256: hash("b"), artifactPaths: [artifactPath] });
      const build = { pluginId: "t.t", artifactPath, capabilities: asked.capabilities, limits: {} };
      expect(await approveOwnBuild(store, { ...build, sha256: hash("c") })).toBe("approved");
      expect(await approveOwnBuild(store, { ...build, sha256: a })).toMatchObject({
        capabilities: ["timer", "logging"],
      });
      expect(await isDenied(asked)).toBe(true);
      await store.grant(denial);
      await store.revoke({ sha256: a });
      expect(await isDenied(asked)).toBe(false);
      const audit = (await readFile(path.join(folder, "audit.log"), "utf8")).trimEnd().split("\n");
      expect(JSON.parse(audit[0] ?? "")).toMatchObject({
        ...denial,
        decision: "request-denied",
        by: "panel",
      });
    });

    it("are bounded: the last thousand", async () => {
      const one = { ...denial, deniedAt: "" };
      const denials = Array.from({ length: 1_000 }, (_, n) => ({
        ...one,
        sha256: n.toString(16).padStart(64, "0"),
      }));
      await writeFile(path.join(folder, "grants.json"), JSON.stringify({ version: 1, grants: [], denials }));
      const store = await GrantStore.open(folder);
      await store.deny(denial);
      expect([store.denials("0".repeat(64)), store.denials("1".padStart(64, "0"))]).toMatchObject([[], [{}]]);
      expect(await isDenied(asked)).toBe(true);
    });
  });

  it("the file is this user's alone", async () => {
    await (await GrantStore.open(folder)).grant(base);
    expect((await stat(path.join(folder, "grants.json"))).mode & 0o777).toBe(0o600);
  });

  it.each([
    ["not JSON", "{"],
    ["another shape", '{"version":1}'],
    ["another version", '{"version":2,"grants":[]}'],
    [
      "an unknown capability",
      JSON.stringify({ version: 1, grants: [{ ...base, capabilities: ["root"], grantedAt: "" }] }),
    ],
    [
      "a limit above the ceiling",
      JSON.stringify({ version: 1, grants: [{ ...base, limits: { memoryMib: 9999 }, grantedAt: "" }] }),
    ],
  ])(
    "a file with %s is an error that names it, never an empty store, and stays as it is",
    async (_, text) => {
      const file = path.join(folder, "grants.json");
      await writeFile(file, text);
      await expect(GrantStore.open(folder)).rejects.toThrow(GrantStoreError);
      await expect(GrantStore.open(folder)).rejects.toThrow(file);
      expect(await readFile(file, "utf8")).toBe(text);
    },
  );

  it("a store that broke meanwhile is not overwritten", async () => {
    const store = await GrantStore.open(folder);
    await writeFile(path.join(folder, "grants.json"), "{");
    await expect(store.grant(base)).rejects.toThrow(GrantStoreError);
    expect(await readFile(path.join(folder, "grants.json"), "utf8")).toBe("{");
  });

  it("a link in place of the file is not followed", async () => {
    await symlink("/etc/hostname", path.join(folder, "grants.json"));
    await expect(GrantStore.open(folder)).rejects.toThrow(GrantStoreError);
  });

  it("the whole file system needs an explicit flag", async () => {
    const store = await GrantStore.open(folder);
    await expect(store.grant({ ...base, folders: ["/"] })).rejects.toThrow("whole file system");
    await store.grant({ ...base, folders: ["/"] }, { allowRoot: true });
    expect(store.decide({ ...query, folders: ["/etc"] })).toBe("granted");
  });
});

const refusal = {
  pluginId: "t.t",
  time: 0,
  decision: "denied",
  capability: "filesystem",
  scope: "",
  reason: "",
} as const;

async function recordsIn(file: string): Promise<readonly { readonly decision: string }[]> {
  const lines = (await readFile(file, "utf8")).trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line) as { readonly decision: string });
}

describe("R4.6 the audit", () => {
  it("has each approval, before it counts, and its withdrawal", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "audit-"));
    const store = await GrantStore.open(folder);
    const input = {
      sha256: a,
      pluginId: "t.t",
      capabilities: ["timer"],
      folders: ["/x"],
      limits: {},
    } as const;
    await store.grant(input, { by: "panel" });
    await store.revoke({ pluginId: "t.t" });
    const lines = (await readFile(path.join(folder, "audit.log"), "utf8")).trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { ...input, decision: "approved", by: "panel" },
      { ...input, decision: "revoked", by: "command" },
    ]);
    await rm(path.join(folder, "audit.log"));
    await mkdir(path.join(folder, "audit.log"));
    await expect(store.grant(input)).rejects.toThrow("nothing was approved");
    expect(store.list()).toEqual([]);
    await rm(folder, { recursive: true });
  });

  it("has what could not be written later, in order, but no approval that was refused for it", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "audit-"));
    const errors: string[] = [];
    const store = await GrantStore.open(folder, new AuditLog(folder, (message) => errors.push(message)));
    const input = { sha256: a, pluginId: "t.t", capabilities: [], folders: [], limits: {} } as const;
    await store.grant(input);
    await rm(path.join(folder, "audit.log"));
    await mkdir(path.join(folder, "audit.log"));
    await store.revoke({ sha256: a });
    await expect(store.grant({ ...input, sha256: hash("b") })).rejects.toThrow("nothing was approved");
    await store.deny({ ...input, sha256: hash("c") });
    expect(errors.length).toBeGreaterThan(0);
    await rmdir(path.join(folder, "audit.log"));
    await store.grant({ ...input, sha256: hash("d") });
    expect(await recordsIn(path.join(folder, "audit.log"))).toMatchObject([
      { sha256: a, decision: "revoked" },
      { sha256: hash("c"), decision: "request-denied" },
      { sha256: hash("d"), decision: "approved" },
    ]);
    await rm(folder, { recursive: true });
  });

  it("loses nothing that goes with the oldest file when the next one cannot be written", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "audit-"));
    const store = await GrantStore.open(folder);
    const input = { sha256: a, pluginId: "t.t", capabilities: [], folders: [], limits: {} } as const;
    await store.grant(input);
    const file = path.join(folder, "audit.log");
    await rename(file, `${file}.1`);
    await writeFile(file, Buffer.alloc(8 * 1024 * 1024, "x\n"));
    const errors: string[] = [];
    const audit = new AuditLog(folder, (message) => errors.push(message));
    // The place is taken as soon as the full file has left it: the event loop turns more than once before the next is opened.
    const taken = (async () => {
      while (statSync(`${file}.1`).size < 8 * 1024 * 1024) await setImmediate();
      mkdirSync(file);
    })();
    audit.append(refusal);
    await Promise.all([audit.flush(), taken]);
    await rm(file, { recursive: true });
    audit.append(refusal);
    await audit.flush();
    expect(errors).toHaveLength(1);
    expect((await recordsIn(file)).map(({ decision }) => decision)).toEqual(["approved", "denied", "denied"]);
    await rm(folder, { recursive: true });
  });

  it("keeps a bounded part of what waits, decisions before anything else, and says how much it gave up", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "audit-"));
    const errors: string[] = [];
    const audit = new AuditLog(folder, (message) => errors.push(message));
    await mkdir(audit.file);
    const decision = { sha256: a, pluginId: "t.t", capabilities: [], folders: [], limits: {} } as const;
    audit.append({ ...decision, decision: "revoked", by: "panel", time: 0 });
    for (let mebibyte = 0; mebibyte < 8; mebibyte++)
      for (let record = 0; record < 64; record++)
        audit.append({ ...refusal, scope: "x".repeat(16 * 1024), reason: `${mebibyte}` });
    await audit.flush();
    await rmdir(audit.file);
    await audit.flush();
    const records = await recordsIn(audit.file);
    expect(records[0]).toMatchObject({ decision: "revoked" });
    expect(records.at(-1)).toMatchObject({ reason: "7" });
    expect((await stat(audit.file)).size).toBeLessThan(4.5 * 1024 * 1024);
    const told = errors.flatMap((message) => /^(\d+) records .* given up/.exec(message)?.[1] ?? []);
    const givenUp = told.reduce((sum, count) => sum + Number(count), 0);
    expect(givenUp + records.length).toBe(1 + 8 * 64);
    await rm(folder, { recursive: true });
  });

  it("has no characters that a terminal or an editor obeys, and begins anew at 8 MiB", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "audit-"));
    const audit = new AuditLog(folder, (message) => expect.unreachable(message));
    await writeFile(audit.file, Buffer.alloc(8 * 1024 * 1024, "x"));
    const scope = "\u001b[2J\u009b\u202e\u2028";
    audit.append({
      pluginId: "t.t",
      time: 0,
      decision: "denied",
      capability: "filesystem",
      scope,
      reason: "",
    });
    await audit.flush();
    const text = await readFile(audit.file, "utf8");
    expect(text).toMatch(/^[\x20-\x7e]+\n$/);
    expect(JSON.parse(text)).toMatchObject({ scope });
    expect((await readdir(folder)).toSorted()).toEqual(["audit.log", "audit.log.1"]);
    await rm(folder, { recursive: true });
  });

  it("keeps what the user decided, however often a plugin is refused", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "audit-"));
    const store = await GrantStore.open(folder);
    const input = { sha256: a, pluginId: "t.t", capabilities: [], folders: [], limits: {} } as const;
    await store.grant(input, { by: "panel" });
    await store.deny({ ...input, sha256: hash("b") }, { by: "panel" });
    const refusal = {
      pluginId: "t.t",
      time: 0,
      decision: "denied",
      capability: "filesystem",
      scope: '\n{"decision":"approved"}'.repeat(40),
      reason: "",
    } as const;
    const audit = new AuditLog(folder, (message) => expect.unreachable(message));
    for (let mebibytes = 0; mebibytes < 40; mebibytes++) {
      for (let record = 0; record < 800; record++) audit.append(refusal);
      await audit.flush();
    }
    const files = (await readdir(folder)).filter((name) => name.startsWith("audit.log")).toSorted();
    expect(files).toEqual(["audit.log", "audit.log.1"]);
    const texts = await Promise.all(files.map((file) => readFile(path.join(folder, file), "utf8")));
    const lines = texts.join("").trimEnd().split("\n");
    const records = lines.map((line) => JSON.parse(line) as { readonly decision: string });
    expect(records.filter(({ decision }) => decision !== "denied")).toMatchObject([
      { ...input, decision: "approved", by: "panel" },
      { sha256: hash("b"), decision: "request-denied", by: "panel" },
    ]);
    await rm(folder, { recursive: true });
  });

  it("is appended, one JSON object a line, for this user alone", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "audit-"));
    const errors: string[] = [];
    const audit = new AuditLog(folder, (message) => errors.push(message));
    const record = {
      pluginId: "t.t",
      decision: "denied",
      capability: "filesystem",
      scope: "/etc\n",
      reason: "r",
    } as const;
    audit.append({ ...record, time: 0 });
    audit.append({ ...record, time: 1 });
    await audit.flush();
    audit.append({ ...record, time: 2 });
    await audit.flush();
    const lines = (await readFile(audit.file, "utf8")).trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(
      [0, 1, 2].map((ms) => ({ ...record, time: new Date(ms).toISOString() })),
    );
    expect((await stat(audit.file)).mode & 0o777).toBe(0o600);
    expect(errors).toEqual([]);
    await rm(folder, { recursive: true });
  });
});
