import fs from "node:fs/promises";
import path from "node:path";
import { ApprovedArtifacts } from "@novywave/plugin-host";
import type { PluginStatus } from "@novywave/protocol";
import { expect, test } from "vitest";
import { startTestServer, strangerArtifact, userFolders, type TestServer } from "../testing/test-server.js";

const id = "acme.tool";
const config = `[plugins]
schema_version = 1

[[plugins.entries]]
id = "${id}"
enabled = true
artifact_path = "bin/tool.wasm"
`;

const isReady = ({ state }: PluginStatus): boolean => state === "ready";
const isPending = ({ state, pending }: PluginStatus): boolean => state === "ready" && pending !== undefined;
const needsConsent = ({ state }: PluginStatus): boolean => state === "needs-consent";

const artifactOf = (root: string): string => path.join(root, "bin/tool.wasm");

async function replace(root: string, bytes: Uint8Array): Promise<void> {
  const temporary = path.join(root, "bin/next");
  await fs.writeFile(temporary, bytes);
  await fs.rename(temporary, artifactOf(root));
}

async function linkTo(root: string, target: string, link: string): Promise<void> {
  await fs.symlink(target, path.join(root, "bin/next"));
  await fs.rename(path.join(root, "bin/next"), path.join(root, "bin", link));
}

async function writeFirstBuild(root: string): Promise<void> {
  await fs.mkdir(path.join(root, "bin"));
  await fs.writeFile(artifactOf(root), await strangerArtifact("hello_world"));
}

/** A server whose plugin was approved in its first build, which asks for nothing. */
async function approvedOnce(): Promise<TestServer & { readonly first: PluginStatus }> {
  const server = await startTestServer({
    files: { ".novywave": config },
    prepare: writeFirstBuild,
  });
  await approve(server, await server.plugin(id, needsConsent));
  return { ...server, first: await server.plugin(id, isReady) };
}

async function approve(
  { client }: TestServer,
  { sha256, requests }: Pick<PluginStatus, "sha256" | "requests">,
): Promise<void> {
  if (sha256 === undefined || !requests) throw new Error("it asks for nothing");
  expect(await client.request("plugin.grant", { id, sha256, requests })).toMatchObject({ ok: true });
}

test("a newer build that asks for more waits, and the approved one runs on, also after a restart", async () => {
  const one = await approvedOnce();
  await replace(one.root, await strangerArtifact("waveform_scanner"));
  const told = await one.plugin(id, isPending);
  expect(told.sha256).toBe(one.first.sha256);
  expect(told.message).toBe(
    `${one.first.message.replace(/[.\s]+$/u, "")}. Keeps running the approved build; a newer one (0.1.0) asks to use logging, filesystem, watch, relay`,
  );
  expect(told.action).toContain(`novywave plugins grant ${id}`);
  expect(told.pending?.requests?.capabilities).toContainEqual({
    name: "filesystem",
    reason: expect.any(String),
    approvedBefore: false,
  });
  expect(told.capabilities).toEqual([]);
  await one.server.stop();

  const two = await startTestServer({ folder: one.folder });
  const again = await two.plugin(id, isPending);
  expect([again.sha256, again.message]).toEqual([told.sha256, told.message]);

  if (!again.pending) throw new Error("nothing waits");
  await approve(two, again.pending);
  const next = await two.plugin(
    id,
    ({ state, sha256 }) => state === "ready" && sha256 === again.pending?.sha256,
  );
  expect(next.capabilities).toContain("filesystem");
  expect(next.pending).toBeUndefined();

  expect(await two.client.request("plugin.revoke", { id })).toEqual({ ok: true, value: { revoked: 2 } });
  await two.plugin(id, needsConsent);
  expect(await two.client.request("plugin.revoke", { id })).toMatchObject({
    ok: false,
    error: { code: "not-granted" },
  });
  const audit = await fs.readFile(path.join(two.folder, "user/config/audit.log"), "utf8");
  const decisions = audit
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { decision: string; by?: string })
    .flatMap(({ decision, by }) => (by === undefined ? [] : [`${decision} ${by}`]));
  expect(decisions).toEqual(["approved panel", "approved panel", "revoked panel", "revoked panel"]);
});

test("a newer build that is broken leaves the approved one in force, and says what is wrong with it", async () => {
  const one = await approvedOnce();
  await one.server.stop();
  await replace(one.root, (await strangerArtifact("hello_world")).subarray(0, 5_000));
  const two = await startTestServer({ folder: one.folder });
  const told = await two.plugin(id, isPending);
  expect(told.sha256).toBe(one.first.sha256);
  expect(told.pending).toEqual({
    message: expect.stringMatching(
      /^Keeps running the approved build; the newer one cannot run: .*middle of/u,
    ),
  });
});

test("what was approved in one workspace is kept in force in another as well", async () => {
  const one = await approvedOnce();
  await one.server.stop();
  const two = await startTestServer({
    files: { ".novywave": config },
    prepare: writeFirstBuild,
    userFolders: userFolders(one.folder),
  });
  expect(await two.plugin(id, isReady)).toMatchObject({ sha256: one.first.sha256, trust: "approved" });
  await replace(two.root, await strangerArtifact("waveform_scanner"));
  expect(await two.plugin(id, isPending)).toMatchObject({ sha256: one.first.sha256 });
  await two.server.stop();
  const again = await startTestServer({ folder: two.folder, userFolders: userFolders(one.folder) });
  expect(await again.plugin(id, isPending)).toMatchObject({ sha256: one.first.sha256 });

  // Taken back here, although the approval bears the id that the plugin has there.
  const text = await fs.readFile(path.join(two.root, ".novywave"), "utf8");
  await fs.writeFile(path.join(two.root, ".novywave"), text.replace(id, "acme.other"));
  await again.plugin("acme.other", isPending);
  expect(await again.client.request("plugin.revoke", { id: "acme.other" })).toMatchObject({ ok: true });
  await again.plugin("acme.other", needsConsent);
});

test("a link that is led to the next build is one place: the approved build runs on until that one is approved", async () => {
  const folders = ["first", "second"] as const;
  const scanner = await strangerArtifact("waveform_scanner");
  for (const [artifactPath, link, targets] of [
    ["bin/current.wasm", "current.wasm", ["first/tool.wasm", "second/tool.wasm"]],
    ["bin/current/tool.wasm", "current", ["first", "second"]],
  ] as const) {
    const one = await startTestServer({
      files: { ".novywave": config.replace("bin/tool.wasm", artifactPath) },
      prepare: async (root) => {
        for (const name of folders) await fs.mkdir(path.join(root, "bin", name), { recursive: true });
        await fs.writeFile(path.join(root, "bin/first/tool.wasm"), await strangerArtifact("hello_world"));
        await fs.writeFile(path.join(root, "bin/second/tool.wasm"), scanner);
        await linkTo(root, targets[0], link);
      },
    });
    await approve(one, await one.plugin(id, needsConsent));
    const first = await one.plugin(id, isReady);
    await linkTo(one.root, targets[1], link);
    // One whose folder is a link is looked at when the entry changes, or the server starts.
    const seen = link === "current.wasm";
    if (!seen) await one.server.stop();
    const next = seen ? one : await startTestServer({ folder: one.folder });
    const told = await next.plugin(id, isPending);
    expect(told.sha256).toBe(first.sha256);
    if (!told.pending) throw new Error("nothing waits");
    await approve(next, told.pending);
    await next.plugin(id, ({ state, sha256 }) => state === "ready" && sha256 === told.pending?.sha256);
    expect(await next.client.request("plugin.revoke", { id })).toMatchObject({ value: { revoked: 2 } });
  }
});

test("a link into another plugin's folder brings nothing of what was approved there", async () => {
  const one = await approvedOnce();
  await fs.writeFile(path.join(one.root, "bin/evil.wasm"), await strangerArtifact("waveform_scanner"));
  await fs.symlink("evil.wasm", path.join(one.root, "bin/link.wasm"));
  const other = config.replace(id, "stranger.evil").replace("bin/tool.wasm", "bin/link.wasm");
  await fs.appendFile(path.join(one.root, ".novywave"), other.slice(other.indexOf("[[")));
  expect(await one.plugin("stranger.evil", needsConsent)).toMatchObject({
    requests: {
      capabilities: expect.arrayContaining([
        { name: "filesystem", reason: expect.any(String), approvedBefore: false },
      ]),
    },
  });
  // Led to the bytes of the approved one it is those bytes, which is what was approved.
  await linkTo(one.root, "tool.wasm", "link.wasm");
  expect(await one.plugin("stranger.evil", isReady)).toMatchObject({ sha256: one.first.sha256 });
});

test("an artifact that is gone is gone, whatever was approved", async () => {
  const one = await approvedOnce();
  await one.server.stop();
  await fs.rm(artifactOf(one.root));
  const two = await startTestServer({ folder: one.folder });
  expect(await two.plugin(id, ({ state }) => state === "error")).toMatchObject({ code: "artifact-missing" });
});

test("bytes in the cache that are not those that were approved do not run", async () => {
  const one = await approvedOnce();
  await one.server.stop();
  const kept = new ApprovedArtifacts(userFolders(one.folder).cache);
  const [only] = await kept.list();
  expect(only?.sha256).toBe(one.first.sha256);
  const scanner = await strangerArtifact("waveform_scanner");
  await fs.writeFile(path.join(kept.folder, `${only?.sha256}.wasm`), scanner);
  await replace(one.root, scanner);
  const two = await startTestServer({ folder: one.folder });
  const asked = await two.plugin(id, needsConsent);
  expect(asked.requests?.capabilities.map(({ approvedBefore }) => approvedBefore)).not.toContain(true);
});

test("--trust-workspace runs what is there, this once, and keeps nothing for later", async () => {
  const one = await startTestServer({
    files: { ".novywave": config },
    prepare: writeFirstBuild,
    trustWorkspace: true,
  });
  await one.plugin(id, isReady);
  await one.server.stop();
  expect(await new ApprovedArtifacts(userFolders(one.folder).cache).list()).toEqual([]);
  const two = await startTestServer({ folder: one.folder });
  await two.plugin(id, needsConsent);
});

test("the whole file system is allowed only where that is said", async () => {
  await expect(startTestServer({ allowDirs: ["/"] })).rejects.toMatchObject({
    code: "folder-not-allowed",
    message: expect.stringContaining("--allow-root"),
  });
  await startTestServer({ allowDirs: ["/"], allowRoot: true });
});
