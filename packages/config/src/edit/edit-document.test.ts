import { describe, expect, it } from "vitest";
import { editDocument, editWith } from "./edit-document.js";
import type { ConfigEdit } from "./model.js";

function edit(text: string, ...edits: ConfigEdit[]): string {
  const result = editDocument(text, edits);
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`);
  return result.value;
}

const lines = (...all: string[]): string => `${all.join("\n")}\n`;

const MIXED = lines(
  "# mine",
  "[plugins]",
  "schema_version = 1",
  "",
  "[[plugins.entries]] # first",
  'id = "a.one"',
  "enabled   =   true # keep",
  'artifact_path = "one.wasm"',
  'config = { greeting = "hi", "odd key" = 1.50 }',
  "",
  "# about two",
  "[[plugins.entries]]",
  'id = "a.two"',
  "enabled = true",
  "artifact_path = 'two.wasm'",
  "config.level = 0x10",
  'config.tags = ["x", # why',
  '  "y"]',
  "",
  "[plugins.entries.watch]",
  'directories = ["."]',
  "debounce_ms = 1_000",
  "",
  "[future]",
  'unknown = "kept"',
);

describe("R2.3 editDocument leaves every other byte alone", () => {
  it.each<[string, ConfigEdit, string, string]>([
    ["a toggle", { path: ["plugins", "entries", 0, "enabled"], value: false }, "true # keep", "false # keep"],
    [
      "an inline config",
      { path: ["plugins", "entries", 0, "config", "greeting"], value: "yo" },
      '"hi"',
      '"yo"',
    ],
    ["a dotted config", { path: ["plugins", "entries", 1, "config", "level"], value: 17 }, "0x10", "17"],
    [
      "a literal string",
      { path: ["plugins", "entries", 1, "artifact_path"], value: "b.wasm" },
      "two.wasm",
      "b.wasm",
    ],
    ["a sub-table", { path: ["plugins", "entries", 1, "watch", "debounce_ms"], value: 5 }, "1_000", "5"],
    ["an element", { path: ["plugins", "entries", 1, "config", "tags", 1], value: "z" }, '"y"]', '"z"]'],
    [
      "a float, which stays one",
      { path: ["plugins", "entries", 0, "config", "odd key"], value: 2 },
      "1.50",
      "2.0",
    ],
  ])("changes %s", (_, change, before, after) => {
    expect(edit(MIXED, change)).toBe(MIXED.replace(before, after));
  });

  it.each<[string, ConfigEdit, string, string]>([
    [
      "an inline config",
      { path: ["plugins", "entries", 0, "config", "n"], value: 1 },
      "= 1.50 }",
      "= 1.50, n = 1 }",
    ],
    [
      "a dotted config",
      { path: ["plugins", "entries", 1, "config", "n"], value: 1 },
      '  "y"]\n',
      '  "y"]\nconfig.n = 1\n',
    ],
    [
      "an entry without the table",
      { path: ["plugins", "entries", 0, "limits", "timers"], value: 3 },
      "= 1.50 }\n",
      "= 1.50 }\nlimits = { timers = 3 }\n",
    ],
    [
      "a section",
      { path: ["plugins", "entries", 1, "watch", "n"], value: true },
      "1_000\n",
      "1_000\nn = true\n",
    ],
    [
      "an array",
      { path: ["plugins", "entries", 1, "config", "tags", 2], value: "z" },
      '  "y"]',
      '  "y", "z"]',
    ],
    [
      "the plugins, as a section of its own",
      { path: ["plugins", "entries", 2], value: { id: "a.three", enabled: false, artifact_path: "c.wasm" } },
      "debounce_ms = 1_000\n",
      'debounce_ms = 1_000\n\n[[plugins.entries]]\nid = "a.three"\nenabled = false\nartifact_path = "c.wasm"\n',
    ],
    [
      "the document",
      { path: ["ui", "theme"], value: "dark" },
      '"kept"\n',
      '"kept"\n\n[ui]\ntheme = "dark"\n',
    ],
  ])("adds to %s", (_, change, before, after) => {
    expect(edit(MIXED, change)).toBe(MIXED.replace(before, after));
  });

  it("removes an entry with its sub-tables, and no comment that stands outside it", () => {
    const removed = edit(MIXED, { path: ["plugins", "entries", 1], remove: true });
    const start = MIXED.indexOf('[[plugins.entries]]\nid = "a.two"');
    expect(removed).toBe(MIXED.slice(0, start) + MIXED.slice(MIXED.indexOf("\n[future]")));
  });

  it("adds and removes between the lines of an array, comments and all", () => {
    const text = lines("d = [", '  "a", # first', '  "b", # second', '  "c" # last', "]");
    expect(edit(text, { path: ["d", 3], value: "e" })).toBe(text.replace('"c" # last', '"c", # last\n  "e"'));
    expect(edit(text, { path: ["d", 1], remove: true })).toBe(text.replace('  "b", # second\n', ""));
    expect(edit(text, { path: ["d", 2], remove: true })).toBe(
      text.replace('"b", # second\n  "c" # last\n', '"b" # second\n'),
    );
    expect(edit(text, { path: ["d"], value: ["b", "c"] })).toBe(text.replace('  "a", # first\n', ""));
  });

  it("edits arrays of inline tables", () => {
    const text = lines(
      'plugins.entries = [ { id = "a", enabled = true }, # one',
      '  { id = "b", enabled = true } ]',
    );
    expect(edit(text, { path: ["plugins", "entries", 1, "enabled"], value: false })).toBe(
      text.replace('"b", enabled = true', '"b", enabled = false'),
    );
    expect(edit(text, { path: ["plugins", "entries", 0], remove: true })).toBe(
      lines("plugins.entries = [  # one", '  { id = "b", enabled = true } ]'),
    );
  });

  it("edits inline tables over several lines", () => {
    const text = lines("config = {", "  a = 1, # one", "  b = 2, # two", "}");
    expect(edit(text, { path: ["config", "c"], value: 3 })).toBe(
      text.replace("# two\n", "# two\n  c = 3,\n"),
    );
    expect(edit(text, { path: ["config", "a"], remove: true })).toBe(
      lines("config = {", "  b = 2, # two", "}"),
    );
  });

  it("keeps CRLF, a missing line break at the end, and a byte order mark", () => {
    const text = "\uFEFFa = 1 # x\r\n[t]\r\nb = 2";
    expect(edit(text, { path: ["t", "c"], value: "é" })).toBe(`${text}\r\nc = "é"`);
    expect(edit(text, { path: ["u", "d"], value: [] })).toBe(`${text}\r\n\r\n[u]\r\nd = []`);
    expect(edit(text, { path: ["t", "b"], remove: true })).toBe("\uFEFFa = 1 # x\r\n[t]");
  });

  it("keeps integers beyond 2^53 exact", () => {
    const text = "a = 9007199254740993\nb = 1\n";
    expect(edit(text, { path: ["b"], value: 9223372036854775807n })).toBe(
      text.replace("b = 1", "b = 9223372036854775807"),
    );
  });

  it("leaves values alone that are the same in JSON, and the types of those that are not", () => {
    const text = lines(
      "[c]",
      "when = 1979-05-27",
      "f = 5.0",
      "big = 9007199254740993",
      's = """x"""',
      "n = nan",
    );
    const same = { when: "1979-05-27", f: 5, big: 9007199254740993n, s: "x", n: "nan" };
    expect(edit(text, { path: ["c"], value: same })).toBe(text);
    expect(edit(text, { path: ["c", "when"], value: "1980-01-01" })).toBe(
      text.replace("1979-05-27", "1980-01-01"),
    );
  });

  it("finds the same element again when several change places", () => {
    const text = lines("[[e]]", "id = 1 # one", "[[e]]", "id = 2 # two", "[[e]]", "id = 3 # three");
    expect(edit(text, { path: ["e", 0], remove: true }, { path: ["e", 0, "id"], value: 9 })).toBe(
      lines("[[e]]", "id = 9 # two", "[[e]]", "id = 3 # three"),
    );
  });

  it("treats names that mean something in JavaScript as names", () => {
    const text = "[__proto__]\nconstructor = 1\n";
    expect(edit(text, { path: ["__proto__", "constructor"], value: 2 })).toBe(
      "[__proto__]\nconstructor = 2\n",
    );
    expect(edit("a = 1\n", { path: ["toString"], value: 2 })).toBe("a = 1\ntoString = 2\n");
  });
});

describe("editDocument refuses rather than approximates", () => {
  it.each<[string, ConfigEdit, string]>([
    ["a path through a value", { path: ["schema", "x"], value: 1 }, "bad-path"],
    ["an index beyond the end", { path: ["list", 5], value: 1 }, "bad-path"],
    ["the removal of what is not there", { path: ["nothing"], remove: true }, "bad-path"],
    ["an integer of more than 64 bits", { path: ["schema"], value: 2n ** 63n }, "bad-value"],
    ["text that is not Unicode", { path: ["schema"], value: "\uD800" }, "bad-value"],
    ["the removal of everything", { path: [], remove: true }, "bad-path"],
  ])("%s", (_, change, code) => {
    const result = editDocument("schema = 1\nlist = [1]\n", [change]);
    expect(result).toMatchObject({ ok: false, error: { code } });
  });

  it("null, which TOML does not have", () => {
    const value = JSON.parse('{"a":null}');
    expect(editDocument("", [{ path: ["t"], value }])).toMatchObject({
      ok: false,
      error: { code: "bad-value" },
    });
  });

  it("says where, and does none of the edits if one is refused", () => {
    const result = editDocument("a = 1\nb = 'x'\n", [
      { path: ["a"], value: 2 },
      { path: ["b", "c"], value: 2 },
    ]);
    expect(result).toMatchObject({ ok: false, error: { code: "bad-path", line: 2, column: 5 } });
  });

  it("an outcome that is not exactly what was meant, or no TOML at all", () => {
    for (const proposal of ["a = 2\nb = 2\n", "a = 2\nb = 1\nc = 0\n", "a = 2.0\nb = 1\n", "a = 2\nb = \n"]) {
      const result = editWith(() => proposal, "a = 1\nb = 1\n", [{ path: ["a"], value: 2 }]);
      expect(result).toMatchObject({ ok: false, error: { code: "not-clean", line: 1, column: 5 } });
    }
    const right = editWith(() => "b = 1\na = 2\n", "a = 1\nb = 1\n", [{ path: ["a"], value: 2 }]);
    expect(right).toMatchObject({ ok: true });
  });

  it("a text that is no TOML", () => {
    expect(editDocument("a = \n", [])).toMatchObject({
      ok: false,
      error: { code: "invalid-document", line: 1, column: 5 },
    });
  });
});
