import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { defaultDocument } from "../schema/default-document.js";
import { defaultConfig } from "../schema/parse-config.js";
import type { ConfigEdit } from "../edit/model.js";
import { hookedFs, systemError, temporaryFolder } from "../testing/files.test.gen.js";
import { ConfigFile, type LoadedConfig } from "./config-file.js";
import { hashOf } from "./read.js";

const TEXT = `# mine
[plugins]
schema_version = 1

[[plugins.entries]]
id = "a.one"
enabled = true # keep
artifact_path = "one.wasm"

[[plugins.entries]]
id = "a.two"
enabled = true
artifact_path = "two.wasm"
`;

const TOGGLE: ConfigEdit = { path: ["plugins", "entries", 0, "enabled"], value: false };
const TOGGLED = TEXT.replace("true # keep", "false # keep");

function workspace(text?: string): { readonly folder: string; readonly path: string } {
  const folder = temporaryFolder();
  const path = join(folder, ".novywave");
  if (text !== undefined) writeFileSync(path, text);
  return { folder, path };
}

async function loaded(file: ConfigFile): Promise<LoadedConfig> {
  const result = await file.load();
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

describe("ConfigFile.load", () => {
  it("R1.3 a missing file is a state of its own, and stays missing", async () => {
    const { folder, path } = workspace();
    expect(await loaded(ConfigFile.open(path))).toEqual({
      state: "missing",
      config: defaultConfig(),
      text: defaultDocument(),
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  it("reads a file, with the hash of its bytes", async () => {
    const { path } = workspace(TEXT);
    const file = ConfigFile.open(path);
    expect(await loaded(file)).toMatchObject({
      state: "loaded",
      text: TEXT,
      hash: hashOf(Buffer.from(TEXT)),
    });
    expect(file.lastGood).toMatchObject({ state: "loaded", text: TEXT });
  });

  it("R2.9 keeps the last good state while the file has errors", async () => {
    const { path } = workspace(TEXT);
    const file = ConfigFile.open(path);
    await loaded(file);
    writeFileSync(path, TEXT.replace("true #", "maybe #"));
    expect(await file.load()).toMatchObject({ ok: false, error: [{ code: "syntax", line: 7, column: 11 }] });
    expect(file.lastGood).toMatchObject({ text: TEXT });
    writeFileSync(path, TOGGLED);
    expect(await loaded(file)).toMatchObject({ text: TOGGLED });
    expect(file.lastGood).toMatchObject({ text: TOGGLED });
  });

  it.each<[string, (path: string) => void, string]>([
    ["a folder", (path) => mkdirSync(path), "not-a-file"],
    ["a pipe, without waiting for a writer", (path) => execFileSync("mkfifo", [path]), "not-a-file"],
    ["a link that leads nowhere", (path) => symlinkSync("nowhere", path), "not-a-file"],
    ["a link to itself", (path) => symlinkSync(path, path), "not-a-file"],
    ["a link to a device", (path) => symlinkSync("/dev/zero", path), "not-a-file"],
    ["more than 1 MiB", (path) => writeFileSync(path, "#".repeat(1024 * 1024 + 1)), "too-large"],
  ])("refuses %s", async (_, make, code) => {
    const { path } = workspace();
    make(path);
    expect(await ConfigFile.open(path).load()).toMatchObject({ ok: false, error: [{ code }] });
    expect(await ConfigFile.open(path).apply([TOGGLE])).toMatchObject({ ok: false, error: { code } });
  });

  it("does not wait for a pipe that took the place of the file since it was looked at", async () => {
    const { path } = workspace(TEXT);
    const fs = hookedFs((operation, at) => {
      if (operation !== "open" || at !== path) return;
      rmSync(path);
      execFileSync("mkfifo", [path]);
    });
    expect(await ConfigFile.open(path, { fs }).load()).toMatchObject({
      ok: false,
      error: [{ code: "not-a-file" }],
    });
  });

  it("tells where a file is no UTF-8", async () => {
    const { path } = workspace();
    writeFileSync(path, Buffer.from([0x23, 0x0a, 0x23, 0xc3, 0xa9, 0xff, 0x0a]));
    expect(await ConfigFile.open(path).load()).toMatchObject({
      ok: false,
      error: [{ code: "encoding", line: 2, column: 3 }],
    });
  });
});

describe("ConfigFile.apply", () => {
  it("R2.3 changes what was asked and no other byte", async () => {
    const { folder, path } = workspace(TEXT);
    const file = ConfigFile.open(path);
    const result = await file.apply([TOGGLE]);
    expect(result).toMatchObject({ ok: true, value: { state: "loaded", text: TOGGLED } });
    expect(readFileSync(path, "utf8")).toBe(TOGGLED);
    expect(readdirSync(folder)).toEqual([".novywave"]);
  });

  it("writes a missing file as the commented defaults with the change in it", async () => {
    const { folder, path } = workspace();
    expect(await ConfigFile.open(path).apply([TOGGLE])).toMatchObject({ ok: true });
    expect(readFileSync(path, "utf8")).toBe(defaultDocument().replace("enabled = true", "enabled = false"));
    expect(readdirSync(folder)).toEqual([".novywave"]);
  });

  it("keeps the permissions of the file", async () => {
    const { path } = workspace(TEXT);
    chmodSync(path, 0o640);
    await ConfigFile.open(path).apply([TOGGLE]);
    expect(statSync(path).mode & 0o777).toBe(0o640);
  });

  it("writes nothing when nothing changes", async () => {
    const { path } = workspace(TEXT);
    const before = statSync(path).ino;
    const writes: string[] = [];
    const fs = hookedFs((operation) => void (/^(rename|symlink)$/.test(operation) && writes.push(operation)));
    const result = await ConfigFile.open(path, { fs }).apply([{ ...TOGGLE, value: true }]);
    expect(result).toMatchObject({ ok: true, value: { text: TEXT } });
    expect([statSync(path).ino, writes]).toEqual([before, []]);
    const missing = workspace();
    expect(await ConfigFile.open(missing.path).apply([])).toMatchObject({
      ok: true,
      value: { state: "missing" },
    });
    expect(existsSync(missing.path)).toBe(false);
  });

  it.each<[string, string, ConfigEdit, string]>([
    [
      "an edit that leads nowhere",
      TEXT,
      { path: ["plugins", "entries", 7, "enabled"], value: true },
      "edit-refused",
    ],
    ["an outcome that is not valid", TEXT, { ...TOGGLE, value: "no" }, "invalid-value"],
    ["a file with a syntax error", `${TEXT}x = \n`, TOGGLE, "syntax"],
    ["a version that is none", TEXT.replace("= 1", "= '1'"), TOGGLE, "invalid-value"],
    ["R2.4 a newer version", TEXT.replace("= 1", "= 9"), TOGGLE, "schema-version-newer"],
  ])("refuses %s and leaves the file untouched", async (_, text, edit, code) => {
    const { folder, path } = workspace(text);
    expect(await ConfigFile.open(path).apply([edit])).toMatchObject({ ok: false, error: { code } });
    expect(readFileSync(path, "utf8")).toBe(text);
    expect(readdirSync(folder)).toEqual([".novywave"]);
  });

  it("repairs an invalid value if the outcome is valid", async () => {
    const { path } = workspace(TEXT.replace("true # keep", "1 # keep"));
    expect(await ConfigFile.open(path).apply([TOGGLE])).toMatchObject({ ok: true, value: { text: TOGGLED } });
  });

  it("makes edits from what the file says at that moment", async () => {
    const { path } = workspace(TEXT);
    const file = ConfigFile.open(path);
    await loaded(file);
    writeFileSync(path, TEXT.replace("a.one", "a.new"));
    const seen: string[] = [];
    await file.apply((current) => {
      seen.push(current.config.plugins.entries[0]?.id ?? "");
      return [TOGGLE];
    });
    expect(new Set(seen)).toEqual(new Set(["a.new"]));
  });

  it("an index follows its plugin when entries changed places by hand", async () => {
    const { path } = workspace(TEXT);
    const file = ConfigFile.open(path);
    await loaded(file);
    const [head = "", one = "", two = ""] = TEXT.split("[[plugins.entries]]\n");
    const turned = [head, two, one].join("[[plugins.entries]]\n");
    writeFileSync(path, turned);
    await file.apply([TOGGLE]);
    expect(readFileSync(path, "utf8")).toBe(turned.replace("true # keep", "false # keep"));
    writeFileSync(path, TEXT);
    await loaded(file);
    writeFileSync(path, `${head}[[plugins.entries]]\n${two}`);
    expect(await file.apply([TOGGLE])).toMatchObject({ ok: false, error: { code: "conflict" } });
  });

  it("serves calls one after the other", async () => {
    const { path } = workspace(TEXT);
    const file = ConfigFile.open(path);
    const results = await Promise.all([
      ...Array.from({ length: 10 }, () => file.apply(increment)),
      file.load(),
    ]);
    expect(results.every(({ ok }) => ok)).toBe(true);
    expect(readFileSync(path, "utf8")).toContain("counter = 10");
  });
});

/** Adds one to a counter in the config of the first plugin. */
function increment(current: LoadedConfig): readonly ConfigEdit[] {
  const before = current.config.plugins.entries[0]?.config["counter"];
  const value = (typeof before === "number" ? before : 0) + 1;
  return [{ path: ["plugins", "entries", 0, "config", "counter"], value }];
}

describe("the program's own writes", () => {
  it("are recognised by hash, until something else is seen in the file", async () => {
    const { path } = workspace(TEXT);
    const file = ConfigFile.open(path);
    expect(file.isOwnWrite(hashOf(Buffer.from(TEXT)))).toBe(false);
    await file.apply([TOGGLE]);
    const hash = hashOf(Buffer.from(TOGGLED));
    await loaded(file);
    expect(file.isOwnWrite(hash)).toBe(true);
    writeFileSync(path, TEXT);
    await loaded(file);
    writeFileSync(path, TOGGLED);
    await loaded(file);
    expect(file.isOwnWrite(hash)).toBe(false);
  });
});

describe("R2.4 migration from version 0", () => {
  const OLD = TEXT.replace("schema_version = 1\n", "# none yet\n");

  it("loads as it is, and is migrated at the first write, the old bytes kept", async () => {
    const { folder, path } = workspace(OLD);
    chmodSync(path, 0o600);
    const file = ConfigFile.open(path);
    expect((await loaded(file)).config.schemaVersion).toBe(0);
    expect(readdirSync(folder)).toEqual([".novywave"]);
    const result = await file.apply([TOGGLE]);
    expect(result).toMatchObject({ ok: true, value: { config: { schemaVersion: 1 } } });
    expect(readFileSync(path, "utf8")).toBe(
      TOGGLED.replace("schema_version = 1\n", "schema_version = 1\n# none yet\n"),
    );
    expect(readFileSync(`${path}.v0.bak`, "utf8")).toBe(OLD);
    expect(statSync(`${path}.v0.bak`).mode & 0o777).toBe(0o600);
  });

  it("never overwrites a backup with other bytes, and needs no second one with the same", async () => {
    const { folder, path } = workspace(OLD);
    writeFileSync(`${path}.v0.bak`, "precious");
    await ConfigFile.open(path).apply([TOGGLE]);
    expect(readFileSync(`${path}.v0.bak`, "utf8")).toBe("precious");
    expect(readFileSync(`${path}.v0.2.bak`, "utf8")).toBe(OLD);
    writeFileSync(path, OLD);
    await ConfigFile.open(path).apply([TOGGLE]);
    expect(readdirSync(folder).sort()).toEqual([".novywave", ".novywave.v0.2.bak", ".novywave.v0.bak"]);
  });

  it("a file without [plugins] gets those that applied to it", async () => {
    const { path } = workspace("[ui]\ntheme = 'dark' # at night\n");
    const file = ConfigFile.open(path);
    const result = await file.apply([TOGGLE]);
    if (!result.ok) throw new Error(result.error.message);
    const [first, ...rest] = result.value.config.plugins.entries.map(({ id, enabled, config, watch }) => ({
      id,
      enabled,
      config,
      watch,
    }));
    const shipped = defaultConfig().plugins.entries.map(({ id, enabled, config, watch }) => ({
      id,
      enabled,
      config,
      watch,
    }));
    expect([first, ...rest]).toEqual([{ ...shipped[0], enabled: false }, ...shipped.slice(1)]);
    expect(result.value.text).toContain("theme = 'dark' # at night");
    expect(readFileSync(`${path}.v0.bak`, "utf8")).toBe("[ui]\ntheme = 'dark' # at night\n");
  });

  it("a change of nothing migrates nothing", async () => {
    const { folder, path } = workspace(OLD);
    await ConfigFile.open(path).apply([{ ...TOGGLE, value: true }]);
    expect(readFileSync(path, "utf8")).toBe(OLD);
    expect(readdirSync(folder)).toEqual([".novywave"]);
  });
});

describe("what may be written", () => {
  it("a link inside the folder is written through", async () => {
    const { folder, path } = workspace();
    mkdirSync(join(folder, "settings"));
    writeFileSync(join(folder, "settings", "wave.toml"), TEXT);
    symlinkSync("settings/wave.toml", path);
    expect(await ConfigFile.open(path).apply([TOGGLE])).toMatchObject({ ok: true });
    expect(readFileSync(join(folder, "settings", "wave.toml"), "utf8")).toBe(TOGGLED);
    expect(readdirSync(join(folder, "settings"))).toEqual(["wave.toml"]);
    expect(readdirSync(folder).sort()).toEqual([".novywave", "settings"]);
  });

  it("a link out of the folder is read, and never written", async () => {
    const outside = workspace(TEXT);
    const { folder, path } = workspace();
    symlinkSync(outside.path, path);
    expect(await loaded(ConfigFile.open(path))).toMatchObject({
      text: TEXT,
      readOnly: expect.stringMatching(/link/),
    });
    expect(await ConfigFile.open(path).apply([TOGGLE])).toMatchObject({
      ok: false,
      error: { code: "read-only" },
    });
    expect(readFileSync(outside.path, "utf8")).toBe(TEXT);
    expect([readdirSync(folder), readdirSync(outside.folder)]).toEqual([[".novywave"], [".novywave"]]);
  });

  it("a write-protected file is not replaced", async () => {
    const { path } = workspace(TEXT);
    const fs = hookedFs((operation) => {
      if (operation === "access") throw systemError("EACCES");
    });
    const file = ConfigFile.open(path, { fs });
    expect(await file.apply([TOGGLE])).toMatchObject({ ok: false, error: { code: "read-only" } });
    expect(readFileSync(path, "utf8")).toBe(TEXT);
  });

  it.each([
    ["ENOSPC", "handle.writeFile", "io"],
    ["EIO", "handle.sync", "io"],
    ["EACCES", "rename", "read-only"],
    ["EROFS", "symlink", "read-only"],
  ])("%s in %s is told, and the file is as it was", async (code, failing, expected) => {
    const { folder, path } = workspace(TEXT);
    const fs = hookedFs((operation) => {
      if (operation === failing) throw systemError(code);
    });
    const result = await ConfigFile.open(path, { fs }).apply([TOGGLE]);
    expect(result).toMatchObject({
      ok: false,
      error: { code: expected, message: expect.stringContaining(code) },
    });
    expect(readFileSync(path, "utf8")).toBe(TEXT);
    expect(readdirSync(folder)).toEqual([".novywave"]);
  });
});

/** An editor that replaces the file each time a temp file is about to be made. */
function editingAtCreate(path: string, texts: string[]): ReturnType<typeof hookedFs> {
  return hookedFs((operation, at) => {
    const text = at.endsWith(".tmp") && operation === "open" ? texts.shift() : undefined;
    if (text === undefined) return;
    writeFileSync(`${path}~`, text);
    renameSync(`${path}~`, path);
  });
}

describe("R2.5 a person's editor writes at the same time", () => {
  it("the edit is made again in what the editor wrote", async () => {
    const { folder, path } = workspace(TEXT);
    const theirs = TEXT.replace("# mine", "# theirs");
    const file = ConfigFile.open(path, { fs: editingAtCreate(path, [theirs]) });
    expect(await file.apply([TOGGLE])).toMatchObject({ ok: true });
    expect(readFileSync(path, "utf8")).toBe(TOGGLED.replace("# mine", "# theirs"));
    expect(readdirSync(folder)).toEqual([".novywave"]);
  });

  it("a file that appears meanwhile is not overwritten", async () => {
    const { path } = workspace();
    const file = ConfigFile.open(path, { fs: editingAtCreate(path, [TEXT]) });
    expect(await file.apply([{ path: ["ui", "theme"], value: "dark" }])).toMatchObject({ ok: true });
    expect(readFileSync(path, "utf8")).toBe(`${TEXT}\n[ui]\ntheme = "dark"\n`);
  });

  it("an editor that never stops is told, not fought", async () => {
    const { path } = workspace(TEXT);
    const texts = Array.from({ length: 20 }, (_, index) => `${TEXT}# ${index}\n`);
    const result = await ConfigFile.open(path, { fs: editingAtCreate(path, texts) }).apply([TOGGLE]);
    expect(result).toMatchObject({ ok: false, error: { code: "conflict" } });
    expect(readFileSync(path, "utf8")).toMatch(/# \d+\n$/);
  });
});
