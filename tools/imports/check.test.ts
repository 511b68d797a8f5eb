import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { checkProject } from "./check.js";

const trees: string[] = [];
afterEach(() => {
  for (const tree of trees.splice(0)) rmSync(tree, { recursive: true });
});

const manifest = (name: string, dependencies: string[] = [], subpaths: string[] = []) =>
  JSON.stringify({
    name,
    exports: Object.fromEntries(
      ["", ...subpaths].map((path) => [
        path === "" ? "." : `./${path}`,
        { default: path === "" ? "./dist/index.js" : `./dist/${path}/index.js` },
      ]),
    ),
    dependencies: Object.fromEntries(dependencies.map((name) => [name, "1"])),
  });

/** A small project that breaks no rule. */
const sound: Record<string, string> = {
  "package.json": JSON.stringify({ devDependencies: { vitest: "1" } }),
  "packages/base/package.json": manifest("@novywave/base"),
  "packages/base/src/index.ts": 'export * from "./result.js";',
  "packages/base/src/result.ts": "export const ok = 1;",
  "packages/base/src/result.test.ts": 'import "vitest"; import "node:fs"; import { ok } from "./result.js";',
  "packages/waveform/package.json": manifest("@novywave/waveform", ["@novywave/base"], ["format"]),
  "packages/waveform/src/index.ts": 'import "node:fs"; import { ok } from "@novywave/base";',
  "packages/waveform/src/format/index.ts": "export const hex = 1;",
  "packages/protocol/package.json": manifest("@novywave/protocol", ["@novywave/waveform", "zod"]),
  "packages/protocol/src/index.ts":
    'import type { Scope } from "@novywave/waveform"; import { z } from "zod";',
  "packages/plugin-sdk/package.json": manifest("@novywave/plugin-sdk"),
  "packages/plugin-sdk/src/index.ts": "export {};",
  "plugins/scanner/src/plugin.ts": 'import { define } from "@novywave/plugin-sdk";',
  "plugins/scanner/test/plugin.test.ts":
    'import { it } from "vitest"; import "../src/plugin.js"; import "node:fs";',
  "tests/story.test.ts": 'import { ok } from "@novywave/base"; import "../packages/base/src/result.js";',
};

/** Violations of the sound project with these files in place of its own, as "rule file:line message". */
function violations(changes: Record<string, string>): string[] {
  const root = mkdtempSync(join(tmpdir(), "imports-"));
  trees.push(root);
  for (const [path, text] of Object.entries({ ...sound, ...changes })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return checkProject(root).violations.map(
    ({ rule, file, line, message }) => `${rule} ${file}:${line} ${message}`,
  );
}

const only = (found: string[]): string => {
  expect(found).toHaveLength(1);
  return found[0] ?? "";
};

describe("the import table", () => {
  it("passes a project that keeps to it", () => {
    expect(violations({})).toEqual([]);
  });

  it.each([
    ["import", 'import { ok } from "@novywave/plugin-sdk";'],
    ["import for its effect", 'import "@novywave/plugin-sdk";'],
    ["import type", 'import type { ok } from "@novywave/plugin-sdk";'],
    ["export from", 'export { ok } from "@novywave/plugin-sdk";'],
    ["export all from", 'export * from "@novywave/plugin-sdk";'],
    ["dynamic import", 'const late = await import("@novywave/plugin-sdk");'],
    ["type of an import", 'let ok: import("@novywave/plugin-sdk").Ok;'],
    ["import equals require", 'import ok = require("@novywave/plugin-sdk");'],
    ["require", 'const ok = require("@novywave/plugin-sdk");'],
    ["import after other text", '// import "x"\nconst text = `import "y"`; import "@novywave/plugin-sdk";'],
  ])("finds what is not allowed: %s", (_, text) => {
    expect(only(violations({ "packages/base/src/result.ts": text }))).toMatch(
      /^table packages\/base\/src\/result\.ts:[12] packages\/base may not import "@novywave\/plugin-sdk"/u,
    );
  });

  it("names the file and the line", () => {
    expect(
      only(violations({ "packages/base/src/result.ts": '\n\nimport {\n ok } from "@novywave/plugin-sdk";' })),
    ).toContain("packages/base/src/result.ts:3 ");
  });

  it("tells types from values where only types are allowed", () => {
    const file = "packages/protocol/src/index.ts";
    for (const text of [
      'import { Scope } from "@novywave/waveform";',
      'import { type Scope } from "@novywave/waveform";',
    ])
      expect(only(violations({ [file]: text }))).toContain("write `import type`");
  });

  it("keeps tests to the table too", () => {
    expect(
      only(violations({ "packages/base/src/result.test.ts": 'import { x } from "@novywave/waveform";' })),
    ).toMatch(/^table /u);
  });

  it("lets plugins import the SDK only", () => {
    for (const name of ["@novywave/base", "zod", "vitest"])
      expect(only(violations({ "plugins/scanner/src/plugin.ts": `import "${name}";` }))).toMatch(
        /^table .*only @novywave\/plugin-sdk/u,
      );
    expect(
      only(violations({ "plugins/scanner/src/plugin.ts": 'import "../../other/src/plugin.js";' })),
    ).toMatch(/^outside /u);
  });

  it("keeps Node out of packages that run elsewhere too", () => {
    for (const name of ["node:fs", "fs", "node:test"])
      expect(only(violations({ "packages/base/src/result.ts": `import "${name}";` }))).toContain(
        `node packages/base/src/result.ts:1 packages/base runs outside of Node too and may not import "${name}"`,
      );
  });

  it("keeps Node out of portable folders, also by way of other files", () => {
    const found = violations({
      "packages/waveform/src/format/index.ts":
        'import type { T } from "../types.js";\nimport { pad } from "../pad.js";',
      "packages/waveform/src/types.ts": 'import "node:zlib";',
      "packages/waveform/src/pad.ts": 'import "node:os"; export const pad = 1;',
    });
    expect(only(found)).toBe(
      'node packages/waveform/src/format/index.ts:2 runs in a browser too, but imports "node:os" through packages/waveform/src/pad.ts.',
    );
  });

  it("finds dependencies that are used and not declared", () => {
    expect(only(violations({ "packages/waveform/src/index.ts": 'import "@scope/thing/deep";' }))).toContain(
      '"@scope/thing" is missing among the dependencies in packages/waveform/package.json',
    );
    expect(
      only(violations({ "packages/waveform/package.json": manifest("@novywave/waveform", [], ["format"]) })),
    ).toContain('"@novywave/base" is missing');
    expect(only(violations({ "packages/base/src/result.ts": 'import "vitest";' }))).toMatch(/^undeclared /u);
    expect(only(violations({ "tests/story.test.ts": 'import "left-pad";' }))).toContain(
      "root's package.json",
    );
  });

  it("lets tests and their helpers use the development tools, but not what a package ships", () => {
    const text = 'import "vitest"; import "node:fs";';
    for (const file of ["src/a.test.helper.ts", "src/test/a.ts", "src/testing/a.ts", "vite.config.ts"])
      expect(violations({ [`packages/base/${file}`]: text }), file).toEqual([]);
    const found = violations({
      "packages/base/package.json": manifest("@novywave/base", [], ["testing"]),
      "packages/base/src/testing/index.ts": text,
    });
    expect(found.map((violation) => violation.split(" ")[0])).toEqual(["undeclared", "node"]);
  });

  it("finds ways around the entry points of a package", () => {
    expect(
      only(violations({ "packages/waveform/src/index.ts": 'import "@novywave/base/dist/result.js";' })),
    ).toMatch(/^entry /u);
    expect(
      only(violations({ "packages/waveform/src/index.ts": 'import "../../base/src/result.js";' })),
    ).toMatch(/^outside /u);
  });

  it("finds imports that it cannot read", () => {
    expect(only(violations({ "packages/base/src/result.ts": "await import(name);" }))).toMatch(
      /^unreadable /u,
    );
    expect(violations({ "packages/base/src/result.ts": "import {" })[0]).toMatch(
      /^unreadable .*result\.ts:1 /u,
    );
  });

  it("finds cycles, within a package and across packages, types included", () => {
    const within = violations({
      "packages/base/src/a.ts": 'import "./b.js";',
      "packages/base/src/b.ts": '\nexport * from "./c/index.js";',
      "packages/base/src/c/index.ts": 'import type { A } from "../a.js";',
    });
    expect(only(within)).toContain(
      "cycle packages/base/src/a.ts:1 imports go round: packages/base/src/a.ts → packages/base/src/b.ts → packages/base/src/c/index.ts → packages/base/src/a.ts",
    );
    const across = violations({
      "packages/base/src/result.ts": 'import "@novywave/waveform/format";',
      "packages/waveform/src/format/index.ts": 'import { ok } from "@novywave/base";',
    });
    expect(across.filter((violation) => violation.startsWith("cycle "))).toHaveLength(1);
  });

  it("finds packages without a row", () => {
    expect(only(violations({ "packages/novel/package.json": manifest("@novywave/novel") }))).toMatch(
      /^unlisted packages\/novel\/package\.json:1 /u,
    );
  });

  it("exits with 1 and says where, or with 0 and a summary", () => {
    const tool = fileURLToPath(new URL("../check-imports.js", import.meta.url));
    violations({ "packages/base/src/result.ts": 'import "node:fs";' });
    const bad = spawnSync(process.execPath, [tool, trees[0] ?? ""], { encoding: "utf8" });
    expect(bad.status).toBe(1);
    expect(bad.stderr).toContain("packages/base/src/result.ts:1: ");
    violations({});
    expect(execFileSync(process.execPath, [tool, trees[1] ?? ""], { encoding: "utf8" })).toMatch(
      /keep to the table/u,
    );
  });
});
