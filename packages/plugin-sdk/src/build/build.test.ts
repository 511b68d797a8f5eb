import { createHash } from "node:crypto";
import { readFile, readdir, symlink, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { buildAll } from "./build-all.js";
import { buildPlugin } from "./build.js";
import { minimalManifest, minimalSource, temporaryTree } from "./temporary-tree.test.helper.js";

async function buildFailure(source: string, manifest = minimalManifest) {
  const folder = await temporaryTree({ "Plugin.toml": manifest, "src/index.ts": source });
  const built = await buildPlugin({ folder });
  if (built.ok) throw new Error("it was built");
  expect(await readdir(folder)).toEqual(["Plugin.toml", "src"]);
  return built.error;
}

const timerManifest = `${minimalManifest}[[capabilities]]\nname = "timer"\nreason = "ticks"\n`;

afterEach(() => vi.unstubAllEnvs());

// A build keeps both cores of a small machine busy for two seconds, and for far longer when other tests do so as well.
vi.setConfig({ testTimeout: 120_000 });

describe("buildPlugin", () => {
  it("R3.2 builds from the nearest Plugin.toml upward, into dist/ beside it, with the manifest inside", async () => {
    const folder = await temporaryTree({ "Plugin.toml": minimalManifest, "src/index.ts": minimalSource });
    const built = await buildPlugin({ folder: join(folder, "src") });
    if (!built.ok) throw new Error(built.error.message);
    expect(built.value).toMatchObject({
      id: "acme.test",
      world: "plugin",
      written: true,
      file: join(folder, "dist", "acme.test_plugin.wasm"),
    });
    const bytes = await readFile(built.value.file);
    expect(built.value.size).toBe(bytes.length);
    expect(built.value.sha256).toBe(createHash("sha256").update(bytes).digest("hex"));
    // The magic number and the layer of components, and the manifest as the last section.
    expect([...bytes.subarray(0, 8)]).toEqual([0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0]);
    expect(bytes.toString("utf8").endsWith(`novywave:manifest${minimalManifest}`)).toBe(true);
    // Which tools made it, before that: one field with one language, one with three tools.
    expect(bytes.toString("latin1")).toContain(
      "\tproducers\x02\x08language\x01\nTypeScript\x00\x0cprocessed-by\x03",
    );
    expect(await readdir(join(folder, "dist"))).toEqual(["acme.test_plugin.wasm"]);
  });

  it("R4.6 imports what the manifest names and nothing else", async () => {
    const source = `
      import { definePlugin, timer } from "@novywave/plugin-sdk/guest";
      export const lifecycle = definePlugin({ init() { timer.scheduleTick(5); return "x"; } });`;
    const folder = await temporaryTree({ "Plugin.toml": timerManifest, "src/index.ts": source });
    const built = await buildPlugin({ folder, outFile: join(folder, "out.wasm") });
    if (!built.ok) throw new Error(built.error.message);
    const text = (await readFile(join(folder, "out.wasm"))).toString("latin1");
    const names = new Set(text.match(/novywave:plugins\/[a-z]+@0\.1\.0/g));
    expect(names).toContain("novywave:plugins/timer@0.1.0");
    for (const other of ["filesystem", "logging", "watch", "relay", "config"]) {
      expect(names).not.toContain(`novywave:plugins/${other}@0.1.0`);
    }
  });

  it("says that a folder has no manifest", async () => {
    const built = await buildPlugin({ folder: await temporaryTree({ "src/index.ts": minimalSource }) });
    expect(built).toMatchObject({ ok: false, error: { code: "manifest-missing" } });
  });

  it("says that a plugin has no source", async () => {
    const built = await buildPlugin({ folder: await temporaryTree({ "Plugin.toml": minimalManifest }) });
    expect(built).toMatchObject({ ok: false, error: { code: "source-missing" } });
  });

  it("refuses imports of anything but the plugin, the SDK and the contract, with the line", async () => {
    const error = await buildFailure(
      `\nimport { readFileSync } from "node:fs";\nexport const lifecycle = readFileSync;`,
    );
    expect(error).toMatchObject({
      code: "import-refused",
      line: 2,
      message: expect.stringContaining('"node:fs"'),
    });
  });

  it("refuses an interface of a version that the contract has not", async () => {
    const error = await buildFailure(
      `import { log } from "novywave:plugins/logging@9.0.0";\nexport const lifecycle = { log };`,
    );
    expect(error).toMatchObject({
      code: "import-refused",
      line: 1,
      message: expect.stringContaining("9.0.0"),
    });
  });

  it("gives file, line and column of a syntax error", async () => {
    const error = await buildFailure("export const lifecycle = {\n  init( {");
    expect(error).toMatchObject({ code: "source-invalid", line: 2, column: 10 });
    expect(error.file).toMatch(/index\.ts$/);
  });

  it("says that the SDK has no such export", async () => {
    const error = await buildFailure(
      `import { logg } from "@novywave/plugin-sdk/guest";\nexport const lifecycle = logg;`,
    );
    expect(error).toMatchObject({
      code: "source-invalid",
      line: 1,
      message: '"logg" is not exported by "@novywave/plugin-sdk/guest".',
    });
  });

  it("takes nothing from outside of the plugin's folder into the artifact, also not behind a link", async () => {
    const outside = await temporaryTree({ "secret.js": "export const secret = 1;" });
    const folder = await temporaryTree({
      "Plugin.toml": minimalManifest,
      "src/up.ts": `export * from ${JSON.stringify(`../../${basename(outside)}/secret.js`)};`,
      "src/linked.ts": `export * from "./link/secret.js";`,
    });
    await symlink(outside, join(folder, "src/link"));
    for (const module of ["up", "linked"]) {
      await writeFile(
        join(folder, "src/index.ts"),
        `import { secret } from "./${module}.js";\n${minimalSource}secret;`,
      );
      expect(await buildPlugin({ folder })).toMatchObject({ ok: false, error: { code: "import-refused" } });
    }
  });

  it("refuses a module without the export", async () => {
    expect(await buildFailure("export const other = 1;")).toMatchObject({ code: "export-missing" });
  });

  it("R3.4 refuses code that uses what the manifest does not request", async () => {
    const error = await buildFailure(
      `import { definePlugin, log } from "@novywave/plugin-sdk/guest";
       export const lifecycle = definePlugin({ init() { log.info("x"); return "x"; } });`,
    );
    expect(error).toMatchObject({
      code: "capability-mismatch",
      message: expect.stringContaining("`logging`"),
    });
  });

  it("R3.4 says that console needs the capability `logging`, where it stands, and what to write", async () => {
    const source = `import { definePlugin } from "@novywave/plugin-sdk/guest";
       export const lifecycle = definePlugin({ init() { console.log("x"); return "x"; } });`;
    const error = await buildFailure(source);
    expect(error).toMatchObject({
      code: "capability-mismatch",
      file: expect.stringMatching(/index\.ts$/),
      line: 2,
      message: expect.stringContaining("`logging`, which Plugin.toml does not request; `console`"),
    });
    const added = /\[\[capabilities\]\][^]*/.exec(error.action)?.[0] ?? "";
    const folder = await temporaryTree({
      "Plugin.toml": `${minimalManifest}${added}`,
      "src/index.ts": source,
    });
    expect(await buildPlugin({ folder, check: true })).toMatchObject({ ok: true });
  });

  it("R3.4 refuses a manifest that requests what the code does not use", async () => {
    const error = await buildFailure(minimalSource, timerManifest);
    expect(error).toMatchObject({ code: "capability-mismatch", message: expect.stringContaining("`timer`") });
  });

  it("refuses an export that lacks a function of the contract", async () => {
    const error = await buildFailure("const own = { init() {} };\nexport { own as lifecycle };");
    expect(error).toMatchObject({
      code: "componentize-failed",
      message: expect.stringContaining("the export lifecycle has no function handleEvent"),
    });
  });

  it("is cancelled at once, also while the code runs, and leaves nothing behind", async () => {
    const temporary = await temporaryTree({});
    vi.stubEnv("TMPDIR", temporary);
    const folder = await temporaryTree({
      "Plugin.toml": minimalManifest,
      "src/index.ts": `${minimalSource}for (;;) {}`,
    });
    for (const signal of [AbortSignal.abort(), AbortSignal.timeout(500)]) {
      expect(await buildPlugin({ folder, signal })).toMatchObject({
        ok: false,
        error: { code: "cancelled" },
      });
      expect((await readdir(folder)).toSorted()).toEqual(["Plugin.toml", "src"]);
      expect(await readdir(temporary)).toEqual([basename(folder)]);
    }
  });

  it("reports code that fails while it is built, and goes on living", async () => {
    const error = await buildFailure(
      `type A = string;\nconst text: A = "{";\nexport const lifecycle = JSON.parse(text);`,
    );
    expect(error).toMatchObject({
      code: "componentize-failed",
      message: expect.stringContaining("src/index.ts:3"),
    });
  });

  it("tells a call of the host at the wrong time from the frames of the engine", async () => {
    const error = await buildFailure(
      `import { definePlugin, timer } from "@novywave/plugin-sdk/guest";
       timer.scheduleTick(5);
       export const lifecycle = definePlugin({ init: () => "x" });`,
      timerManifest,
    );
    expect(error.message).toContain("timer@0.1.0#schedule-tick");
    expect(error.message).not.toContain("wasm function");
  });

  it("names a function that would never be called", async () => {
    const error = await buildFailure(
      `import { definePlugin } from "@novywave/plugin-sdk/guest";
       export const lifecycle = definePlugin({ init: () => "x", handleevent() {} });`,
    );
    expect(error.message).toContain(
      "definePlugin does not know `handleevent`; it takes init, handleEvent, shutdown",
    );
  });
});

describe("buildAll", () => {
  const tree = {
    "plugins/one/Plugin.toml": minimalManifest.replace("acme.test", "novywave.one"),
    "plugins/one/src/index.ts": minimalSource,
    "plugins/wit/types.wit": "",
  };

  it("R3.2, R3.3 checks without writing; builds every plugin into plugins/dist and lists them with their hashes; keeps the list true when one is built alone", async () => {
    const root = await temporaryTree(tree);
    expect(await buildAll({ root, check: true })).toMatchObject({ ok: true, value: [{ written: false }] });
    expect((await readdir(join(root, "plugins"))).toSorted()).toEqual(["one", "wit"]);

    const lines: string[] = [];
    const all = await buildAll({ root, onProgress: (line) => lines.push(line) });
    if (!all.ok) throw new Error(all.error.message);
    const dist = join(root, "plugins", "dist");
    expect((await readdir(dist)).toSorted()).toEqual(["one_plugin.wasm", "shipped.json"]);
    const shipped = async (): Promise<unknown> =>
      JSON.parse(await readFile(join(dist, "shipped.json"), "utf8"));
    const { sha256, size } = all.value[0] ?? {};
    const entry = {
      name: "one",
      id: "novywave.one",
      version: "0.1.0",
      file: "one_plugin.wasm",
      sha256,
      size,
    };
    expect(await shipped()).toEqual({ plugins: [entry] });
    expect(lines).toEqual([
      expect.stringMatching(/^novywave\.one: \d+ KiB in .* s, plugins\/dist\/one_plugin\.wasm$/),
    ]);

    await writeFile(join(root, "plugins/one/src/index.ts"), minimalSource.replace('"ready"', '"changed"'));
    const built = await buildPlugin({ folder: join(root, "plugins", "one") });
    if (!built.ok) throw new Error(built.error.message);
    expect(built.value.sha256).not.toBe(sha256);
    const { sha256: newer, size: newSize } = built.value;
    expect(await shipped()).toEqual({ plugins: [{ ...entry, sha256: newer, size: newSize }] });
  });

  it("refuses two plugins of one id", async () => {
    const root = await temporaryTree({
      ...tree,
      "plugins/two/Plugin.toml": tree["plugins/one/Plugin.toml"],
      "plugins/two/src/index.ts": minimalSource,
    });
    expect(await buildAll({ root, check: true })).toMatchObject({
      ok: false,
      error: { code: "duplicate-id" },
    });
  });

  it("says that there is no plugin", async () => {
    expect(await buildAll({ root: await temporaryTree({}) })).toMatchObject({
      ok: false,
      error: { code: "manifest-missing" },
    });
  });
});
