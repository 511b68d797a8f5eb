import fs from "node:fs/promises";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { GrantStore } from "@novywave/plugin-host";
import { describe, expect, test } from "vitest";
import { findRunningServer } from "./runtime-file.js";
import { startServer } from "./server.js";
import {
  builtins,
  counterVcd,
  startTestServer,
  strangerArtifact,
  userFolders,
  withoutManifest,
} from "./testing/test-server.js";
import { temporaryFolder } from "./testing/temporary-folder.js";

const isReady = ({ state }: { readonly state: string }): boolean => state === "ready";

const needsConsent = ({ state }: { readonly state: string }): boolean => state === "needs-consent";

const isDenied = ({ code }: { readonly code?: string }): boolean => code === "denied";

const oneEntry = (fields: string): string =>
  `[plugins]\nschema_version = 1\n\n[[plugins.entries]]\n${fields}\n`;

describe("a folder", () => {
  test("R7.2 what the scanner finds is listed; opened, it answers questions", async () => {
    const { client, root, file, plugin } = await startTestServer({
      files: { "sim/a.vcd": counterVcd(100), "notes.txt": "no", "empty.vcd": "", "wrong.vcd": "hello" },
    });
    await plugin("novywave.waveform_scanner", isReady);
    const found = await file("sim/a.vcd", isReady);
    expect(found).toMatchObject({ format: "vcd", signals: 1, end: "100", open: false });
    expect((await file("empty.vcd", ({ state }) => state === "empty")).message).toBeDefined();
    expect((await file("wrong.vcd", ({ state }) => state === "error")).message).toContain("no waveform");
    const a = path.join(root, "sim/a.vcd");
    expect(await client.request("file.activate", { path: a })).toEqual({ ok: true, value: {} });
    await client.until("timeline", isReady);
    const resolved = await client.request("variables.resolve", { path: a, names: ["tb.clk", "tb.gone"] });
    expect(resolved).toMatchObject({ ok: true, value: { items: [{ fullName: "tb.clk", signal: 0 }, null] } });
    expect(await client.request("values.at", { path: a, signals: [0], time: "15" })).toEqual({
      ok: true,
      value: { values: ["1"] },
    });
    expect(
      await client.request("transition.find", { path: a, signal: 0, time: "15", direction: "next" }),
    ).toEqual({ ok: true, value: { time: "20" } });
    const wanted = { path: a, signal: 0, value: "1", direction: "next" } as const;
    expect(await client.request("value.find", { ...wanted, time: "0" })).toEqual({
      ok: true,
      value: { time: "10" },
    });
    expect(await client.request("value.find", { ...wanted, time: "100" })).toEqual({
      ok: true,
      value: { time: null },
    });
    for (const wrong of [{ value: "two" }, { value: "101" }, { signal: 99 }]) {
      expect(await client.request("value.find", { ...wanted, time: "0", ...wrong })).toMatchObject({
        ok: false,
        error: { code: "bad-request" },
      });
    }
    const query = { path: a, start: "0", end: "100", columns: 10, rows: [{ signal: 0 }] };
    const columns = await client.request("columns.query", { ...query, revision: 1 });
    expect(columns.ok && columns.value.byteLength).toBeGreaterThan(0);
    const stale = await client.request("columns.query", { ...query, revision: 2 });
    expect(stale).toMatchObject({ ok: false, error: { code: "stale" } });
    const page = { path: a, offset: 0, limit: 10 };
    const senseless = [
      client.request("columns.query", { ...query, revision: 1, rows: [{ signal: 99 }] }),
      client.request("values.at", { path: a, signals: [0, 99], time: "15" }),
      client.request("transition.find", { path: a, signal: 99, time: "15", direction: "next" }),
      client.request("scopes.children", { ...page, parent: 99 }),
      client.request("variables.list", { ...page, scope: 99 }),
    ];
    for (const answer of senseless) {
      const message = expect.stringMatching(/^there is no (signal|scope) 99; there are \d+$/) as unknown;
      expect(await answer).toMatchObject({ ok: false, error: { code: "bad-request", message } });
    }
    const absent = `${a}.absent`;
    const ofNoFile = [
      client.request("columns.query", { ...query, path: absent, revision: 1 }),
      client.request("values.at", { path: absent, signals: [0], time: "15" }),
      client.request("transition.find", { path: absent, signal: 0, time: "15", direction: "next" }),
      client.request("value.find", { ...wanted, path: absent, time: "0" }),
      client.request("scopes.children", { ...page, path: absent }),
      client.request("variables.list", { ...page, path: absent }),
      client.request("variables.resolve", { path: absent, names: ["tb.clk"] }),
    ];
    for (const answer of ofNoFile) {
      const message = `${absent} is not open, or not read yet`;
      expect(await answer).toMatchObject({ ok: false, error: { code: "not-open", message } });
    }
    for (const method of ["file.open", "file.activate"] as const) {
      expect(await client.request(method, { path: absent })).toMatchObject({
        ok: false,
        error: { code: "not-found" },
      });
    }
  });

  test("FST, also in gzip and under another name, is found, opened and answers questions", async () => {
    const fst = await fs.readFile(new URL("../../../test_files/uart/uart.fst", import.meta.url));
    const { client, root, file, plugin } = await startTestServer({
      prepare: async (folder) => {
        await fs.writeFile(path.join(folder, "uart.fst"), fst);
        await fs.writeFile(path.join(folder, "packed.vcd"), gzipSync(fst));
      },
    });
    await plugin("novywave.waveform_scanner", isReady);
    for (const name of ["uart.fst", "packed.vcd"]) {
      expect(await file(name, isReady)).toMatchObject({ format: "fst", signals: 27, end: "10285000" });
      const waves = path.join(root, name);
      await client.request("file.open", { path: waves });
      await file(name, ({ open, state }) => open && state === "ready");
      const scopes = await client.request("scopes.children", { path: waves, offset: 0, limit: 9 });
      expect(scopes).toMatchObject({
        ok: true,
        value: { items: [{ name: "uart_tb", kind: "module", declaredAt: { path: "./uart_tb.v", line: 3 } }] },
      });
      const resolved = await client.request("variables.resolve", {
        path: waves,
        names: ["uart_tb.data[7:0]", "uart_tb.clk"],
      });
      if (!resolved.ok) throw new Error(resolved.error.message);
      const signals = resolved.value.items.map((item) => item?.signal ?? -1);
      expect(await client.request("values.at", { path: waves, signals, time: "5000" })).toMatchObject({
        ok: true,
        value: { values: ["xxxxxxxx", "1"] },
      });
      const columns = await client.request("columns.query", {
        path: waves,
        start: "0",
        end: "10285001",
        columns: 100,
        rows: signals.map((signal) => ({ signal })),
        revision: 1,
      });
      expect(columns.ok && columns.value.byteLength).toBeGreaterThan(400);
    }
  });

  test("R7.3 a file that is written again, also by renaming over it, is read again without being asked", async () => {
    const { client, root, file } = await startTestServer({ files: { "a.vcd": counterVcd(100) } });
    const a = path.join(root, "a.vcd");
    await file("a.vcd", isReady);
    await client.request("file.open", { path: a });
    await file("a.vcd", ({ open, state }) => open && state === "ready");
    await fs.writeFile(a, counterVcd(200));
    await file("a.vcd", ({ end, revision }) => end === "200" && revision === 2);
    await fs.writeFile(`${a}.part`, counterVcd(300));
    await fs.rename(`${a}.part`, a);
    await file("a.vcd", ({ end }) => end === "300");
    await fs.rm(a);
    await file("a.vcd", ({ state }) => state === "missing");
    await fs.writeFile(a, counterVcd(400));
    await file("a.vcd", ({ end, state }) => end === "400" && state === "ready");
  });

  test("R9.2 a toggle changes the file in one place; R2.8 an edit of the file reloads what it concerns", async () => {
    const text = `# Ours.\n${oneEntry(
      'id = "novywave.hello_world" # first\nenabled = true\nartifact_path = "builtin:hello_world"\nconfig = { greeting = "you" }',
    )}`;
    const { client, root, plugin } = await startTestServer({ files: { ".novywave": text } });
    const id = "novywave.hello_world";
    expect((await plugin(id, isReady)).message).toContain("you");
    expect(await client.request("plugin.setEnabled", { id, enabled: false })).toEqual({
      ok: true,
      value: {},
    });
    await plugin(id, ({ state }) => state === "disabled");
    const file = path.join(root, ".novywave");
    expect(await fs.readFile(file, "utf8")).toBe(text.replace("enabled = true", "enabled = false"));
    await fs.writeFile(file, text.replace("you", "everybody"));
    expect((await plugin(id, ({ message }) => message.includes("everybody"))).state).toBe("ready");
    await fs.writeFile(file, "[plugins\n");
    const broken = await client.until("config", ({ state }) => state === "error");
    expect(broken.errors?.[0]).toMatchObject({ line: 1 });
    expect(client.topic("plugins")?.[0]?.state).toBe("ready");
  });

  test("/api/state says what scripts rely on", async () => {
    const { client, server, root, plugin, file } = await startTestServer({
      files: { "a.vcd": counterVcd(100), "cut.vcd": counterVcd(100).slice(0, -4) },
    });
    for (const id of ["hello_world", "waveform_scanner", "auto_reload"])
      await plugin(`novywave.${id}`, isReady);
    await file("a.vcd", isReady);
    await file("cut.vcd", isReady);
    const response = await fetch(`http://127.0.0.1:${server.port}/api/state?token=${server.token}`);
    const state: unknown = await response.json();
    expect(state).toMatchObject({
      config: { state: "missing" },
      plugins: [
        { id: "novywave.hello_world", state: "ready" },
        { id: "novywave.waveform_scanner", state: "ready" },
        { id: "novywave.auto_reload", state: "ready" },
      ],
      files: [
        { path: path.join(root, "a.vcd"), format: "vcd", state: "ready", signals: 1, start: "0", end: "100" },
        { path: path.join(root, "cut.vcd"), state: "ready", warning: { code: "truncated" } },
      ],
      timeline: { state: "empty", revision: 0 },
    });
    expect(client.workspace).toBe(root);
  });

  test("without waveforms: everything is empty and says so", async () => {
    const { client } = await startTestServer();
    const discovery = await client.until("discovery", ({ state }) => state === "empty");
    expect(discovery.message).toContain("No waveform files");
    expect(client.topic("files")).toEqual([]);
  });
});

describe("a single file", () => {
  test("is opened, its folder is not searched, and it is followed", async () => {
    const { client, root, file, plugin } = await startTestServer({
      files: { "a.vcd": counterVcd(100), "b.vcd": counterVcd(100) },
      single: "a.vcd",
    });
    await client.until("timeline", isReady);
    expect(client.topic("timeline")?.activeFile).toBe(path.join(root, "a.vcd"));
    const scanner = await plugin("novywave.waveform_scanner", ({ state }) => state === "disabled");
    expect(scanner.message).toContain("single file");
    await plugin("novywave.auto_reload", isReady);
    await fs.writeFile(path.join(root, "a.vcd"), counterVcd(200));
    await file("a.vcd", ({ end }) => end === "200");
    expect(client.topic("files")?.map(({ name }) => name)).toEqual(["a.vcd"]);
  });

  test("that is no waveform is an error with what to do", async () => {
    const { client, file } = await startTestServer({ files: { "a.fsdb": "hello" }, single: "a.fsdb" });
    expect((await file("a.fsdb", ({ state }) => state === "error")).message).toContain("fsdb2vcd");
    expect((await client.until("timeline", ({ state }) => state === "error")).message).toBeDefined();
  });
});

/** Writes a workspace that asks for more than it may have. */
async function stranger(root: string, folder: string): Promise<void> {
  await fs.mkdir(path.join(folder, "outside"));
  await fs.writeFile(path.join(folder, "outside/secret.vcd"), counterVcd(100));
  // Whoever lists the folder or reads the file moves this time (relatime, the default of Linux).
  for (const name of ["outside/secret.vcd", "outside"])
    await fs.utimes(path.join(folder, name), 0, new Date());
  await fs.symlink(path.join(folder, "outside"), path.join(root, "link"));
  await fs.mkdir(path.join(root, "plugins"));
  await fs.writeFile(path.join(root, "plugins/evil.wasm"), await strangerArtifact("waveform_scanner"));
  await fs.writeFile(
    path.join(root, ".novywave"),
    `[plugins]
schema_version = 1

[[plugins.entries]]
id = "stranger.evil"
enabled = true
artifact_path = "plugins/evil.wasm"
config = { directories = ["."] }

[[plugins.entries]]
id = "stranger.outside"
enabled = true
artifact_path = "builtin:waveform_scanner"
config = { directories = ["${path.join(folder, "outside")}"] }
watch = { directories = ["../outside"], debounce_ms = 10 }

[[plugins.entries]]
id = "stranger.through_a_link"
enabled = true
artifact_path = "builtin:waveform_scanner"
config = { directories = ["link"] }

[[plugins.entries]]
id = "stranger.elsewhere"
enabled = true
artifact_path = "../outside/plugin.wasm"

[[plugins.entries]]
id = "stranger.limits"
enabled = true
artifact_path = "builtin:hello_world"
limits = { memory_mib = 512 }
`,
  );
}

describe("a workspace cloned from a stranger", () => {
  test("runs nothing of it and reads nothing outside, until this user approves", async () => {
    const { client, plugin, folder, log } = await startTestServer({
      files: { "a.vcd": counterVcd(100) },
      prepare: stranger,
    });
    const evil = await plugin("stranger.evil", needsConsent);
    expect(evil.requests?.capabilities.map(({ name }) => name)).toContain("filesystem");
    expect((await plugin("stranger.outside", needsConsent)).requests?.folders).toEqual([
      {
        path: path.join(folder, "outside"),
        reason: "config.directories of its entry names it",
        approvedBefore: false,
      },
    ]);
    expect((await plugin("stranger.through_a_link", needsConsent)).requests?.folders).toEqual([
      {
        path: path.join(folder, "outside"),
        reason: "config.directories of its entry names it",
        approvedBefore: false,
      },
    ]);
    expect((await plugin("stranger.limits", needsConsent)).requests?.limits).toMatchObject([
      { name: "memoryMib", value: 512, default: 64 },
    ]);
    expect((await plugin("stranger.elsewhere", ({ state }) => state === "error")).code).toBe(
      "artifact-outside",
    );
    await client.until("discovery", ({ state }) => state === "error" || state === "empty");
    expect(client.topic("files")).toEqual([]);
    const secret = path.join(folder, "outside/secret.vcd");
    for (const name of [secret, path.join(folder, "workspace/link/secret.vcd"), "/etc/hostname"]) {
      expect(await client.request("file.open", { path: name })).toMatchObject({
        ok: false,
        error: { code: "not-found" },
      });
    }
    expect(await log()).not.toContain("secret.vcd");
    for (const name of ["outside/secret.vcd", "outside"]) {
      expect((await fs.stat(path.join(folder, name))).atimeMs).toBe(0);
    }

    // A hash or a request that is not the one shown is not approved.
    const sha256 = evil.sha256 ?? "";
    const requests = evil.requests ?? { capabilities: [], folders: [], limits: [] };
    for (const unseen of [
      { sha256: "0".repeat(64), requests },
      { sha256, requests: { ...requests, folders: [{ path: "/", reason: "", approvedBefore: false }] } },
    ]) {
      const wrong = await client.request("plugin.grant", { id: "stranger.evil", ...unseen });
      expect(wrong).toMatchObject({ ok: false, error: { code: "stale" } });
    }
    expect(await client.request("plugin.grant", { id: "stranger.evil", sha256, requests })).toEqual({
      ok: true,
      value: {},
    });
    await plugin("stranger.evil", isReady);
    await client.until("files", (files) => files.some(({ name }) => name === "a.vcd"));
    expect(client.topic("files")?.map(({ path: found }) => found)).not.toContain(secret);
    expect(client.topic("plugins")?.find(({ id }) => id === "stranger.outside")?.state).toBe("needs-consent");
  });

  test("an approval by another program of this user is followed, and so is its withdrawal", async () => {
    const { plugin, folder } = await startTestServer({ prepare: stranger });
    const evil = await plugin("stranger.evil", needsConsent);
    const store = await GrantStore.open(userFolders(folder).config);
    await store.grant({
      sha256: evil.sha256 ?? "",
      pluginId: evil.id,
      capabilities: ["logging", "filesystem", "watch", "relay"],
      folders: [],
      limits: {},
    });
    await plugin("stranger.evil", isReady);
    await store.revoke({ pluginId: "stranger.evil" });
    await plugin("stranger.evil", needsConsent);
  });

  test("what was denied does not ask again: not when it is enabled again, not after a restart", async () => {
    const first = await startTestServer({ prepare: stranger });
    const id = "stranger.evil";
    const { sha256 = "", requests } = await first.plugin(id, needsConsent);
    if (!requests) throw new Error("it asks for nothing");
    const other = { ...requests, capabilities: [] };
    expect(await first.client.request("plugin.deny", { id, sha256, requests: other })).toMatchObject({
      ok: false,
      error: { code: "stale" },
    });
    expect(await first.client.request("plugin.deny", { id, sha256, requests })).toEqual({
      ok: true,
      value: {},
    });
    expect(await first.plugin(id, isDenied)).toMatchObject({
      state: "needs-consent",
      message: expect.stringContaining("You denied what it asks for"),
      action: expect.stringContaining("novywave plugins grant stranger.evil"),
      requests: { denied: true },
    });
    await first.client.request("plugin.setEnabled", { id, enabled: false });
    await first.plugin(id, ({ state }) => state === "disabled");
    await first.client.request("plugin.setEnabled", { id, enabled: true });
    const enabled = await first.plugin(id, ({ state }) => state !== "disabled" && state !== "loading");
    expect(enabled).toMatchObject({ state: "needs-consent", code: "denied" });
    await first.server.stop();

    const { client, plugin, root } = await startTestServer({ folder: first.folder });
    const again = await plugin(id, isDenied);
    // Other bytes ask anew.
    const artifact = path.join(root, "plugins/evil.wasm");
    const bytes = await fs.readFile(artifact);
    await fs.writeFile(artifact, Buffer.concat([bytes, Uint8Array.of(0, 2, 1, 0x79)]));
    expect((await plugin(id, ({ code }) => code === "needs-consent")).requests?.denied).toBeUndefined();
    await fs.writeFile(artifact, bytes);
    await plugin(id, isDenied);
    // A person who has changed his mind.
    await client.request("plugin.grant", { id, sha256, requests: again.requests ?? requests });
    await plugin(id, isReady);
  });

  test("R6.1 a manifest that cannot be read is not none: the plugin waits until it is mended", async () => {
    const { plugin, root } = await startTestServer({
      prepare: async (folder) => {
        await fs.writeFile(
          path.join(folder, "p.wasm"),
          withoutManifest(await strangerArtifact("waveform_scanner")),
        );
        await fs.writeFile(path.join(folder, "p.wasm.toml"), "#".repeat(65_537));
        await fs.writeFile(
          path.join(folder, ".novywave"),
          oneEntry('id = "stranger.p"\nenabled = true\nartifact_path = "p.wasm"'),
        );
      },
      trustWorkspace: true,
    });
    const refused = await plugin("stranger.p", ({ state }) => state === "error");
    expect(refused).toMatchObject({
      code: "manifest-invalid",
      message: expect.stringMatching(
        /p\.wasm\.toml has 65537 bytes; the most is 65536.*mend it or remove it/,
      ),
    });
    await fs.rm(path.join(root, "p.wasm.toml"));
    await plugin("stranger.p", isReady);
  });

  test("--trust-workspace approves artifacts, and no folder outside; --allow-dir approves a folder", async () => {
    const folder = await temporaryFolder();
    const trusted = await startTestServer({ prepare: stranger, trustWorkspace: true });
    await trusted.plugin("stranger.evil", isReady);
    await trusted.plugin("stranger.outside", needsConsent);
    const allowed = await startTestServer({
      allowDirs: [folder],
      prepare: async (root) => {
        await fs.writeFile(path.join(folder, "far.vcd"), counterVcd(50));
        await fs.writeFile(
          path.join(root, ".novywave"),
          oneEntry(
            `id = "novywave.waveform_scanner"\nenabled = true\nartifact_path = "builtin:waveform_scanner"\nconfig = { directories = ["${folder}"] }`,
          ),
        );
      },
    });
    await allowed.file(path.join(folder, "far.vcd"), isReady);
  });

  test("safe mode runs nothing at all", async () => {
    const { client } = await startTestServer({ prepare: stranger, safeMode: true });
    const plugins = await client.until("plugins", (statuses) => statuses.length === 5);
    expect(plugins.map(({ state }) => state)).toEqual(Array.from({ length: 5 }, () => "disabled"));
  });
});

describe("plugins in a process of their own", () => {
  test("R5.5 the process may die: plugins come back, the server and its files stay", async () => {
    const { client, server, root, file, plugin, log } = await startTestServer({
      transport: "process",
      files: { "a.vcd": counterVcd(100) },
    });
    await file("a.vcd", isReady);
    const a = path.join(root, "a.vcd");
    await client.request("file.open", { path: a });
    await file("a.vcd", ({ open, state }) => open && state === "ready");
    const pid = await pluginProcess(server.pid);
    process.kill(pid, "SIGKILL");
    // Nobody retries: those that did nothing wrong come back by themselves.
    await fs.writeFile(a, counterVcd(200));
    // Written while no instance was there, told to the one that came back.
    await file("a.vcd", ({ end }) => end === "200");
    const next = (): Promise<number> => pluginProcess(server.pid).catch(() => pid);
    await expect.poll(next, { timeout: 20_000 }).not.toBe(pid);
    for (const id of ["novywave.waveform_scanner", "novywave.auto_reload"]) await plugin(id, isReady);
    expect(await log()).toContain('"code":"host-died"');
  });
});

describe("start and stop", () => {
  test.each(["0.0.0.0", "127.0.0.2"])("one that listens on %s is found and answers", async (host) => {
    const { root, folder, client } = await startTestServer({ host, safeMode: true });
    expect(client.workspace).toBe(root);
    expect(await findRunningServer(root, userFolders(folder).runtime)).toMatchObject({ host });
  });

  test("a server is found while it runs and leaves nothing behind", async () => {
    const before = activeResources();
    const { folder, root, server, client, plugin } = await startTestServer({
      files: { "a.vcd": counterVcd(100) },
      transport: "process",
    });
    await plugin("novywave.auto_reload", isReady);
    const runtime = userFolders(folder).runtime;
    expect(await findRunningServer(root, runtime)).toMatchObject({ port: server.port, token: server.token });
    const pid = await pluginProcess(server.pid);
    client.close();
    await server.stop();
    expect(await findRunningServer(root, runtime)).toBeUndefined();
    expect(() => process.kill(pid, 0)).toThrow();
    await expect(fetch(`http://127.0.0.1:${server.port}/`)).rejects.toThrow();
    expect(activeResources()).toEqual(before);
  });

  test("a taken port, and targets that cannot be opened, are told apart", async () => {
    const { server, folder, root } = await startTestServer();
    const start = async (overrides: Partial<Parameters<typeof startServer>[0]>): Promise<unknown> => {
      try {
        await (
          await startServer({
            target: { kind: "folder", path: root },
            port: 0,
            uiFolder: path.join(folder, "ui"),
            builtins: await builtins(),
            userFolders: userFolders(folder),
            ...overrides,
          })
        ).stop();
        return "started";
      } catch (error) {
        return error;
      }
    };
    expect(await start({ port: server.port })).toMatchObject({ code: "port-in-use" });
    expect(await start({ target: { kind: "folder", path: path.join(folder, "nothing") } })).toMatchObject({
      code: "not-found",
    });
    expect(
      await start({ target: { kind: "folder", path: path.join(folder, "ui/index.html") } }),
    ).toMatchObject({ code: "not-a-folder" });
    expect(await start({ target: { kind: "file", path: root } })).toMatchObject({ code: "not-a-file" });
    expect(await start({ allowDirs: [path.join(folder, "nothing")] })).toMatchObject({
      code: "folder-not-allowed",
    });
    expect(await start({ logFile: root })).toMatchObject({ code: "log-failed" });
  });
});

function activeResources(): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) {
    if (["FSEventWrap", "TCPServerWrap", "ProcessWrap", "StatWatcher"].includes(kind)) {
      counts[kind] = (counts[kind] ?? 0) + 1;
    }
  }
  return counts;
}

/** The child process of the server in which plugins run. */
async function pluginProcess(parent: number): Promise<number> {
  const children = await fs.readFile(`/proc/${parent}/task/${parent}/children`, "utf8");
  for (const pid of children.trim().split(" ").map(Number)) {
    const command = await fs.readFile(`/proc/${pid}/cmdline`, "utf8");
    if (command.includes("plugin-host")) return pid;
  }
  throw new Error("no plugin-host process runs");
}
