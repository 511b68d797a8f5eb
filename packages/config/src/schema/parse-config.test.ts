import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { editDocument } from "../edit/edit-document.js";
import { stringifyJson } from "../toml/value.js";
import { defaultDocument } from "./default-document.js";
import { formatConfigError, type ConfigError } from "./error.js";
import { defaultConfig, parseConfig, type WorkspaceConfig } from "./parse-config.js";
import { samePluginsSection } from "./plugins.js";
import { workspaceEdits, type WorkspaceView } from "./workspace.js";

const EXAMPLE = readFileSync(new URL("../../fixtures/specification-example.toml", import.meta.url), "utf8");

function parsed(text: string): WorkspaceConfig {
  const config = parseConfig(text);
  if (!config.ok) throw new Error(config.error.map((error) => formatConfigError(error)).join("\n"));
  return config.value;
}

function errorsOf(text: string): readonly ConfigError[] {
  const config = parseConfig(text);
  return config.ok ? [] : config.error;
}

function entry(...lines: string[]): string {
  return ["[[plugins.entries]]", 'id = "a.b"', "enabled = true", 'artifact_path = "x.wasm"', ...lines].join(
    "\n",
  );
}

describe("R2.1 the schema", () => {
  it("R2.2 loads the example of the specification as written", () => {
    const { plugins, schemaVersion } = parsed(EXAMPLE);
    expect(schemaVersion).toBe(1);
    expect(plugins.entries).toEqual([
      {
        id: "novywave.hello_world",
        enabled: true,
        artifactPath: "plugins/hello_world/target/component/hello_world.wasmc",
        config: { greeting: "NovyWave" },
        location: { line: 4, column: 1 },
      },
      {
        id: "novywave.waveform_scanner",
        enabled: true,
        artifactPath: "plugins/waveform_scanner/target/component/waveform_scanner.wasmc",
        config: { extensions: ["fst", "vcd"], directories: ["/home/user/waves"] },
        watch: { directories: ["/home/user/waves"], debounceMs: 250 },
        location: { line: 11, column: 1 },
      },
    ]);
  });

  it("reads inline, dotted and sectioned tables alike, mixed in one file", () => {
    const text = [
      'plugins.entries = [{ id = "a", enabled = true, artifact_path = "a", config = { x = 1 }, watch.directories = [] }]',
    ].join("\n");
    expect(parsed(text).plugins.entries[0]).toMatchObject({ config: { x: 1 }, watch: { directories: [] } });
    const mixed = `${entry("config.x.y = 1", "[plugins.entries.watch]", 'directories = ["w"]')}\n${entry(
      "config = { x = { y = 1 } }",
      'watch = { directories = ["w"] }',
    ).replace("a.b", "c.d")}\n${entry("[plugins.entries.config.x]", "y = 1").replace("a.b", "e.f")}`;
    const entries = parsed(mixed).plugins.entries;
    expect(entries.map(({ config }) => config)).toEqual([{ x: { y: 1 } }, { x: { y: 1 } }, { x: { y: 1 } }]);
    expect(entries.map(({ watch }) => watch?.directories)).toEqual([["w"], ["w"], undefined]);
  });

  it("hands a plugin its config as JSON, with integers of any size exact", () => {
    const config = parsed(entry("config = { big = 9007199254740993, day = 1979-05-27, n = nan, f = 1.5 }"))
      .plugins.entries[0]?.config;
    expect(config).toEqual({ big: 9007199254740993n, day: "1979-05-27", n: "nan", f: 1.5 });
    expect(stringifyJson(config)).toBe('{"big":9007199254740993,"day":"1979-05-27","n":"nan","f":1.5}');
  });

  it("reads limits and channels", () => {
    expect(
      parsed(entry("limits = { memory_mib = 128, timers = 0 }", 'channels = ["discovery"]')).plugins
        .entries[0],
    ).toMatchObject({ limits: { memoryMib: 128, timers: 0 }, channels: ["discovery"] });
  });

  it("the plugins that ship apply where there is no [plugins]", () => {
    expect(parsed("").plugins).toEqual({ ...defaultConfig().plugins, schemaVersion: 0 });
    expect(parsed("[plugins]\nschema_version = 1").plugins.entries).toEqual([]);
  });

  it("the default document says what the default configuration is", () => {
    expect(parsed(defaultDocument())).toEqual(defaultConfig());
    expect(defaultConfig().plugins.entries.map(({ id, artifactPath }) => [id, artifactPath])).toEqual([
      ["novywave.hello_world", "builtin:hello_world"],
      ["novywave.waveform_scanner", "builtin:waveform_scanner"],
      ["novywave.auto_reload", "builtin:auto_reload"],
    ]);
  });

  it("the example of the README is valid", () => {
    const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
    const example = /```toml\n([^`]*)```/.exec(readme)?.[1] ?? "";
    expect(parsed(example)).toMatchObject({
      schemaVersion: 1,
      plugins: { entries: [{ limits: { memoryMib: 128 }, watch: { debounceMs: 250 } }] },
      workspace: {
        activeFile: "run/top.vcd",
        selected: [{ format: "hex" }],
        cursors: { "run/top.vcd": { start: "0" } },
      },
      ui: { theme: "dark", panes: { files: 240 } },
    });
  });

  it("tolerates unknown keys and tables outside policy", () => {
    expect(parsed(`[future]\nx = 1\n[ui]\nfont = "f"\n${entry("note = 1")}`).ui.theme).toBe("system");
  });
});

describe("R2.9 errors tell line, column and what was expected", () => {
  it.each<[string, string, Partial<ConfigError>]>([
    ["a syntax error", "a = 1\nb = yes\n", { code: "syntax", line: 2, column: 5 }],
    ["a syntax error after other characters", 'a = "é𝄞" x\n', { code: "syntax", line: 1, column: 10 }],
    [
      "a wrong type",
      entry().replace("true", '"on"'),
      { code: "invalid-value", line: 3, column: 11, found: '"on"' },
    ],
    [
      "a missing key",
      "[plugins]\n[[plugins.entries]]\nid = 'a'\nenabled = true",
      { code: "missing-key", line: 2 },
    ],
    [
      "an absolute artifact",
      entry().replace("x.wasm", "/x.wasm"),
      { code: "invalid-value", line: 4, column: 17 },
    ],
    [
      "an artifact from afar",
      entry().replace("x.wasm", "https://x/x.wasm"),
      { code: "invalid-value", line: 4 },
    ],
    ["a bad id", entry().replace("a.b", "A b"), { code: "invalid-value", line: 2, column: 6 }],
    ["an id used twice", `${entry()}\n\n${entry()}`, { code: "duplicate-id", line: 6, column: 1 }],
    ["unknown policy", entry("limits = { memory = 1 }"), { code: "unknown-key", line: 5, column: 21 }],
    [
      "unknown watch settings",
      entry("[plugins.entries.watch]", "directories=[]", "debounce = 1"),
      { line: 7 },
    ],
    [
      "a limit beyond the ceiling",
      entry("limits.memory_mib = 2000"),
      { code: "invalid-value", line: 5, column: 21 },
    ],
    [
      "a fraction",
      entry("watch = { directories = [], debounce_ms = 0.5 }"),
      { code: "invalid-value", column: 43 },
    ],
    ["a table that is none", "plugins = 1", { code: "invalid-value", line: 1, column: 11 }],
    ["a theme", '[ui]\ntheme = "blue"', { code: "invalid-value", line: 2, column: 9, path: "ui.theme" }],
    [
      "a cursor",
      '[workspace.cursors]\n"a.vcd" = { cursor = "x" }',
      { code: "invalid-value", line: 2, column: 22 },
    ],
    ["a prototype", entry("config = { __proto__ = { a = 1 } }"), { code: "invalid-value", line: 5 }],
    ["nesting without end", `a = ${"[".repeat(100)}${"]".repeat(100)}`, { code: "syntax" }],
    ["keys without end", `${"a.".repeat(100)}a = 1`, { code: "syntax" }],
  ])("%s", (_, text, expected) => {
    expect(errorsOf(text)[0]).toMatchObject(expected);
  });

  it("says for an id used twice which lines have it", () => {
    expect(errorsOf(`${entry()}\n\n${entry()}`)[0]?.message).toMatch(/line 1 .*line 6/);
  });

  it("tells all errors, not only the first", () => {
    const text = entry().replace("true", "1").replace('"x.wasm"', "2");
    expect(errorsOf(text).map((error) => formatConfigError(error))).toEqual([
      ".novywave:3:11: plugins.entries[0].enabled: expected true or false, found 1",
      '.novywave:4:17: plugins.entries[0].artifact_path: expected a path relative to this file, or "builtin:<name>", found 2',
    ]);
  });

  it("R2.4 refuses a newer version, with what to do", () => {
    const errors = errorsOf("[plugins]\nschema_version = 2\nentries = 'of the future'");
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatchObject({ code: "schema-version-newer", line: 2, column: 18, found: "2" });
    expect(errors[0]?.message).toMatch(/update the program/);
  });

  it("answers quickly to a hostile file", () => {
    const text = `${"[[a]]\n".repeat(100_000)}[ui]\ntheme = 1\n`;
    expect(errorsOf(text)[0]).toMatchObject({ line: 100_002 });
  });
});

describe("samePluginsSection", () => {
  it("ignores places and the order of keys, and sees every value", () => {
    const first = parsed(entry("config = { a = 1, b = [2] }")).plugins;
    expect(samePluginsSection(first, parsed(`\n${entry("config = { b = [2], a = 1 }")}`).plugins)).toBe(true);
    expect(samePluginsSection(first, parsed(entry("config = { a = 1, b = [3] }")).plugins)).toBe(false);
    expect(samePluginsSection(first, parsed(entry("config = { a = 1, b = ['2'] }")).plugins)).toBe(false);
    expect(samePluginsSection(first, parsed("plugins = {}").plugins)).toBe(false);
  });
});

function write(text: string, next: WorkspaceView): string {
  const edited = editDocument(text, workspaceEdits(text, next));
  if (!edited.ok) throw new Error(edited.error.message);
  return edited.value;
}

describe("workspaceEdits", () => {
  const view: WorkspaceView = {
    openedFiles: ["a.vcd", "b é.vcd"],
    activeFile: "a.vcd",
    selected: [
      { file: "a.vcd", variable: "top.clk", format: "hex" },
      { file: "a.vcd", variable: "top.v", format: "dec", analog: true },
    ],
    cursors: {
      "a.vcd": { cursor: "99999999999999999999", marker: "7", start: "0", end: "5" },
      "b é.vcd": { cursor: "-1" },
    },
  };

  it("writes a view that reads back the same, again without a change", () => {
    const text = write(EXAMPLE, view);
    expect(text.startsWith(EXAMPLE.trimEnd())).toBe(true);
    expect(parsed(text).workspace).toEqual(view);
    expect(write(text, view)).toBe(text);
  });

  it("R1.7 keeps what a newer version or a person put there", () => {
    const text = write("", view)
      .replace('format = "hex"', 'color = "red", format = "hex"')
      .replace("[workspace]", "[workspace]\nmarkers = [1, 2] # mine");
    const next = { ...view, selected: view.selected.slice(0, 1), cursors: {} };
    const edited = write(text, next);
    expect(edited).toContain('color = "red", format = "hex"');
    expect(edited).toContain("markers = [1, 2] # mine");
    expect(parsed(edited).workspace).toEqual(next);
  });

  it("forgets the active file", () => {
    const { activeFile: _, ...next } = view;
    expect(parsed(write(write("", view), next)).workspace).toEqual(next);
  });
});
