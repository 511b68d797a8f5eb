import { componentEmbed, componentNew, parse } from "@bytecodealliance/jco-transpile/wasm-tools";
import { INTERFACES, WIT } from "@novywave/contract";
import type { Artifact } from "../artifact/artifact.js";
import { makeArtifact } from "../artifact/read-artifact.js";
import { contractCapabilities, type ContractCapability } from "../capability.js";

// A guest that does as it is told: a `filesystem-change` whose subscription id is one of `commands` is an order, with the
// notification's paths as arguments. It answers through its log: results as `info`, errors as `error` (`err:<case>` and,
// where the case has a text, the text). Real changes are logged as `debug`.

/** Orders to the puppet. */
export const commands = {
  listDir: 1000n,
  readMetadata: 1001n,
  findFiles: 1002n,
  subscribe: 1003n,
  publishDiscovery: 1004n,
  publishRefresh: 1005n,
  config: 1006n,
  tick: 1007n,
  flood: 1008n,
  spin: 1009n,
  trap: 1010n,
  grow: 1011n,
  fail: 1012n,
  publishLog: 1013n,
  spinInHost: 1014n,
  findPages: 1015n,
  recurse: 1016n,
  /** Publishes a refresh of the paths, then traps, or spins, or loops over a host call. */
  publishThenTrap: 1017n,
  publishThenSpin: 1018n,
  /** `shutdown` will spin. */
  armShutdown: 1019n,
  growTable: 1020n,
  /** Thousands of refreshes, subscriptions, ticks: `done` at the end. */
  floodPublish: 1021n,
  floodSubscribe: 1022n,
  floodTimers: 1023n,
  /** A list whose items are all the one long text given. */
  aliasFlood: 1024n,
  /** A text as long as the memory. */
  hugeText: 1025n,
  /** The third of these orders traps. */
  trapOnThird: 1026n,
  /** From now on each tick asks for two more, without delay. */
  tickStorm: 1027n,
} as const;

interface CoreImport {
  readonly capability: ContractCapability;
  readonly name: string;
  readonly local: string;
  readonly params: string;
}

const i32 = (count: number): string => "i32 ".repeat(count);
const coreImports: readonly CoreImport[] = [
  { capability: "logging", name: "log", local: "$log", params: i32(3) },
  { capability: "filesystem", name: "list-dir", local: "$list-dir", params: i32(3) },
  { capability: "filesystem", name: "read-metadata", local: "$read-metadata", params: i32(3) },
  { capability: "filesystem", name: "find-files", local: "$find-files", params: i32(15) },
  { capability: "watch", name: "subscribe", local: "$subscribe", params: i32(4) },
  { capability: "relay", name: "publish", local: "$publish", params: i32(8) },
  { capability: "config", name: "get", local: "$config", params: i32(1) },
  { capability: "timer", name: "schedule-tick", local: "$schedule-tick", params: i32(2) },
];

const lifecycle = INTERFACES.lifecycle;

function coreModule(used: readonly ContractCapability[]): string {
  const imports = coreImports.filter((item) => used.includes(item.capability));
  const stubs = coreImports.filter((item) => !used.includes(item.capability));
  return `(module
  ${imports.map((item) => `(import "${INTERFACES[item.capability]}" "${item.name}" (func ${item.local} (param ${item.params})))`).join("\n  ")}
  ${stubs.map((item) => `(func ${item.local} (param ${item.params}) unreachable)`).join("\n  ")}
  (memory (export "memory") 1)
  (data (i32.const 16) "err:0")
  (data (i32.const 32) "tick")
  (data (i32.const 48) "done")
  (data (i32.const 64) "1.0.0")
  (data (i32.const 80) "puppet")
  (data (i32.const 128) "liar")
  (data (i32.const 144) "refresh-timeline")
  (global $next (mut i32) (i32.const 4096))
  (global $armed (mut i32) (i32.const 0))
  (global $echo (mut i32) (i32.const 0))
  ;; What post-return frees down to.
  (global $base (mut i32) (i32.const 4096))
  (global $storm (mut i32) (i32.const 0))
  ;; The order that every change gives, and how many arguments lie at 1024.
  (global $standing (mut i64) (i64.const 0))
  (global $standing-args (mut i32) (i32.const 0))
  (global $orders (mut i32) (i32.const 0))
  (table $table 1 funcref)
  (func $realloc (export "cabi_realloc") (param $old i32) (param $old-size i32) (param $align i32) (param $size i32) (result i32)
    (local $at i32)
    (local.set $at (i32.and (i32.add (global.get $next) (i32.sub (local.get $align) (i32.const 1))) (i32.sub (i32.const 0) (local.get $align))))
    (global.set $next (i32.add (local.get $at) (local.get $size)))
    (block $fits
      (br_if $fits (i32.le_u (global.get $next) (i32.mul (memory.size) (i32.const 65536))))
      (br_if $fits (i32.ne (i32.const -1) (memory.grow (i32.add (i32.const 1) (i32.div_u (i32.sub (global.get $next) (i32.mul (memory.size) (i32.const 65536))) (i32.const 65536))))))
      unreachable)
    (local.get $at))
  (func $info (param $ptr i32) (param $len i32) (call $log (i32.const 2) (local.get $ptr) (local.get $len)))
  (func $done (call $info (i32.const 48) (i32.const 4)))
  ;; The error variant at $variant: its case as a digit, then its text if the case has one (lengths are 0 otherwise).
  (func $error (param $variant i32) (param $text i32)
    (i32.store8 (i32.const 20) (i32.add (i32.const 48) (i32.load8_u (local.get $variant))))
    (call $log (i32.const 4) (i32.const 16) (i32.const 5))
    (if (local.get $text)
      (then (call $log (i32.const 4) (i32.load (i32.add (local.get $variant) (i32.const 4))) (i32.load (i32.add (local.get $variant) (i32.const 8)))))))
  ;; Logs the string at the start of every item of a list.
  (func $each (param $level i32) (param $ptr i32) (param $count i32) (param $stride i32) (param $offset i32)
    (loop $next
      (if (local.get $count) (then
        (call $log (local.get $level)
          (i32.load (i32.add (local.get $ptr) (local.get $offset)))
          (i32.load offset=4 (i32.add (local.get $ptr) (local.get $offset))))
        (local.set $ptr (i32.add (local.get $ptr) (local.get $stride)))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (br $next)))))
  (func $find (param $args i32) (param $count i32) (param $limit i32)
    (local $cursor i32) (local $cursor-ptr i32) (local $cursor-len i32)
    (loop $page
      (call $find-files
        (i32.load (local.get $args)) (i32.load offset=4 (local.get $args))
        (i32.add (local.get $args) (i32.const 8)) (i32.sub (local.get $count) (i32.const 1))
        (i32.const 0) (i32.const 0)
        (i32.const 0) (i32.const 0)
        (i32.const 0) (i32.const 0)
        (local.get $cursor) (local.get $cursor-ptr) (local.get $cursor-len)
        (local.get $limit)
        (i32.const 512))
      (if (i32.load8_u (i32.const 512))
        (then (call $error (i32.const 516) (i32.const 0)))
        (else
          (call $each (i32.const 2) (i32.load (i32.const 516)) (i32.load (i32.const 520)) (i32.const 8) (i32.const 0))
          (call $each (i32.const 3) (i32.load (i32.const 536)) (i32.load (i32.const 540)) (i32.const 8) (i32.const 0))
          (local.set $cursor (i32.load8_u (i32.const 524)))
          (local.set $cursor-ptr (i32.load (i32.const 528)))
          (local.set $cursor-len (i32.load (i32.const 532)))
          (if (i32.eqz (local.get $cursor)) (then (call $done)) (else (call $info (i32.const 48) (i32.const 2)) (br $page)))))))
  (func $publish-paths (param $args i32) (param $count i32) (param $refresh i32)
    (if (local.get $refresh)
      (then (call $publish (i32.load (local.get $args)) (i32.load offset=4 (local.get $args)) (i32.const 2)
        (i32.add (local.get $args) (i32.const 8)) (i32.sub (local.get $count) (i32.const 1)) (i32.const 0) (i32.const 0) (i32.const 512)))
      (else (call $publish (i32.load (local.get $args)) (i32.load offset=4 (local.get $args)) (i32.const 0)
        (i32.const 128) (i32.const 4) (i32.add (local.get $args) (i32.const 8)) (i32.sub (local.get $count) (i32.const 1)) (i32.const 512)))))
  (func $unit-result
    (if (i32.load8_u (i32.const 512)) (then (call $error (i32.const 516) (i32.const 1))) (else (call $done))))
  ;; Takes an order from the configuration: pairs of key and JSON, the first a number, the others its texts.
  (func $stand (param $pairs i32) (param $count i32)
    (local $at i32) (local $end i32)
    (local.set $at (i32.load offset=8 (local.get $pairs)))
    (local.set $end (i32.add (local.get $at) (i32.load offset=12 (local.get $pairs))))
    (loop $digit
      (global.set $standing (i64.add (i64.mul (global.get $standing) (i64.const 10)) (i64.extend_i32_u (i32.sub (i32.load8_u (local.get $at)) (i32.const 48)))))
      (br_if $digit (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 1))) (local.get $end))))
    (local.set $at (i32.const 1024))
    (loop $text
      (local.set $count (i32.sub (local.get $count) (i32.const 1)))
      (if (local.get $count) (then
        (local.set $pairs (i32.add (local.get $pairs) (i32.const 16)))
        (i32.store (local.get $at) (i32.add (i32.load offset=8 (local.get $pairs)) (i32.const 1)))
        (i32.store offset=4 (local.get $at) (i32.sub (i32.load offset=12 (local.get $pairs)) (i32.const 2)))
        (local.set $at (i32.add (local.get $at) (i32.const 8)))
        (global.set $standing-args (i32.add (global.get $standing-args) (i32.const 1)))
        (br $text))))
    (global.set $base (global.get $next)))
  (func $recurse (param i32) (result i32) (i32.add (i32.const 1) (call $recurse (i32.add (local.get 0) (i32.const 1)))))

  (func (export "${lifecycle}#init") (param $ptr i32) (param $count i32) (result i32)
    (local $key i32)
    (i32.store8 (i32.const 256) (i32.const 0))
    (i32.store (i32.const 260) (i32.const 64)) (i32.store (i32.const 264) (i32.const 5))
    (i32.store (i32.const 268) (i32.const 80)) (i32.store (i32.const 272) (i32.const 6))
    (i32.store (i32.const 276) (i32.const 0)) (i32.store (i32.const 280) (i32.const 0))
    (i32.store (i32.const 284) (i32.const 0))
    (if (local.get $count) (then
      (local.set $key (i32.load8_u (i32.load (local.get $ptr))))
      ;; A first key that begins with f: init fails with its value; s: it spins; t: it traps; d: the value is the description;
      ;; o: an order that every change is from now on, and its arguments;
      ;; p: it publishes a refresh of everything; r: it will publish a refresh of what changes.
      (if (i32.eq (local.get $key) (i32.const 114)) (then (global.set $echo (i32.const 1))))
      (if (i32.eq (local.get $key) (i32.const 111)) (then (call $stand (local.get $ptr) (local.get $count))))
      (if (i32.eq (local.get $key) (i32.const 112)) (then
        (call $publish (i32.const 144) (i32.const 16) (i32.const 2) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 512))))
      (if (i32.eq (local.get $key) (i32.const 102)) (then
        (i32.store8 (i32.const 256) (i32.const 1))
        (i32.store8 (i32.const 260) (i32.const 0))
        (i32.store (i32.const 264) (i32.load offset=8 (local.get $ptr)))
        (i32.store (i32.const 268) (i32.load offset=12 (local.get $ptr)))))
      (if (i32.eq (local.get $key) (i32.const 115)) (then (loop $spin (br $spin))))
      (if (i32.eq (local.get $key) (i32.const 116)) (then unreachable))
      (if (i32.eq (local.get $key) (i32.const 100)) (then
        (i32.store (i32.const 268) (i32.load offset=8 (local.get $ptr)))
        (i32.store (i32.const 272) (i32.load offset=12 (local.get $ptr)))))))
    (i32.const 256))

  (func (export "${lifecycle}#handle-event") (param $tag i32) (param $id i64) (param $args i32) (param $count i32) (result i32)
    (local $command i32) (local $left i32) (local $list i32)
    (i32.store8 (i32.const 384) (i32.const 0))
    (if (i32.eqz (local.get $tag)) (then
      (if (global.get $storm) (then
        (call $schedule-tick (i32.const 0) (i32.const 512))
        (call $schedule-tick (i32.const 0) (i32.const 512))
        (return (i32.const 384))))
      (call $info (i32.const 32) (i32.const 4)) (return (i32.const 384))))
    (if (i32.ne (local.get $tag) (i32.const 1)) (then
      ;; config-updated: the pair (pointer, count) lies in the first two slots of the joined payload.
      (call $each (i32.const 2) (i32.wrap_i64 (local.get $id)) (local.get $args) (i32.const 16) (i32.const 8))
      (return (i32.const 384))))
    (if (i32.and (i64.lt_u (local.get $id) (i64.const 1000)) (i64.ne (global.get $standing) (i64.const 0))) (then
      (local.set $id (global.get $standing))
      (local.set $args (i32.const 1024))
      (local.set $count (global.get $standing-args))))
    (if (i64.lt_u (local.get $id) (i64.const 1000)) (then
      (if (global.get $echo) (then
        (call $publish (i32.const 144) (i32.const 16) (i32.const 2) (local.get $args) (local.get $count) (i32.const 0) (i32.const 0) (i32.const 512))))
      (call $each (i32.const 1) (local.get $args) (local.get $count) (i32.const 8) (i32.const 0))
      (return (i32.const 384))))
    (local.set $command (i32.wrap_i64 (local.get $id)))
    (if (i32.eq (local.get $command) (i32.const 1000)) (then
      (call $list-dir (i32.load (local.get $args)) (i32.load offset=4 (local.get $args)) (i32.const 512))
      (if (i32.load8_u (i32.const 512))
        (then (call $error (i32.const 516) (i32.const 0)))
        (else (call $each (i32.const 2) (i32.load (i32.const 516)) (i32.load (i32.const 520)) (i32.const 12) (i32.const 0)) (call $done)))))
    (if (i32.eq (local.get $command) (i32.const 1001)) (then
      (call $read-metadata (i32.load (local.get $args)) (i32.load offset=4 (local.get $args)) (i32.const 512))
      (if (i32.load8_u (i32.const 512))
        (then (call $error (i32.const 520) (i32.const 0)))
        (else (call $info (i32.load (i32.const 520)) (i32.load (i32.const 524)))))))
    (if (i32.eq (local.get $command) (i32.const 1002)) (then (call $find (local.get $args) (local.get $count) (i32.const 10000))))
    (if (i32.eq (local.get $command) (i32.const 1015)) (then (call $find (local.get $args) (local.get $count) (i32.const 2))))
    (if (i32.eq (local.get $command) (i32.const 1003)) (then
      (call $subscribe (local.get $args) (local.get $count) (i32.const 10) (i32.const 512))
      (if (i32.load8_u (i32.const 512)) (then (call $error (i32.const 520) (i32.const 1))) (else (call $done)))))
    (if (i32.eq (local.get $command) (i32.const 1004)) (then (call $publish-paths (local.get $args) (local.get $count) (i32.const 0)) (call $unit-result)))
    (if (i32.eq (local.get $command) (i32.const 1005)) (then (call $publish-paths (local.get $args) (local.get $count) (i32.const 1)) (call $unit-result)))
    (if (i32.eq (local.get $command) (i32.const 1013)) (then
      (call $publish (i32.load (local.get $args)) (i32.load offset=4 (local.get $args)) (i32.const 1)
        (i32.load offset=8 (local.get $args)) (i32.load offset=12 (local.get $args)) (i32.const 0) (i32.const 0) (i32.const 512))
      (call $unit-result)))
    (if (i32.eq (local.get $command) (i32.const 1006)) (then
      (call $config (i32.const 512))
      (call $each (i32.const 2) (i32.load (i32.const 512)) (i32.load (i32.const 516)) (i32.const 16) (i32.const 8))))
    (if (i32.eq (local.get $command) (i32.const 1007)) (then (call $schedule-tick (i32.const 50) (i32.const 512)) (call $unit-result)))
    (if (i32.eq (local.get $command) (i32.const 1008)) (then
      (local.set $left (i32.const 1000))
      (loop $again
        (call $info (i32.load (local.get $args)) (i32.load offset=4 (local.get $args)))
        (br_if $again (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))))
    (if (i32.eq (local.get $command) (i32.const 1009)) (then (loop $spin (br $spin))))
    (if (i32.eq (local.get $command) (i32.const 1010)) (then unreachable))
    (if (i32.eq (local.get $command) (i32.const 1011)) (then
      (loop $more (br_if $more (i32.ne (memory.grow (i32.const 16)) (i32.const -1))))
      (call $done)))
    (if (i32.eq (local.get $command) (i32.const 1012)) (then
      (i32.store8 (i32.const 384) (i32.const 1))
      (i32.store8 (i32.const 388) (i32.const 2))
      (i32.store (i32.const 392) (i32.load (local.get $args)))
      (i32.store (i32.const 396) (i32.load offset=4 (local.get $args)))))
    (if (i32.eq (local.get $command) (i32.const 1014)) (then (loop $spin (call $config (i32.const 512)) (global.set $next (i32.const 65536)) (br $spin))))
    (if (i32.eq (local.get $command) (i32.const 1019)) (then (global.set $armed (i32.const 1)) (call $done)))
    (if (i32.eq (local.get $command) (i32.const 1020)) (then
      (loop $more (br_if $more (i32.ne (table.grow $table (ref.null func) (i32.const 1000)) (i32.const -1))))
      (call $done)))
    (if (i32.eq (local.get $command) (i32.const 1021)) (then
      (local.set $left (i32.const 1500))
      (loop $again
        (call $publish (i32.const 144) (i32.const 16) (i32.const 2) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 512))
        (br_if $again (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
      (call $unit-result)))
    (if (i32.eq (local.get $command) (i32.const 1022)) (then
      (local.set $left (i32.const 1000))
      (loop $again
        (call $subscribe (local.get $args) (local.get $count) (i32.const 10) (i32.const 512))
        (br_if $again (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
      (if (i32.load8_u (i32.const 512)) (then (call $error (i32.const 520) (i32.const 1))) (else (call $done)))))
    (if (i32.eq (local.get $command) (i32.const 1023)) (then
      (local.set $left (i32.const 1000))
      (loop $again
        (call $schedule-tick (i32.const 1000000) (i32.const 512))
        (br_if $again (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
      (call $unit-result)))
    (if (i32.eq (local.get $command) (i32.const 1024)) (then
      ;; The list lies behind everything: 4 000 times pointer and length of the text.
      (local.set $list (call $realloc (i32.const 0) (i32.const 0) (i32.const 8) (i32.const 32000)))
      (local.set $left (i32.const 4000))
      (loop $again
        (local.set $left (i32.sub (local.get $left) (i32.const 1)))
        (i32.store (i32.add (local.get $list) (i32.shl (local.get $left) (i32.const 3))) (i32.load (local.get $args)))
        (i32.store offset=4 (i32.add (local.get $list) (i32.shl (local.get $left) (i32.const 3))) (i32.load offset=4 (local.get $args)))
        (br_if $again (local.get $left)))
      (call $publish (i32.const 144) (i32.const 16) (i32.const 2) (local.get $list) (i32.const 4000) (i32.const 0) (i32.const 0) (i32.const 512))
      (call $unit-result)))
    (if (i32.eq (local.get $command) (i32.const 1025)) (then
      (drop (memory.grow (i32.const 640)))
      (call $info (i32.const 0) (i32.mul (memory.size) (i32.const 65536)))))
    (if (i32.eq (local.get $command) (i32.const 1026)) (then
      (global.set $orders (i32.add (global.get $orders) (i32.const 1)))
      (if (i32.eq (global.get $orders) (i32.const 3)) (then unreachable))
      (call $done)))
    (if (i32.eq (local.get $command) (i32.const 1027)) (then
      (global.set $storm (i32.const 1))
      (call $schedule-tick (i32.const 0) (i32.const 512))
      (call $done)))
    (if (i32.or (i32.eq (local.get $command) (i32.const 1017)) (i32.eq (local.get $command) (i32.const 1018))) (then
      (call $publish-paths (local.get $args) (local.get $count) (i32.const 1)) (call $unit-result)
      (if (i32.eq (local.get $command) (i32.const 1017)) (then unreachable))
      (loop $spin (br $spin))))
    (if (i32.eq (local.get $command) (i32.const 1016)) (then (drop (call $recurse (i32.const 0)))))
    (i32.const 384))
  (func (export "cabi_post_${lifecycle}#handle-event") (param i32) (global.set $next (global.get $base)))
  (func (export "${lifecycle}#shutdown")
    (if (global.get $armed) (then (loop $spin (br $spin))))
    (if (i32.const ${used.includes("logging") ? 1 : 0}) (then (call $log (i32.const 0) (i32.const 48) (i32.const 4)))))
)`;
}

/** The bytes of a puppet that imports the given capabilities. */
export async function puppetBytes(
  used: readonly ContractCapability[] = contractCapabilities,
): Promise<Uint8Array> {
  const world = `\nworld puppet { ${used.map((name) => `import ${name};`).join(" ")} export lifecycle; }\n`;
  const core = await parse(coreModule(used));
  return componentNew(await componentEmbed({ binary: core, witSource: WIT + world, world: "puppet" }));
}

/** A component of the smoke world: init answers with the version 1.0.0, greet and shutdown do nothing. */
export async function smokeBytes(): Promise<Uint8Array> {
  const core = await parse(`(module
    (memory (export "memory") 1)
    (data (i32.const 64) "1.0.0")
    (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 4096))
    (func (export "${INTERFACES.smoke}#init") (param i32 i32) (result i32)
      (i32.store (i32.const 260) (i32.const 64)) (i32.store (i32.const 264) (i32.const 5))
      (i32.const 256))
    (func (export "${INTERFACES.smoke}#greet"))
    (func (export "${INTERFACES.smoke}#shutdown")))`);
  return componentNew(await componentEmbed({ binary: core, witSource: WIT, world: "smoke-plugin" }));
}

/** A component of a core module, in the text format, and of a world of `wit`. */
export async function componentBytes(wit: string, world: string, core: string): Promise<Uint8Array> {
  return componentNew(await componentEmbed({ binary: await parse(core), witSource: wit, world }));
}

/** A component that imports and exports what `world` says, every function of which traps. */
export async function dummyBytes(wit: string, world: string): Promise<Uint8Array> {
  return componentNew(await componentEmbed({ dummy: true, witSource: wit, world }));
}

/** Bytes as an artifact. */
export function artifactOf(bytes: Uint8Array, manifestText?: string): Artifact {
  const made = makeArtifact("/plugins/puppet.wasm", bytes, manifestText);
  if (!made.ok) throw new Error(made.error.message);
  return made.value;
}

/** A component with one more custom section. */
export function withCustomSection(bytes: Uint8Array, name: string, text: string): Uint8Array {
  const nameBytes = new TextEncoder().encode(name);
  const contents = [...unsigned(nameBytes.length), ...nameBytes, ...new TextEncoder().encode(text)];
  return Uint8Array.from([...bytes, 0, ...unsigned(contents.length), ...contents]);
}

function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}
