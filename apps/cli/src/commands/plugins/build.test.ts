import { once } from "node:events";
import { mkdirSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fileAppears } from "../../test/file-appears.js";
import { createSandbox, startCommand, type Sandbox } from "../../test/run-command.js";

// A build keeps both cores of a small machine busy for two seconds, and for far longer when other tests do so as well.
vi.setConfig({ testTimeout: 120_000 });

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = createSandbox();
});
afterEach(() => sandbox[Symbol.dispose]());

const manifest = `id = "example.greeter"
version = "0.2.0"
description = "Greets."
authors = ["A. Author"]
license = "MIT"
`;
const source = `import { defineSmokePlugin } from "@novywave/plugin-sdk/guest";
export const smoke = defineSmokePlugin({ init: () => "hello" });
`;

describe("plugins build", () => {
  it("R3.2 builds a plugin that lies anywhere, and --check writes nothing", async () => {
    sandbox.write("greeter/Plugin.toml", manifest);
    sandbox.write("greeter/src/index.ts", source);
    const check = await sandbox.run("plugins", "build", "greeter", "--check");
    expect(check.stderr).toBe("");
    expect(check).toMatchObject({ code: 0 });
    expect(check.stdout).toContain("example.greeter 0.2.0");
    expect(check.stdout).toContain("nothing was written");
    const artifact = join(sandbox.workspace, "greeter/dist/example.greeter_plugin.wasm");
    expect(() => readFileSync(artifact)).toThrow("ENOENT");
    const built = await sandbox.run("plugins", "build", "greeter", "--json");
    expect(built.code).toBe(0);
    expect(built.json()).toMatchObject([
      { id: "example.greeter", world: "smoke", file: artifact, written: true },
    ]);
    expect(readFileSync(artifact).subarray(0, 4).toString("latin1")).toBe("\0asm");
  });

  it("says where the manifest is missing or wrong", async () => {
    const missing = await sandbox.run("plugins", "build");
    expect(missing).toMatchObject({ code: 1 });
    expect(missing.stderr).toContain(`there is no Plugin.toml in ${sandbox.workspace} or above it`);
    const unknown = await sandbox.run("plugins", "build", "nobody.knows", "--json");
    expect(unknown).toMatchObject({ code: 1 });
    expect(unknown.json()).toMatchObject({ error: { code: "manifest-missing" } });
    const file = sandbox.write("bad/Plugin.toml", 'id = "Bad Id"\n');
    expect((await sandbox.run("plugins", "build", "bad")).stderr).toContain(`${file}:1`);
  });

  it("approves one's own build with what was approved at its place, and not with more", async () => {
    sandbox.write("greeter/Plugin.toml", manifest);
    sandbox.write("greeter/src/index.ts", source);
    const entry = `[plugins]\nschema_version = 1\n\n[[plugins.entries]]\nid = "example.greeter"\nenabled = true\nartifact_path = "greeter/dist/example.greeter_plugin.wasm"\n`;
    sandbox.write(".novywave", entry);
    const build = async (): Promise<unknown> =>
      (await sandbox.run("plugins", "build", "greeter", "--json")).json();
    const dryRun = async (): Promise<number | null> =>
      (await sandbox.run("plugins", "dry-run", "example.greeter")).code;
    // It asks for nothing, so nothing of it has to be approved by anybody but its author.
    expect(await build()).toMatchObject([{ consent: { state: "approved" } }]);
    expect(await dryRun()).toBe(0);

    const asking = `${manifest}\n[[capabilities]]\nname = "logging"\nreason = "Greets in the log"\n`;
    sandbox.write("greeter/Plugin.toml", asking);
    const lifecycle = `import { definePlugin, log } from "@novywave/plugin-sdk/guest";
export const lifecycle = definePlugin({ init: () => { log.info("hello"); return "hello"; } });
`;
    sandbox.write("greeter/src/index.ts", lifecycle);
    expect(await build()).toMatchObject([{ consent: { state: "needs-consent", capabilities: ["logging"] } }]);
    const asked = await sandbox.run("plugins", "dry-run", "example.greeter", "--json");
    expect([asked.code, asked.json()]).toMatchObject([
      4,
      {
        difference: { added: { capabilities: [{ name: "logging" }] }, removed: [] },
        inForce: { version: "0.2.0" },
      },
    ]);
    const grant = await sandbox.run("plugins", "grant", "example.greeter", "--yes");
    expect(grant.stderr).toMatch(/^Runs on: +the approved build 0\.2\.0/mu);

    sandbox.write("greeter/src/index.ts", lifecycle.replace('return "hello"', 'return "hello again"'));
    expect(await build()).toMatchObject([{ consent: { state: "approved" } }]);
    expect(await dryRun()).toBe(0);
    const cleared = await sandbox.run("plugins", "cache", "clear", "--json");
    expect(cleared.json()).toMatchObject({ kept: [{ sha256: expect.stringMatching(/^[0-9a-f]{64}$/u) }] });
  });

  it("plugins watch builds again when the source changes, and tells what fails", async () => {
    sandbox.write("greeter/Plugin.toml", manifest);
    sandbox.write("greeter/src/index.ts", source);
    const child = startCommand(sandbox, "plugins", "watch", "greeter", "--json");
    let out = "";
    child.stdout?.setEncoding("utf8").on("data", (text: string) => (out += text));
    const events = (): string[] =>
      out
        .split("\n")
        .slice(0, -1)
        .map((line) => (JSON.parse(line) as { event: string }).event);
    await expect.poll(events, { timeout: 60_000 }).toEqual(["built"]);
    sandbox.write("greeter/src/index.ts", "this is no TypeScript");
    await expect.poll(events, { timeout: 60_000 }).toEqual(["built", "failed"]);
    sandbox.write("greeter/src/index.ts", source);
    await expect.poll(events, { timeout: 60_000 }).toEqual(["built", "failed", "built"]);
    const ended = once(child, "exit");
    child.kill("SIGINT");
    expect(await ended).toEqual([null, "SIGINT"]);
  });

  it("plugins test runs the tests of a plugin that lies anywhere", async () => {
    sandbox.write("greeter/Plugin.toml", manifest);
    sandbox.write("greeter/src/index.ts", source);
    const none = await sandbox.run("plugins", "test", "greeter", "--json");
    expect([none.code, none.json()]).toMatchObject([1, { error: { code: "no-tests" } }]);
    expect(none.stderr).toContain("A test is a file test/<name>.test.ts, for example");
    // The example is a test that runs.
    const example = /^ {2}import[^]*\n {2}\}\);$/mu.exec(none.stderr)?.[0] ?? "";
    sandbox.write("greeter/test/init.test.ts", example.replace("ready", "hello"));
    expect((await sandbox.run("plugins", "test", "greeter")).code).toBe(0);
    rmSync(join(sandbox.workspace, "greeter/test/init.test.ts"));
    sandbox.write(
      "greeter/test/a.test.ts",
      `import { buildArtifact, runPlugin } from "@novywave/plugin-sdk/testing";
import { expect, it } from "vitest";
it("greets", async () => {
  const run = await runPlugin({ artifact: await buildArtifact(new URL("..", import.meta.url)) });
  expect(run.metadata.description).toBe("hello");
  await run.dispose();
});
it("fails", () => expect(1).toBe(2));
`,
    );
    const outcome = await sandbox.run("plugins", "test", "greeter", "--json");
    expect([outcome.code, outcome.json()]).toMatchObject([
      1,
      {
        passed: false,
        tests: [
          { name: "greets", state: "passed" },
          { name: "fails", state: "failed" },
        ],
      },
    ]);
  });

  it("plugins new begins a plugin that is tested and built as it is, and writes over nothing", async () => {
    const begun = await sandbox.run("plugins", "new", "acme.counter", "--json");
    expect(begun.json()).toMatchObject({ files: ["Plugin.toml", "src/index.ts", "test/init.test.ts"] });
    const tested = await sandbox.run("plugins", "test", "counter");
    expect(tested.code, tested.stderr).toBe(0);
    const built = await sandbox.run("plugins", "build", "counter");
    expect([built.code, built.stdout]).toEqual([0, expect.stringContaining("acme.counter 0.1.0")]);
    const again = await sandbox.run("plugins", "new", "acme.counter");
    expect([again.code, again.stderr]).toEqual([1, expect.stringContaining("counter cannot be made")]);
    const wrong = await sandbox.run("plugins", "new", "Counter");
    expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining("such as acme.linter")]);
    // The artifact, not its folder, is what a workspace gets.
    const added = await sandbox.run("plugins", "add", "counter");
    expect([added.code, added.stderr]).toEqual([
      1,
      expect.stringContaining("counter is a folder; name the artifact that a build writes"),
    ]);
  });

  it("plugins test shows what the plugin logs, also when it does not start", async () => {
    const logging = `[[capabilities]]\nname = "logging"\nreason = "Says what it does"\n`;
    sandbox.write("talker/Plugin.toml", `${manifest}${logging}`);
    sandbox.write(
      "talker/src/index.ts",
      `import { definePlugin } from "@novywave/plugin-sdk/guest";
export const lifecycle = definePlugin({ init(config) { console.log("saw", { x: config.get("x") }); return config.string("x", ""); } });
`,
    );
    sandbox.write(
      "talker/test/a.test.ts",
      `import { buildArtifact, runPlugin } from "@novywave/plugin-sdk/testing";
import { expect, it } from "vitest";
it("is refused", async () => {
  const artifact = await buildArtifact(new URL("..", import.meta.url));
  await expect(runPlugin({ artifact, config: { x: 1 } })).rejects.toThrow("invalid config");
});
`,
    );
    const outcome = await sandbox.run("plugins", "test", "talker");
    expect(outcome.code, outcome.stderr).toBe(0);
    expect(outcome.stderr).toContain("example.greeter info: saw { x: 1 }");
  });

  it("leaves nothing behind when it is interrupted", async () => {
    sandbox.write("greeter/Plugin.toml", manifest);
    sandbox.write("greeter/src/index.ts", `${source}for (;;) {}\n`);
    const temporary = join(sandbox.workspace, "tmp");
    mkdirSync(temporary);
    sandbox.env["TMPDIR"] = temporary;
    using begun = fileAppears(temporary, (name) => name.startsWith("novywave-build-"));
    const child = startCommand(sandbox, "plugins", "build", "greeter");
    const ended = once(child, "exit");
    await begun.path;
    child.kill("SIGINT");
    expect(await ended).toEqual([null, "SIGINT"]);
    expect(readdirSync(temporary)).toEqual([]);
    expect(readdirSync(join(sandbox.workspace, "greeter"))).toEqual(["Plugin.toml", "src"]);
  });

  it("refuses an id together with --all", async () => {
    expect(await sandbox.run("plugins", "build", "hello_world", "--all")).toMatchObject({ code: 2 });
  });
});
