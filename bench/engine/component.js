import { componentEmbed, componentNew, parse } from "@bytecodealliance/jco-transpile/wasm-tools";

/** What the component imports, from the host's side; jco leaves the version out. */
class Sink {
  write(value) {
    return value + 1;
  }
}
const host = { note: (value) => value + 1, open: () => new Sink(), Sink };
export const imports = { "bench:engine/host@1.0.0": host, "bench:engine/host": host };

/** What the core module imports when it runs alone. */
export const coreImports = {
  "bench:engine/host@1.0.0": { note: host.note, open: () => 1, "[method]sink.write": () => 0 },
  "[export]bench:engine/api@1.0.0": { "[resource-new]counter": (rep) => rep },
};

/** The functions that are measured, in the shape that a plugin has. */
const wit = `package bench:engine@1.0.0;
interface api {
  record change { subscription: u64, paths: list<string> }
  record entry { key: string, value: string }
  variant event { tick, change(change), config(list<entry>) }
  variant error { invalid(string), failed(string) }
  empty: func();
  handle-event: func(event: event) -> result<_, error>;
  take-strings: func(items: list<string>) -> u32;
  give-strings: func() -> list<string>;
  take-bytes: func(items: list<u8>) -> u32;
  give-bytes: func() -> list<u8>;
  ask-host: func() -> u32;
  ask-sink: func() -> u32;
  resource counter { constructor(); get: func() -> u32; }
}
interface host {
  note: func(value: u32) -> u32;
  resource sink { write: func(value: u32) -> u32; }
  open: func() -> sink;
}
world bench { import host; export api; }`;

const api = "bench:engine/api@1.0.0";

// 1 000 strings of 20 bytes at 65 536, their list at 131 072, 1 MiB of bytes at 1 MiB; the allocator starts at 4 MiB.
const core = `(module
  (import "bench:engine/host@1.0.0" "note" (func $note (param i32) (result i32)))
  (import "bench:engine/host@1.0.0" "open" (func $open (result i32)))
  (import "bench:engine/host@1.0.0" "[method]sink.write" (func $write (param i32 i32) (result i32)))
  (import "[export]${api}" "[resource-new]counter" (func $counter (param i32) (result i32)))
  (memory (export "memory") 128)
  (global $sink (mut i32) (i32.const 0))
  (global $next (mut i32) (i32.const 4194304))
  (func $start (local $i i32)
    (memory.fill (i32.const 65536) (i32.const 0x61) (i32.const 20000))
    (loop $fill
      (i32.store offset=131072 (i32.mul (local.get $i) (i32.const 8)) (i32.add (i32.const 65536) (i32.mul (local.get $i) (i32.const 20))))
      (i32.store offset=131076 (i32.mul (local.get $i) (i32.const 8)) (i32.const 20))
      (br_if $fill (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 1000)))))
  (start $start)
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (global.set $next (i32.and (i32.add (global.get $next) (i32.add (local.get 2) (i32.const -1))) (i32.sub (i32.const 0) (local.get 2))))
    (global.get $next)
    (global.set $next (i32.add (global.get $next) (local.get 3))))
  (func $reset (global.set $next (i32.const 4194304)))
  (func (export "${api}#empty"))
  (func (export "${api}#handle-event") (param i32 i64 i32 i32) (result i32) (i32.store8 (i32.const 16) (i32.const 0)) (i32.const 16))
  (func (export "${api}#ask-host") (result i32) (call $note (i32.const 41)))
  (func (export "${api}#ask-sink") (result i32)
    (if (i32.eqz (global.get $sink)) (then (global.set $sink (call $open))))
    (call $write (global.get $sink) (i32.const 41)))
  (func (export "${api}#[constructor]counter") (result i32) (call $counter (i32.const 7)))
  (func (export "${api}#[method]counter.get") (param i32) (result i32) (local.get 0))
  (func (export "${api}#take-strings") (param i32 i32) (result i32) (call $reset) (local.get 1))
  (func (export "${api}#give-strings") (result i32) (i32.store (i32.const 16) (i32.const 131072)) (i32.store (i32.const 20) (i32.const 1000)) (i32.const 16))
  (func (export "${api}#take-bytes") (param i32 i32) (result i32) (call $reset) (local.get 1))
  (func (export "${api}#give-bytes") (result i32) (i32.store (i32.const 16) (i32.const 1048576)) (i32.store (i32.const 20) (i32.const 1048576)) (i32.const 16)))`;

/** A component of about `bytes` bytes with one export: a core module of many functions, as a compiler makes them. */
export async function sizedComponent(bytes) {
  const body = "(local.set 0 (i32.add (i32.mul (local.get 0) (i32.const 31)) (i32.const 7)))".repeat(20);
  const count = Math.max(1, Math.round(bytes / 195));
  const functions = Array.from(
    { length: count },
    (_, i) =>
      `(func ${i % 50 === 0 ? `(export "f${i}")` : ""} (param i32) (result i32) ${body} (local.get 0))`,
  );
  const binary = await parse(
    `(module (memory (export "memory") 1) (func (export "run")) ${functions.join("\n")})`,
  );
  const witSource = "package bench:sized; world sized { export run: func(); }";
  return componentNew(await componentEmbed({ binary, witSource }));
}

/** The core module alone, and the component around it. */
export async function buildComponent() {
  const module = await parse(core);
  const component = await componentNew(await componentEmbed({ binary: module, witSource: wit }));
  return { module, component, api };
}
