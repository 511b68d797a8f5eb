import { chmod, copyFile, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  makeSandbox,
  novywave,
  readState,
  repository,
  serve,
  stateWhere,
  type Sandbox,
  type Serving,
} from "../support/novywave.js";

const shortWave = path.join(repository, "tests/fixtures/waveforms/counter_short.vcd");

describe("novywave serve TARGET: the right thing, or a clear answer", () => {
  let sandbox: Sandbox;
  let serving: Serving | undefined;

  beforeEach(async () => {
    sandbox = await makeSandbox();
  });

  afterEach(async () => {
    await serving?.stop();
    serving = undefined;
    await sandbox.remove();
  });

  it("names a folder that does not exist, and exits with 1", async () => {
    const missing = path.join(sandbox.root, "nowhere");
    const outcome = await novywave(["serve", missing, "--no-open"], { env: sandbox.env });
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toContain(missing);
    expect(outcome.stderr).toMatch(/does not exist/);
    expect(outcome.stderr).not.toMatch(/\n\s+at /);
  });

  it("names a folder that may not be read, and exits with 1", async () => {
    // A folder behind a mode that even root respects does not exist; a loop of links cannot be read by anybody.
    const looped = path.join(sandbox.root, "loop");
    await symlink(looped, looped);
    const outcome = await novywave(["serve", looped, "--no-open"], { env: sandbox.env });
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toContain(looped);
    expect(outcome.stderr).not.toMatch(/\n\s+at /);
    if (process.getuid?.() === 0) return;
    const locked = path.join(sandbox.root, "locked");
    await mkdir(locked);
    await chmod(locked, 0o000);
    const refused = await novywave(["serve", locked, "--no-open"], { env: sandbox.env });
    await chmod(locked, 0o700);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/may not be read|permission/i);
  });

  it("refuses a file that is no waveform, and says what it is", async () => {
    const notes = path.join(sandbox.workspace, "notes.txt");
    await writeFile(notes, "buy milk\n");
    const outcome = await novywave(["serve", notes, "--no-open"], { env: sandbox.env });
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toContain(notes);
    expect(outcome.stderr).toMatch(/waveform/);
  });

  it("serves an empty folder, whose discovery is empty and not an error", async () => {
    serving = await serve([sandbox.workspace], sandbox.env);
    const state = await stateWhere(serving, "three ready plugins", (s) =>
      s.plugins.every((plugin) => plugin.state === "ready"),
    );
    expect(state.plugins).toHaveLength(3);
    expect(state.files).toEqual([]);
    expect(state.timeline.state).toBe("empty");
    expect(state.config.state).toBe("missing");
    await serving.stop();
    // R4.6: every grant is in the user's audit.
    const audit = await readFile(path.join(sandbox.root, "config/audit.log"), "utf8");
    const records = audit
      .trim()
      .split("\n")
      .map((line): unknown => JSON.parse(line));
    expect(records).toContainEqual(
      expect.objectContaining({
        pluginId: "novywave.waveform_scanner",
        capability: "filesystem",
        decision: "granted",
      }),
    );
  });

  it("opens a waveform file in its folder, without scanning the folder", async () => {
    const wave = path.join(sandbox.workspace, "a.vcd");
    await copyFile(shortWave, wave);
    await copyFile(shortWave, path.join(sandbox.workspace, "b.vcd"));
    serving = await serve([wave], sandbox.env);
    const state = await stateWhere(serving, "the file ready", (s) => s.files[0]?.state === "ready");
    expect(state.files.map((file) => file.path)).toEqual([wave]);
    expect(state.files[0]?.signals).toBeGreaterThan(0);
  });

  it("finds the waveforms among 10 000 files", async () => {
    for (let folder = 0; folder < 100; folder += 1) {
      const directory = path.join(sandbox.workspace, `run_${folder}`);
      await mkdir(directory);
      await Promise.all(
        Array.from({ length: 100 }, (_, file) =>
          file === 0
            ? copyFile(shortWave, path.join(directory, "wave.vcd"))
            : writeFile(path.join(directory, `report_${file}.txt`), "ok\n"),
        ),
      );
    }
    serving = await serve([sandbox.workspace], sandbox.env);
    const state = await stateWhere(serving, "100 files", (s) => s.files.length === 100, 30_000);
    expect(state.files.every((file) => file.path.endsWith("wave.vcd"))).toBe(true);
  });

  it("answers /api/state only with the token, and only to a local name", async () => {
    serving = await serve([sandbox.workspace], sandbox.env);
    const base = `http://127.0.0.1:${serving.port}/api/state`;
    expect((await fetch(base)).status).toBe(401);
    expect((await fetch(`${base}?token=wrong`)).status).toBe(401);
    expect((await readState(serving)).plugins).toBeDefined();
    const foreign = await fetch(`${base}?token=${serving.token}`, {
      headers: { origin: "http://evil.example" },
    });
    expect(foreign.status).toBe(403);
  });
});

describe("a workspace cloned from a stranger", () => {
  it("starts nothing of it, and reads nothing outside", async () => {
    const sandbox = await makeSandbox();
    const outside = path.join(sandbox.root, "secret");
    await mkdir(outside);
    await copyFile(shortWave, path.join(outside, "secret.vcd"));
    await mkdir(path.join(sandbox.workspace, "bin"));
    await copyFile(
      path.join(repository, "plugins/dist/waveform_scanner_plugin.wasm"),
      path.join(sandbox.workspace, "bin/evil.wasm"),
    );
    // One more byte in a custom section makes it another artifact.
    const bytes = await readFile(path.join(sandbox.workspace, "bin/evil.wasm"));
    await writeFile(
      path.join(sandbox.workspace, "bin/evil.wasm"),
      Buffer.concat([bytes, Buffer.from([0, 2, 1, 0x78])]),
    );
    await symlink(outside, path.join(sandbox.workspace, "link"));
    await writeFile(
      path.join(sandbox.workspace, ".novywave"),
      `[plugins]
schema_version = 1

[[plugins.entries]]
id = "stranger.scanner"
enabled = true
artifact_path = "bin/evil.wasm"
config = { extensions = ["vcd"], directories = ["${outside}"] }

[[plugins.entries]]
id = "novywave.waveform_scanner"
enabled = true
artifact_path = "builtin:waveform_scanner"
config = { extensions = ["vcd"], directories = ["${outside}", "link", "."] }
[plugins.entries.watch]
directories = ["${outside}"]
debounce_ms = 100
`,
    );
    const serving = await serve([sandbox.workspace], sandbox.env);
    try {
      const state = await stateWhere(
        serving,
        "settled plugins",
        (s) => s.plugins.length === 2 && s.plugins.every((plugin) => plugin.state !== "loading"),
      );
      const stranger = state.plugins.find((plugin) => plugin.id === "stranger.scanner");
      expect(stranger?.state).toBe("needs-consent");
      const scanner = state.plugins.find((plugin) => plugin.id === "novywave.waveform_scanner");
      expect(scanner?.state).not.toBe("ready");
      expect(scanner?.message).toContain(outside);
      expect(JSON.stringify(state.files)).not.toContain("secret.vcd");
    } finally {
      await serving.stop();
      await sandbox.remove();
    }
  });
});
