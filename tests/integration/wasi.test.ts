import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { WIT_FILES } from "@novywave/contract";
import { PluginRunError, runPlugin } from "@novywave/plugin-host/testing";
import { componentEmbed, componentNew, parse } from "@bytecodealliance/jco-transpile/wasm-tools";
import { componentize } from "componentize-qjs";
import { describe, expect, it } from "vitest";

/** A component of the JavaScript toolchain as it comes, with its twenty imports of WASI. */
async function javascript(source: string, world = "smoke-plugin"): Promise<Uint8Array> {
  const folder = await mkdtemp(path.join(tmpdir(), "novywave-wasi-"));
  try {
    for (const [file, text] of Object.entries(WIT_FILES)) await writeFile(path.join(folder, file), text);
    const options = { witPath: folder, world, jsSource: source, sync: true, stubWasi: false, optSize: true };
    return (await componentize(options)).component;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A file of the contract, to be put inside of a package. */
function body(file: string): string {
  return (WIT_FILES[file] ?? "").replace(/^package .*$/m, "");
}

/** A component in the text format that imports what `imports` (WIT) says, with `init` and `greet` as given. */
async function text(imports: string, packages: string, core: string): Promise<Uint8Array> {
  const witSource = `package test:text;
    ${packages}
    package novywave:plugins@0.1.0 { ${body("types.wit")} ${body("smoke.wit")} }
    world texts { ${imports} export novywave:plugins/smoke@0.1.0; }`;
  const binary = await parse(`(module ${core}
    (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
    (func (export "novywave:plugins/smoke@0.1.0#shutdown")))`);
  return componentNew(await componentEmbed({ binary, witSource, world: "texts" }));
}

const init = '(func (export "novywave:plugins/smoke@0.1.0#init") (param i32 i32) (result i32)';

describe("a plugin whose toolchain imports WASI", { timeout: 60_000 }, () => {
  it("runs with clocks and random numbers; its dying words are in its log", async () => {
    const artifact = await javascript(`
      export const smoke = {
        init() {
          const facts = { time: Date.now() > 1.6e12, random: Math.random() !== Math.random() };
          return { version: "1.0.0", description: JSON.stringify(facts), capabilities: [] };
        },
        greet() { throw new Error("no more"); },
        shutdown() {},
      };`);
    const run = await runPlugin({ artifact });
    try {
      expect(JSON.parse(run.metadata.description)).toEqual({ time: true, random: true });
      // It asked for no capability, and got none.
      expect(run.audit).toEqual([]);
      await expect(run.greet()).rejects.toThrow(/trap/);
      const words = run.logs.filter(({ level }) => level === "warn").map(({ message }) => message);
      expect(words.join("\n")).toContain("no more");
    } finally {
      await run.dispose();
    }
  });

  it("is held to the limit of its log", async () => {
    const packages = `
      package wasi:io@0.2.3 {
        interface error { resource error; }
        interface streams {
          use error.{error};
          variant stream-error { last-operation-failed(error), closed }
          resource output-stream { blocking-write-and-flush: func(contents: list<u8>) -> result<_, stream-error>; }
        }
      }
      package wasi:cli@0.2.3 {
        interface stdout { use wasi:io/streams@0.2.3.{output-stream}; get-stdout: func() -> output-stream; }
      }`;
    const artifact = await text(
      "import wasi:cli/stdout@0.2.3;",
      packages,
      `(import "wasi:cli/stdout@0.2.3" "get-stdout" (func $stdout (result i32)))
       (import "wasi:io/streams@0.2.3" "[method]output-stream.blocking-write-and-flush" (func $write (param i32 i32 i32 i32)))
       (memory (export "memory") 1)
       (data (i32.const 64) "one line\\n")
       ${init} (i32.const 512))
       (func (export "novywave:plugins/smoke@0.1.0#greet") (local $out i32) (local $i i32)
         (local.set $out (call $stdout))
         (loop $again
           (call $write (local.get $out) (i32.const 64) (i32.const 9) (i32.const 128))
           (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 100)))))`,
    );
    const run = await runPlugin({ artifact, limits: { logBytesPerMinute: 1_024 } });
    try {
      await run.greet();
      expect(run.logs[0]).toMatchObject({ level: "info", message: "one line" });
      expect(run.logs.length).toBeLessThan(20);
      expect(run.stats.droppedLogs).toBeGreaterThan(80);
    } finally {
      await run.dispose();
    }
  });

  it("that calls exit is ended, with the reason", async () => {
    const artifact = await text(
      "import wasi:cli/exit@0.2.3;",
      "package wasi:cli@0.2.3 { interface exit { exit: func(status: result); } }",
      `(import "wasi:cli/exit@0.2.3" "exit" (func $exit (param i32)))
       (memory (export "memory") 1)
       ${init} (call $exit (i32.const 1)) (unreachable))
       (func (export "novywave:plugins/smoke@0.1.0#greet"))`,
    );
    const failure = await runPlugin({ artifact }).then(
      () => undefined,
      (error: unknown) => (error instanceof PluginRunError ? error.failure : undefined),
    );
    expect(failure).toMatchObject({ code: "trap" });
    expect(failure?.message).toContain("the plugin called exit with code 1");
  });

  it("that wants sockets is incompatible, and told so", async () => {
    const artifact = await text(
      "import wasi:sockets/network@0.2.3;",
      "package wasi:sockets@0.2.3 { interface network { connect: func(); } }",
      `(import "wasi:sockets/network@0.2.3" "connect" (func $connect))
       (memory (export "memory") 1)
       ${init} (call $connect) (i32.const 512))
       (func (export "novywave:plugins/smoke@0.1.0#greet"))`,
    );
    await expect(runPlugin({ artifact })).rejects.toThrow(/wasi:sockets\/network@0\.2\.3.*no sockets/);
  });
});
