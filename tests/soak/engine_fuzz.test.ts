import { readFile } from "node:fs/promises";
import path from "node:path";
import { Worker } from "node:worker_threads";
import { parse } from "@bytecodealliance/jco-transpile/wasm-tools";
import { describe, expect, it } from "vitest";
import { repository } from "../support/novywave.js";

// The same 1 200 cases each time in `npm test`; `npm run soak engine_fuzz` asks for minutes of new ones.
const asked = process.env["NOVYWAVE_SOAK_SECONDS"];
const cases = asked === undefined ? 1_200 : Number.MAX_SAFE_INTEGER;
// A machine that is too slow for the cases does those that it can.
const seconds = asked === undefined ? 60 : Number(asked) * 0.8;
const seed = Number(process.env["NOVYWAVE_FUZZ_SEED"] ?? (asked === undefined ? 1 : Date.now() % 2 ** 31));
const firstCase = Number(process.env["NOVYWAVE_FUZZ_CASE"] ?? 0);

/** A case takes milliseconds. This is what a loaded machine is given. */
const longestCase = 10_000;

/** Nested components, resources, outer aliases, strings between encodings: what one guest in C does not have. */
const nested = `(component
  (type $outer (list string))
  (component $a
    (type $r' (resource (rep i32)))
    (export $r "thing" (type $r'))
    (core func $new (canon resource.new $r'))
    (core module $M (import "h" "new" (func $new (param i32) (result i32)))
      (memory (export "m") 1) (table (export "t") 3 funcref)
      (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
      (func (export "make") (param i32) (result i32) (call $new (local.get 0)))
      (func (export "say") (param i32 i32) (result i32)
        (i32.store (i32.const 16) (local.get 0)) (i32.store (i32.const 20) (local.get 1)) (i32.const 16)))
    (core instance $i (instantiate $M (with "h" (instance (export "new" (func $new))))))
    (func (export "make") (param "x" u32) (result (own $r)) (canon lift (core func $i "make")))
    (func (export "say") (param "x" string) (result string)
      (canon lift (core func $i "say") (memory (core memory $i "m")) (realloc (core func $i "realloc")) string-encoding=utf16)))
  (component $b
    (alias outer 1 $outer (type $strings))
    (import "a" (instance $a
      (export "thing" (type $r (sub resource)))
      (export "make" (func (param "x" u32) (result (own $r))))
      (export "say" (func (param "x" string) (result string)))))
    (alias export $a "thing" (type $r))
    (core module $L (memory (export "m") 1)
      (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 2048)))
    (core instance $l (instantiate $L))
    (core func $make (canon lower (func $a "make")))
    (core func $say (canon lower (func $a "say") (memory (core memory $l "m")) (realloc (core func $l "realloc")) string-encoding=latin1+utf16))
    (core func $drop (canon resource.drop $r))
    (core module $M (import "l" "m" (memory 1))
      (import "a" "make" (func $make (param i32) (result i32))) (import "a" "say" (func $say (param i32 i32 i32)))
      (import "a" "drop" (func $drop (param i32)))
      (func (export "f") (param i32 i32) (result i32)
        (call $drop (call $make (i32.const 7))) (call $say (local.get 0) (local.get 1) (i32.const 64)) (i32.const 64)))
    (core instance $i (instantiate $M (with "l" (instance $l))
      (with "a" (instance (export "make" (func $make)) (export "say" (func $say)) (export "drop" (func $drop))))))
    (export "strings" (type $strings))
    (func (export "f") (param "x" string) (result string)
      (canon lift (core func $i "f") (memory (core memory $l "m")) (realloc (core func $l "realloc")) string-encoding=latin1+utf16)))
  (instance $ai (instantiate $a))
  (instance $bi (instantiate $b (with "a" (instance $ai))))
  (export "f" (func $bi "f")))`;

/** Resources of the host and of a guest, that the host makes, passes on and drops. */
const resources = `(component
  (import "t:h/res" (instance $h
    (export "r" (type $r (sub resource)))
    (export "[constructor]r" (func (param "x" u32) (result (own $r))))
    (export "[method]r.get" (func (param "self" (borrow $r)) (result u32)))
    (export "[static]r.merge" (func (param "a" (own $r)) (param "b" (own $r)) (result (own $r))))))
  (alias export $h "r" (type $r))
  (core func $new (canon lower (func $h "[constructor]r")))
  (core func $get (canon lower (func $h "[method]r.get")))
  (core func $merge (canon lower (func $h "[static]r.merge")))
  (core func $drop (canon resource.drop $r))
  (core module $D (func (export "dtor") (param i32) (if (i32.eq (local.get 0) (i32.const 255)) (then unreachable))))
  (core instance $d (instantiate $D))
  (type $cell (resource (rep i32) (dtor (core func $d "dtor"))))
  (core func $cell-new (canon resource.new $cell))
  (core func $cell-drop (canon resource.drop $cell))
  (core module $M
    (import "h" "new" (func $new (param i32) (result i32))) (import "h" "get" (func $get (param i32) (result i32)))
    (import "h" "merge" (func $merge (param i32 i32) (result i32))) (import "h" "drop" (func $drop (param i32)))
    (import "h" "cell-new" (func $cell-new (param i32) (result i32))) (import "h" "cell-drop" (func $cell-drop (param i32)))
    (func (export "make") (param i32) (result i32) (call $cell-new (local.get 0)))
    (func (export "cell-get") (param i32) (result i32) (local.get 0))
    (func (export "swap") (param i32) (result i32) (call $cell-drop (local.get 0)) (call $new (i32.const 3)))
    (func (export "join") (param i32 i32) (result i32) (call $merge (local.get 0) (local.get 1)))
    (func (export "look") (param i32) (result i32) (local $x i32)
      (local.set $x (call $get (local.get 0))) (call $drop (local.get 0)) (local.get $x)))
  (core instance $i (instantiate $M (with "h" (instance
    (export "new" (func $new)) (export "get" (func $get)) (export "merge" (func $merge)) (export "drop" (func $drop))
    (export "cell-new" (func $cell-new)) (export "cell-drop" (func $cell-drop))))))
  (export $c "cell" (type $cell))
  (func (export "[constructor]cell") (param "x" u32) (result (own $c)) (canon lift (core func $i "make")))
  (func (export "[method]cell.get") (param "self" (borrow $c)) (result u32) (canon lift (core func $i "cell-get")))
  (func (export "[static]cell.make") (param "x" u32) (result (own $c)) (canon lift (core func $i "make")))
  (func (export "swap") (param "c" (own $c)) (result (own $r)) (canon lift (core func $i "swap")))
  (func (export "join") (param "a" (own $r)) (param "b" (own $r)) (result (own $r)) (canon lift (core func $i "join")))
  (func (export "look") (param "r" (borrow $r)) (result u32) (canon lift (core func $i "look"))))`;

interface Report {
  readonly next: number;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly failure?: string;
}

type End =
  | { readonly kind: "report"; readonly report: Report }
  | { readonly kind: "stuck" }
  | { readonly kind: "died"; readonly error: unknown };

/** Runs cases from `first` on in a thread of its own, until one is stuck or the time is over. */
async function runFrom(
  corpus: readonly Uint8Array[],
  first: number,
  until: number,
  progress: SharedArrayBuffer,
): Promise<End> {
  const worker = new Worker(new URL("engine_fuzz_worker.js", import.meta.url), {
    workerData: { corpus, seed, first, end: firstCase + cases, until, progress },
    resourceLimits: { maxOldGenerationSizeMb: 512 },
  });
  const shared = new Int32Array(progress);
  let watch: ReturnType<typeof setInterval> | undefined;
  try {
    return await new Promise<End>((resolve) => {
      let at = -1;
      let since = Date.now();
      watch = setInterval(() => {
        const now = Atomics.load(shared, 0) * 2 + Atomics.load(shared, 1);
        if (now !== at) {
          at = now;
          since = Date.now();
        } else if (Date.now() - since > longestCase) resolve({ kind: "stuck" });
      }, 200);
      worker.on("message", (report: Report) => resolve({ kind: "report", report }));
      worker.on("error", (error) => resolve({ kind: "died", error }));
    });
  } finally {
    clearInterval(watch);
    await worker.terminate();
  }
}

describe("the component engine under hostile components", () => {
  it(
    `says EngineError or runs, and neither hangs nor dies, for mutated components`,
    { timeout: (seconds + 60) * 1000 },
    async () => {
      const corpus = [
        await readFile(path.join(repository, "packages/component-engine/fixtures/c-guest/guest.wasm")),
        await parse(nested),
        await parse(nested),
        await parse(resources),
        await parse(resources),
        // Rust with std, and TypeScript.
        await readFile(path.join(repository, "tests/fixtures/plugins/waveform_census.wasm")),
        await readFile(path.join(repository, "plugins/dist/hello_world_plugin.wasm")),
      ];
      const progress = new SharedArrayBuffer(8);
      const shared = new Int32Array(progress);
      const until = Date.now() + seconds * 1000;
      const outcomes: Record<string, number> = {};
      let next = firstCase;
      while (next < firstCase + cases && Date.now() < until) {
        const end = await runFrom(corpus, next, until, progress);
        const at = Atomics.load(shared, 0);
        const again = `NOVYWAVE_FUZZ_SEED=${seed} NOVYWAVE_FUZZ_CASE=${at}`;
        if (end.kind === "died") throw new Error(`the thread died: ${again}`, { cause: end.error });
        if (end.kind === "stuck") {
          // A guest may loop for ever; the host ends its thread. The engine may not.
          expect(Atomics.load(shared, 1), `the engine hangs: ${again}`).toBe(1);
          outcomes["looped"] = (outcomes["looped"] ?? 0) + 1;
          next = at + 1;
          continue;
        }
        expect(end.report.failure, again).toBeUndefined();
        for (const [name, count] of Object.entries(end.report.outcomes))
          outcomes[name] = (outcomes[name] ?? 0) + count;
        next = end.report.next;
      }
      expect(next - firstCase, "cases").toBeGreaterThan(100);
      expect(outcomes["ran"], JSON.stringify(outcomes)).toBeGreaterThan(0);
      expect(process.memoryUsage().rss).toBeLessThan(1.5 * 2 ** 30);
      console.info(`engine fuzz: seed ${seed}, ${next - firstCase} cases: ${JSON.stringify(outcomes)}`);
    },
  );
});
