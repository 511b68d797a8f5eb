import { componentEmbed, componentNew, parse } from "@bytecodealliance/jco-transpile/wasm-tools";
import { INTERFACES, WIT } from "../../packages/contract/dist/index.js";

const { lifecycle, watch } = INTERFACES;

/**
 * A plugin of about 15 kB. At `config-updated` it answers with the first value as the text of an error: the same bytes go
 * to the guest and come back. At anything else it does nothing. It watches the workspace.
 */
export async function echoComponent() {
  const core = await parse(`(module
    (import "${watch}" "subscribe" (func $subscribe (param i32 i32 i32 i32)))
    (memory (export "memory") 40)
    (data (i32.const 16) ".")
    (data (i32.const 32) "0.1.0")
    (data (i32.const 1024) "${"x".repeat(13_000)}")
    (global $next (mut i32) (i32.const 16384))
    (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
      (local $at i32)
      (local.set $at (i32.and (i32.add (global.get $next) (i32.const 7)) (i32.const -8)))
      (global.set $next (i32.add (local.get $at) (local.get 3)))
      (local.get $at))
    (func (export "${lifecycle}#init") (param i32 i32) (result i32)
      (i32.store (i32.const 64) (i32.const 16)) (i32.store (i32.const 68) (i32.const 1))
      (call $subscribe (i32.const 64) (i32.const 1) (i32.const 50) (i32.const 128))
      (i32.store (i32.const 260) (i32.const 32)) (i32.store (i32.const 264) (i32.const 5))
      (i32.const 256))
    (func (export "${lifecycle}#handle-event") (param $tag i32) (param $list i64) (param i32 i32) (result i32)
      (i32.store8 (i32.const 512) (i32.const 0))
      (if (i32.eq (local.get $tag) (i32.const 2)) (then
        (i32.store8 (i32.const 512) (i32.const 1))
        (i32.store8 (i32.const 516) (i32.const 2))
        (i32.store (i32.const 520) (i32.load offset=8 (i32.wrap_i64 (local.get $list))))
        (i32.store (i32.const 524) (i32.load offset=12 (i32.wrap_i64 (local.get $list))))))
      (i32.const 512))
    (func (export "cabi_post_${lifecycle}#handle-event") (param i32) (global.set $next (i32.const 16384)))
    (func (export "${lifecycle}#shutdown")))`);
  const world = "\nworld echo { import watch; export lifecycle; }\n";
  return componentNew(await componentEmbed({ binary: core, witSource: WIT + world, world: "echo" }));
}

/** The same component, for caches another one: a custom section tells them apart. */
export function anotherBuild(bytes, number) {
  const contents = new TextEncoder().encode(`\u0005build${String(number).padStart(8, "0")}`);
  return Uint8Array.from([...bytes, 0, contents.length, ...contents]);
}
