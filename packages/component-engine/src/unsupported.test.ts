import { describe, expect, test } from "vitest";
import { compile, EngineError, inspect } from "./index.js";
import { componentOf, section } from "./testing/bytes.test.helper.js";
import { wat } from "./testing/wat.test.helper.js";

async function refused(bytes: Uint8Array): Promise<EngineError> {
  try {
    await compile(bytes);
  } catch (error) {
    if (error instanceof EngineError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

const lifted = '(core module $m (func (export "f"))) (core instance $i (instantiate $m))';

describe("what the engine does not support is refused at load, by name and with its place", () => {
  test.each([
    ["async functions", '(type (func async (param "x" u32)))', /async functions/],
    ["the async ABI", `${lifted} (func (export "f") async (canon lift (core func $i "f") async))`, /async/],
    [
      "callbacks",
      `${lifted} (func (export "f") async (canon lift (core func $i "f") async (callback (core func $i "f"))))`,
      /async/,
    ],
    ["streams", "(type (stream u8))", /streams/],
    ["futures", "(type (future u8))", /futures/],
    ["stream built-ins", "(type $s (stream u8)) (core func (canon stream.new $s))", /streams/],
    ["error-context", "(type (list error-context))", /error-context/],
    ["error-context built-ins", "(core func (canon error-context.drop))", /error-context\.drop/],
    ["waitable sets", "(core func (canon waitable-set.new))", /waitable-set\.new/],
    ["tasks", "(core func (canon task.cancel))", /task\.cancel/],
    ["subtasks", "(core func (canon subtask.drop))", /subtask\.drop/],
    ["backpressure", "(core func (canon backpressure.inc))", /backpressure\.inc/],
    ["context", "(core func (canon context.get i32 0))", /context\.get/],
    ["threads", "(core func (canon thread.available_parallelism))", /thread\.available-parallelism/],
    ["thread built-ins", "(core func (canon thread.index))", /thread\.index/],
    ["lists of fixed length", "(type (list u8 4))", /lists of fixed length/],
    ["maps", "(type (map string u8))", /maps/],
    ["values", '(import "v" (value u32))', /values/],
    ["shared memories", "(core module (memory 1 2 shared))", /a shared memory/],
    ["64-bit memories", "(core module (memory i64 1))", /a 64-bit memory/],
    ["64-bit tables", "(core module (table i64 1 funcref))", /a 64-bit table/],
    [
      "pages of another size",
      "(core module (memory 1 (pagesize 1)))",
      /a memory with a page size of its own/,
    ],
    ["types of the GC proposal", "(core module (type (struct (field i32))))", /GC proposal/],
    ["references of the GC proposal", "(core module (func (param anyref)))", /GC proposal/],
    ["core types of the GC proposal", "(core type (struct))", /GC proposal/],
    [
      "tables with an initial value",
      "(core module (func $f) (table 1 funcref (ref.func $f)))",
      /initial value/,
    ],
    ["imported core modules", '(import "m" (core module))', /the imported core module "m"/],
    ["imported components", '(import "c" (component))', /the imported component "c"/],
    [
      "exported core modules",
      '(core module $m) (export "m" (core module $m))',
      /the exported core module "m"/,
    ],
    ["exported components", '(component $c) (export "c" (component $c))', /the exported component "c"/],
    [
      "instances in imported instances",
      '(import "i" (instance (export "j" (instance))))',
      /inside the imported instance "i"/,
    ],
    [
      "instances in exported instances",
      '(instance $j) (instance $i (export "j" (instance $j))) (export "i" (instance $i))',
      /instances inside the exported instance "i"/,
    ],
    ["nested namespaces", '(import "a:b:c/d" (func))', /nested namespaces/],
  ])("%s", async (_, text, message) => {
    const bytes = await wat(`(component ${text})`);
    const error = await refused(bytes);
    expect(error.code).toBe("unsupported");
    expect(error.message).toMatch(message);
    expect(error.offset).toBeGreaterThanOrEqual(8);
    expect(error.offset).toBeLessThan(bytes.length);
  });

  test("inside of a component that nothing instantiates as well", async () => {
    const error = await refused(await wat("(component (component (component (type (stream u8)))))"));
    expect(error).toMatchObject({ code: "unsupported" });
    expect(error.message).toMatch(/streams/);
  });

  test("what follows something unknown is not blamed for it", async () => {
    // The core function of the built-in has no type here, and a stream is no list.
    const error = await refused(
      await wat(
        '(component (type $s (stream u8)) (core func (canon stream.new $s)) (import "f" (func (param "x" $s))))',
      ),
    );
    expect(error.message).toMatch(/streams/);
  });

  test("inspect lists it and throws nothing", async () => {
    const info = inspect(
      await wat('(component (type $s (stream u8)) (import "f" (func (param "x" u8))) (type (future)))'),
    );
    expect(info.unsupported.map((item) => item.feature)).toEqual(["streams", "futures"]);
    expect(info.imports.map((item) => item.name)).toEqual(["f"]);
  });

  test("a start section", async () => {
    const error = await refused(componentOf(section(9, [0, 0, 0])));
    expect(error).toMatchObject({ code: "unsupported", offset: 8 });
    expect(error.message).toMatch(/start/);
  });

  test("what a component exports is known although an import is refused", async () => {
    const info = inspect(
      await wat('(component (import "m" (core module)) (import "f" (func $f)) (export "s" (func $f)))'),
    );
    expect(info.unsupported.map((refusal) => refusal.feature)).toEqual(['the imported core module "m"']);
    expect(info.exports.map((item) => item.name)).toEqual(["s"]);
  });
});
