import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parse } from "@bytecodealliance/jco-transpile/wasm-tools";

const version = "2.0.0-rc13";

// What plugin kits do: the input is copied into the plugin's memory, the output out of it, eight bytes at a time.
const echo = `(module
  (import "extism:host/env" "input_length" (func $length (result i64)))
  (import "extism:host/env" "input_load_u64" (func $load (param i64) (result i64)))
  (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
  (import "extism:host/env" "store_u64" (func $store (param i64 i64)))
  (import "extism:host/env" "output_set" (func $output (param i64 i64)))
  (memory (export "memory") 32)
  (func (export "echo") (result i32)
    (local $at i64) (local $end i64) (local $block i64)
    (local.set $end (call $length))
    (loop $in
      (i64.store (i32.wrap_i64 (local.get $at)) (call $load (local.get $at)))
      (local.set $at (i64.add (local.get $at) (i64.const 8)))
      (br_if $in (i64.lt_u (local.get $at) (local.get $end))))
    (local.set $block (call $alloc (local.get $end)))
    (local.set $at (i64.const 0))
    (loop $out
      (call $store (i64.add (local.get $block) (local.get $at)) (i64.load (i32.wrap_i64 (local.get $at))))
      (local.set $at (i64.add (local.get $at) (i64.const 8)))
      (br_if $out (i64.lt_u (local.get $at) (local.get $end))))
    (call $output (local.get $block) (local.get $end))
    (i32.const 0)))`;

/**
 * Extism's js-sdk in its background mode (a worker), with a plugin that gives its input back. It is
 * installed for this run alone, into a folder that is removed.
 *
 * @typedef {{ call: (bytes: Uint8Array) => Promise<number>, close: () => Promise<void> }} ExtismPlugin
 *   `call` answers with the number of bytes that came back
 * @returns {Promise<{ version: string, open: () => Promise<ExtismPlugin>, close: () => void } | undefined>}
 *   undefined where it cannot be installed
 */
export async function openExtism() {
  const folder = mkdtempSync(join(tmpdir(), "novywave-bench-extism-"));
  writeFileSync(join(folder, "package.json"), '{"private":true,"type":"module"}');
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const installed = spawnSync(npm, ["install", "--no-audit", "--no-fund", `@extism/extism@${version}`], {
    cwd: folder,
    encoding: "utf8",
  });
  if (installed.status !== 0) {
    rmSync(folder, { recursive: true });
    return undefined;
  }
  writeFileSync(join(folder, "index.js"), 'export { createPlugin } from "@extism/extism";\n');
  const { createPlugin } = await import(pathToFileURL(join(folder, "index.js")).href);
  const module = await WebAssembly.compile(await parse(echo));
  return {
    version,
    open: async () => {
      const plugin = await createPlugin(module, { runInWorker: true, useWasi: false });
      return {
        call: async (bytes) => (await plugin.call("echo", bytes))?.byteLength ?? 0,
        close: () => plugin.close(),
      };
    },
    close: () => rmSync(folder, { recursive: true }),
  };
}
