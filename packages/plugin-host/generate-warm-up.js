#!/usr/bin/env node
// Makes src/supervisor/generated/warm-up.ts: a plugin with which a spare worker runs once what real ones do. `node
// generate-warm-up.js` writes; `--check` says whether it is up to date with the contract.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { componentEmbed, componentNew, parse } from "@bytecodealliance/jco-transpile/wasm-tools";
import { INTERFACES, WIT } from "@novywave/contract";

const out = fileURLToPath(new URL("./src/supervisor/generated/warm-up.ts", import.meta.url));
const { config, lifecycle, logging, relay, watch } = INTERFACES;

// At 64: the list of one text that folders and capabilities are; at 128: what host calls answer; at 256 and 512: results.
const core = await parse(`(module
  (import "${logging}" "log" (func $log (param i32 i32 i32)))
  (import "${watch}" "subscribe" (func $subscribe (param i32 i32 i32 i32)))
  (import "${config}" "get" (func $get (param i32)))
  (import "${relay}" "publish" (func $publish (param i32 i32 i32 i32 i32 i32 i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 16) "discovery")
  (data (i32.const 64) "\\10\\00\\00\\00\\09\\00\\00\\00")
  (global $next (mut i32) (i32.const 1024))
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (local $at i32)
    (local.set $at (i32.and (i32.add (global.get $next) (i32.const 7)) (i32.const -8)))
    (global.set $next (i32.add (local.get $at) (local.get 3)))
    (local.get $at))
  (func $text (param $at i32)
    (i64.store (local.get $at) (i64.load (i32.const 64))))
  (func $list (param $at i32)
    (i32.store (local.get $at) (i32.const 64)) (i32.store offset=4 (local.get $at) (i32.const 1)))
  (func (export "${lifecycle}#init") (param i32 i32) (result i32)
    (call $log (i32.const 2) (i32.const 16) (i32.const 9))
    (call $get (i32.const 128))
    (call $subscribe (i32.const 64) (i32.const 1) (i32.const 50) (i32.const 128))
    (call $text (i32.const 260)) (call $text (i32.const 268)) (call $list (i32.const 276))
    (i32.const 256))
  (func (export "${lifecycle}#handle-event") (param i32 i64 i32 i32) (result i32)
    (call $publish
      (i32.const 16) (i32.const 9)
      (i32.const 0) (i32.const 16) (i32.const 9) (i32.const 64) (i32.const 1)
      (i32.const 128))
    (i32.const 512))
  (func (export "cabi_post_${lifecycle}#init") (param i32))
  (func (export "cabi_post_${lifecycle}#handle-event") (param i32))
  (func (export "${lifecycle}#shutdown")))`);
const world = `
world warm-up { import logging; import watch; import config; import relay; export lifecycle; }
`;
const bytes = await componentNew(
  await componentEmbed({ binary: core, witSource: WIT + world, world: "warm-up" }),
);
const text = `// Made by generate-warm-up.js; do not edit.

/** A plugin that logs, reads its config, watches and publishes, in base64. */
export const WARM_UP_COMPONENT: string =
  "${Buffer.from(bytes).toString("base64")}";
`;

if (process.argv.includes("--check")) {
  if (readFileSync(out, "utf8") !== text) {
    process.stderr.write(
      "not up to date with the contract; run node packages/plugin-host/generate-warm-up.js\n",
    );
    process.exitCode = 1;
  }
} else {
  mkdirSync(fileURLToPath(new URL("./src/supervisor/generated/", import.meta.url)), { recursive: true });
  writeFileSync(out, text);
}
