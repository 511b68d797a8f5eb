import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { transformWithOxc } from "vite";
import { expect, onTestFinished, test } from "vitest";
import * as engine from "./index.js";
import { guest } from "./testing/guests.test.helper.js";
import { wat } from "./testing/wat.test.helper.js";

/** A plugin of the world in the example: `init` logs, asks for a tick in an hour, and passes on the error that it gets. */
const plugin = guest(
  `(import "h" "log" (func $log (param i32 i32 i32 i32)))
   (import "h" "schedule-tick" (func $tick (param i32 i32)))
   (data (i32.const 16) "info") (data (i32.const 32) "hello")
   (func (export "init") (param i32 i32) (result i32)
     (call $log (i32.const 16) (i32.const 4) (i32.const 32) (i32.const 5))
     (call $tick (i32.const 3600000) (i32.const 64)) (i32.const 64))`,
  `(type $entry' (record (field "key" string) (field "value" string)))
   (type $init (func (param "config" (list $entry')) (result (result (error string)))))
   (func $f (type $init) (canon lift (core func $i "init") (memory $m) (realloc $r)))
   (component $shim
     (type $entry' (record (field "key" string) (field "value" string)))
     (import "import-entry" (type $entry (eq $entry')))
     (import "import-init" (func $f (param "config" (list $entry)) (result (result (error string)))))
     (export $out "entry" (type $entry'))
     (export "init" (func $f) (func (param "config" (list $out)) (result (result (error string))))))
   (instance $x (instantiate $shim (with "import-entry" (type $entry')) (with "import-init" (func $f))))
   (export "novywave:plugins/lifecycle@0.1.0" (instance $x))`,
  {
    imports: `
      (import "novywave:plugins/logging@0.1.0" (instance $logging (export "log" (func (param "level" string) (param "message" string)))))
      (import "novywave:plugins/timer@0.1.0" (instance $timer (export "schedule-tick" (func (param "delay-ms" u32) (result (result (error string)))))))`,
    lowered: `
      (core func $log (canon lower (func $logging "log") (memory $m)))
      (core func $tick (canon lower (func $timer "schedule-tick") (memory $m) (realloc $r)))`,
    args: '(with "h" (instance (export "log" (func $log)) (export "schedule-tick" (func $tick))))',
  },
);

test("the example in the README runs", async () => {
  const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
  const example = /```ts\n(.*?)```/s.exec(readme)?.[1] ?? "";
  expect(example.trim().split("\n").length).toBeLessThan(20);
  const { code } = await transformWithOxc(example, "example.ts");
  const said: unknown[] = [];
  const given = {
    engine,
    readFile: () => wat(plugin),
    console: { log: (...words: unknown[]) => said.push(words) },
  };
  Object.defineProperty(globalThis, "readme", { value: given, configurable: true });
  const folder = await mkdtemp(path.join(tmpdir(), "readme-"));
  onTestFinished(async () => {
    Reflect.deleteProperty(globalThis, "readme");
    await rm(folder, { recursive: true });
  });
  const file = path.join(folder, "example.mjs");
  const inTest = code.replace(/^import (\{.*?\}) from .*$/m, "const $1 = readme.engine;");
  await writeFile(file, `const { readFile, console } = readme;\n${inTest}`);
  // The hour is too long for the host of the example.
  await expect(import(pathToFileURL(file).href)).rejects.toThrow(new engine.ResultError("too long"));
  expect(said).toEqual([["info", "hello"]]);
});
