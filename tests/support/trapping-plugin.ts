import { componentEmbed, componentNew, parse } from "@bytecodealliance/jco-transpile/wasm-tools";
import { INTERFACES, WIT } from "@novywave/contract";

const { lifecycle, watch } = INTERFACES;

/** A plugin that watches the workspace and traps at its third event, in functions that its name section names. */
export async function trappingPlugin(): Promise<Uint8Array> {
  const core = await parse(`(module
    (import "${watch}" "subscribe" (func $subscribe (param i32 i32 i32 i32)))
    (memory (export "memory") 1)
    (data (i32.const 16) ".")
    (data (i32.const 32) "0.1.0")
    (global $next (mut i32) (i32.const 4096))
    (global $events (mut i32) (i32.const 0))
    (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
      (local $at i32)
      (local.set $at (i32.and (i32.add (global.get $next) (i32.const 7)) (i32.const -8)))
      (global.set $next (i32.add (local.get $at) (local.get 3)))
      (if (i32.gt_u (global.get $next) (i32.mul (memory.size) (i32.const 65536)))
        (then (drop (memory.grow (i32.add (i32.const 1) (i32.shr_u (local.get 3) (i32.const 16)))))))
      (local.get $at))
    (func $gives_up unreachable)
    (func $counts_events
      (global.set $events (i32.add (global.get $events) (i32.const 1)))
      (if (i32.eq (global.get $events) (i32.const 3)) (then (call $gives_up))))
    (func (export "${lifecycle}#init") (param i32 i32) (result i32)
      (i32.store (i32.const 64) (i32.const 16)) (i32.store (i32.const 68) (i32.const 1))
      (call $subscribe (i32.const 64) (i32.const 1) (i32.const 50) (i32.const 128))
      (i32.store (i32.const 260) (i32.const 32)) (i32.store (i32.const 264) (i32.const 5))
      (i32.const 256))
    (func (export "${lifecycle}#handle-event") (param i32 i64 i32 i32) (result i32)
      (call $counts_events)
      (i32.const 512))
    (func (export "${lifecycle}#shutdown")))`);
  const world = "\nworld trapping { import watch; export lifecycle; }\n";
  return componentNew(await componentEmbed({ binary: core, witSource: WIT + world, world: "trapping" }));
}
