import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createHash } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  checkAddressSpace,
  checkInotify,
  checkShippedPlugins,
  checkUserFolders,
} from "../doctor/machine-checks.js";
import { checkNode, checkPermissionModel } from "../doctor/node-checks.js";
import { browserOpener } from "../open-browser.js";
import { createSandbox } from "../test/run-command.js";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "doctor-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("doctor", () => {
  it("prints its checks for people and as JSON", async () => {
    using sandbox = createSandbox();
    const [text, json] = [await sandbox.run("doctor"), await sandbox.run("doctor", "--json")];
    const report = json.json() as { ok: boolean; checks: { name: string; state: string; message: string }[] };
    const names = report.checks.map((check) => check.name);
    expect(names).toEqual(
      expect.arrayContaining(["node", "permission-model", "extended-const", "browser", "config-folder"]),
    );
    expect(report.checks.find((check) => check.name === "config-folder")).toMatchObject({
      state: "ok",
      message: sandbox.env["NOVYWAVE_CONFIG_HOME"],
    });
    for (const name of names) expect(text.stdout).toContain(name);
    expect(report.ok).toBe(report.checks.every((check) => check.state !== "failed"));
    expect([text.code, json.code]).toEqual(report.ok ? [0, 0] : [1, 1]);
  });

  it("exits with 1 when something will not work", async () => {
    using sandbox = createSandbox();
    const file = sandbox.write("file", "");
    sandbox.env["NOVYWAVE_STATE_HOME"] = join(file, "state");
    const { code, stdout } = await sandbox.run("doctor");
    expect(code).toBe(1);
    expect(stdout).toMatch(/FAILED\s+state-folder .*NOVYWAVE_STATE_HOME/u);
  });

  it("says that Node 20 is past its end of life, and until when newer ones are kept up", () => {
    const day = Date.parse("2026-11-22");
    expect(checkNode("20.20.2", day)).toMatchObject({
      state: "warning",
      message: expect.stringContaining("ended on 2026-04-30") as string,
    });
    expect(checkNode("22.23.2", day)).toMatchObject({
      state: "ok",
      message: "Node 22.23.2, kept up until 2027-04-30",
    });
    expect(checkNode("28.0.0", day)).toMatchObject({ state: "ok" });
  });

  it("says what the permission model lacks", () => {
    const experimental = checkPermissionModel("20.20.2", new Set(["--experimental-permission"]));
    expect(experimental.state).toBe("warning");
    expect(experimental.message).toMatch(/lacks: the model is experimental .*; the network is not denied/u);
    const stable = checkPermissionModel("22.23.2", new Set(["--permission"]));
    expect(stable.state).toBe("warning");
    expect(stable.message).toMatch(/no native code\. What it lacks: the network is not denied/u);
    const whole = checkPermissionModel("26.10.0", new Set(["--permission"]));
    expect(whole.state).toBe("ok");
    expect(whole.message).toMatch(/no native code, no network\. What it lacks: links that lie in/u);
    for (const { message } of [experimental, stable, whole]) {
      expect(message).toMatch(/who breaks out of V8 itself has your rights, and could end this program\.$/u);
    }
    expect(checkPermissionModel("20.0.0", new Set())).toMatchObject({ state: "warning" });
  });

  it("finds shipped plugins that are missing or not the ones that were built", async () => {
    expect(await checkShippedPlugins(folder)).toMatchObject([{ name: "plugins", state: "failed" }]);
    const sha256 = createHash("sha256").update("bytes").digest("hex");
    const entry = (name: string) => ({
      name,
      id: `novywave.${name}`,
      version: "1.0.0",
      file: `${name}.wasm`,
      sha256,
      size: 5,
    });
    writeFileSync(
      join(folder, "shipped.json"),
      JSON.stringify({ plugins: ["good", "changed", "missing"].map(entry) }),
    );
    writeFileSync(join(folder, "good.wasm"), "bytes");
    writeFileSync(join(folder, "changed.wasm"), "other");
    const checks = await checkShippedPlugins(folder);
    expect(checks.map((check) => [check.name, check.state])).toEqual([
      ["plugin novywave.good", "ok"],
      ["plugin novywave.changed", "failed"],
      ["plugin novywave.missing", "failed"],
    ]);
    expect(checks[1]?.message).toContain(
      "is not the file that was built. Run `novywave plugins build --all`",
    );
    expect(checks[2]?.message).toContain("is missing");
  });

  it("looks at folders that do not exist yet without making them", async () => {
    const state = join(folder, "a/b/c");
    const [check] = await checkUserFolders({ config: state, state, cache: state, runtime: state });
    expect(check).toEqual({ name: "config-folder", state: "ok", message: state });
    mkdirSync(join(folder, "a")); // would fail if the check had made it
  });

  it("warns of few inotify watches and of limited address space", async () => {
    writeFileSync(join(folder, "max_user_watches"), "8192\n");
    writeFileSync(join(folder, "max_user_instances"), "128\n");
    expect(await checkInotify(folder)).toMatchObject([
      { state: "warning", message: expect.stringContaining("sysctl fs.inotify.max_user_watches") as string },
    ]);
    writeFileSync(join(folder, "max_user_watches"), "524288\n");
    expect(await checkInotify(folder)).toMatchObject([{ state: "ok" }]);
    expect(await checkInotify(join(folder, "absent"))).toEqual([]);
    const limits = join(folder, "limits");
    writeFileSync(limits, "Max address space         unlimited            unlimited            bytes\n");
    expect(await checkAddressSpace(limits)).toEqual([]);
    writeFileSync(limits, "Max address space         4294967296           unlimited            bytes\n");
    expect(await checkAddressSpace(limits)).toMatchObject([
      { state: "warning", message: expect.stringContaining("limited to 4294967296 bytes") as string },
    ]);
  });

  it("finds what opens a page: open on macOS, wslview on WSL, xdg-open on a desktop", () => {
    const env = { PATH: folder };
    expect(browserOpener(env, "darwin", false)).toEqual({ ok: true, command: "open" });
    expect(browserOpener(env, "linux", false)).toMatchObject({
      ok: false,
      reason: "There is no desktop in this session.",
    });
    const desktop = { ...env, DISPLAY: ":0" };
    expect(browserOpener(desktop, "linux", false)).toMatchObject({ ok: false });
    writeFileSync(join(folder, "xdg-open"), "", { mode: 0o755 });
    expect(browserOpener(desktop, "linux", false)).toEqual({ ok: true, command: "xdg-open" });
    expect(browserOpener(env, "linux", true)).toEqual({ ok: true, command: "xdg-open" });
    writeFileSync(join(folder, "wslview"), "", { mode: 0o755 });
    expect(browserOpener(env, "linux", true)).toEqual({ ok: true, command: "wslview" });
  });
});
