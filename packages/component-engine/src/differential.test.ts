import { transpileBytes } from "@bytecodealliance/jco-transpile";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compile, instantiate, ResultError } from "./index.js";
import {
  echoComponent,
  echoInterface,
  everyKind,
  hostInterface,
  typeArbitrary,
  type EchoType,
} from "./testing/echo.test.helper.js";
import { allocator, componentOf } from "./testing/wat.test.helper.js";

// The oracle is jco: the same component, run by the code that jco generates from it. Only this test runs generated code.

type Exports = Record<string, Record<string, (value: unknown) => unknown>>;

interface Generated {
  instantiate(
    getCoreModule: (name: string) => Promise<WebAssembly.Module>,
    imports: Record<string, unknown>,
  ): Promise<Exports>;
}

async function jco(component: Uint8Array, imports: Record<string, unknown>): Promise<Exports> {
  const { files } = await transpileBytes(component, {
    name: "echo",
    instantiation: "async",
    nodejsCompat: false,
  });
  const source = files["echo.js"];
  if (source === undefined) throw new Error("jco made no module");
  const blob = Array.from(source, (byte) => String.fromCharCode(byte)).join("");
  const generated = (await import(
    /* @vite-ignore */ `data:text/javascript;base64,${btoa(blob)}`
  )) as Generated;
  return generated.instantiate(async (name) => {
    const bytes = files[name];
    if (bytes === undefined) throw new Error(`jco made no ${name}`);
    return WebAssembly.compile(Uint8Array.from(bytes));
  }, imports);
}

/** What a call does: what the host's import saw, and what came back or was thrown. */
function outcome(exports: Exports, seen: unknown[], index: number, value: unknown): unknown {
  seen.length = 0;
  try {
    const returned = exports[echoInterface]?.[`echo${index}`]?.(value);
    return { seen: [...seen], returned };
  } catch (error) {
    // We throw a ResultError, jco throws the payload itself, or an error around it.
    const payload: unknown =
      typeof error === "object" && error !== null && "payload" in error ? error.payload : error;
    return { seen: [...seen], payload };
  }
}

function host(types: readonly EchoType[], seen: unknown[]): Record<string, unknown> {
  const functions = types.map((type, i) => [
    `echo${i}`,
    (value: unknown) => {
      seen.push(value);
      if (type.type.kind !== "result") return value;
      const { tag, val } = value as { tag: string; val: unknown };
      if (tag === "err") throw new ResultError(val);
      return val;
    },
  ]);
  const object: unknown = Object.fromEntries(functions);
  // jco looks interfaces up without their version.
  return { [hostInterface]: object, "test:echo/host": object };
}

/** What jco 1.35 gets wrong: it drops a byte order mark from strings, and loses the value in an option of an option of an option. */
function jcoFailsOn(type: EchoType, value: unknown): boolean {
  const text: string | undefined = JSON.stringify(value, (_, part: unknown) =>
    typeof part === "bigint" ? `${part}` : part,
  );
  return type.wit.includes("option<option<option<") || (text?.includes("\ufeff") ?? false);
}

describe("values in JavaScript are jco's", () => {
  test("for every kind of type, and for generated ones", { timeout: 60_000 }, async () => {
    const types = [...everyKind, ...fc.sample(typeArbitrary(2), { numRuns: 30, seed: 7 })];
    const bytes = await echoComponent(types);
    const seen: unknown[] = [];
    const theirs = await jco(bytes, host(types, seen));
    const ours = instantiate(await compile(bytes), host(types, seen)).exports as Exports;
    let compared = 0;
    for (const [i, type] of types.entries()) {
      for (const value of fc.sample(type.values, { numRuns: 8, seed: i })) {
        if (jcoFailsOn(type, value)) continue;
        expect(outcome(ours, seen, i, value), type.wit).toEqual(outcome(theirs, seen, i, value));
        compared += 1;
      }
    }
    expect(compared).toBeGreaterThan(types.length * 6);
  });
});

const resourcesWit = `package t:d;
  interface res {
    resource r { constructor(x: u32); get: func() -> u32; merge: static func(a: r, b: r) -> r; }
  }
  interface cells {
    use res.{r};
    resource cell { constructor(x: u32); get: func() -> u32; make: static func(x: u32) -> cell; }
    swap: func(c: cell) -> r;
    join: func(a: r, b: r) -> r;
    look: func(r: borrow<r>) -> u32;
    maybe: func(c: option<cell>, x: u32) -> option<cell>;
  }
  world w { import res; export cells; }`;

const resourcesCore = `(module
  (import "t:d/res" "[constructor]r" (func $new (param i32) (result i32)))
  (import "t:d/res" "[method]r.get" (func $get (param i32) (result i32)))
  (import "t:d/res" "[static]r.merge" (func $merge (param i32 i32) (result i32)))
  (import "t:d/res" "[resource-drop]r" (func $drop (param i32)))
  (import "[export]t:d/cells" "[resource-new]cell" (func $cell (param i32) (result i32)))
  (import "[export]t:d/cells" "[resource-rep]cell" (func $rep (param i32) (result i32)))
  (import "[export]t:d/cells" "[resource-drop]cell" (func $drop-cell (param i32)))
  ${allocator}
  (func (export "t:d/cells#[constructor]cell") (param i32) (result i32) (call $cell (local.get 0)))
  (func (export "t:d/cells#[method]cell.get") (param i32) (result i32) (local.get 0))
  (func (export "t:d/cells#[static]cell.make") (param i32) (result i32)
    (call $cell (i32.add (local.get 0) (i32.const 100))))
  (func (export "t:d/cells#[dtor]cell") (param i32) (call $drop (call $new (local.get 0))))
  (func (export "t:d/cells#swap") (param i32) (result i32) (local $x i32)
    (local.set $x (call $rep (local.get 0))) (call $drop-cell (local.get 0)) (call $new (local.get $x)))
  (func (export "t:d/cells#join") (param i32 i32) (result i32) (call $merge (local.get 0) (local.get 1)))
  (func (export "t:d/cells#look") (param i32) (result i32) (local $x i32)
    (local.set $x (call $get (local.get 0))) (call $drop (local.get 0)) (local.get $x))
  (func (export "t:d/cells#maybe") (param i32 i32 i32) (result i32)
    (if (local.get 0) (then (call $drop-cell (local.get 1))))
    (i32.store8 (i32.const 16) (i32.and (local.get 2) (i32.const 1)))
    (i32.store (i32.const 20) (if (result i32) (i32.and (local.get 2) (i32.const 1)) (then (call $cell (local.get 2))) (else (i32.const 0))))
    (i32.const 16)))`;

interface Cell {
  get(): number;
  [Symbol.dispose](): void;
}

interface Cells {
  readonly Cell: { new (x: number): Cell; make(x: number): Cell };
  swap(cell: Cell): unknown;
  join(a: unknown, b: unknown): unknown;
  look(r: unknown): number;
  maybe(cell: Cell | undefined, x: number): Cell | undefined;
}

/** A class of the host, which writes down what is done with it. */
function hostResource(log: string[]) {
  return class R {
    readonly x: number;
    constructor(x: number) {
      this.x = x;
      log.push(`new ${x}`);
    }
    get(): number {
      log.push(`get ${this.x}`);
      return this.x;
    }
    static merge(a: R, b: R): R {
      log.push(`merge ${a.x} ${b.x}`);
      return new R(a.x * 10 + b.x);
    }
    [Symbol.dispose](): void {
      log.push(`drop ${this.x}`);
    }
  };
}

/** Everything that a host can do with the resources, by numbers from 1 up: jco takes a representation of 0 for no handle. */
function story(cells: Cells, R: new (x: number) => unknown, log: string[], steps: readonly number[]): void {
  const alive: Cell[] = [];
  const hosts: unknown[] = [];
  const fails = (action: () => unknown): void => {
    try {
      action();
      log.push("answered");
    } catch {
      log.push("refused");
    }
  };
  for (const step of steps) {
    const cell = alive[step % Math.max(1, alive.length)];
    const one = hosts[step % Math.max(1, hosts.length)];
    const given = step % 8;
    if (given === 0) alive.push(new cells.Cell(step));
    else if (given === 1) alive.push(cells.Cell.make(step));
    else if (given === 2) hosts.push(new R(step));
    else if (given === 3 && cell !== undefined) log.push(`cell ${cell.get()}`);
    else if (given === 4 && one !== undefined) log.push(`look ${cells.look(one)}`);
    else if (given === 5 && hosts.length > 1) hosts.push(cells.join(hosts.shift(), hosts.shift()));
    else if (given === 6 && cell !== undefined) {
      alive.splice(alive.indexOf(cell), 1);
      hosts.push(cells.swap(cell));
      fails(() => cell.get());
    } else if (given === 7) {
      const made = cells.maybe(alive.shift(), step);
      log.push(`maybe ${made === undefined ? "none" : made.get()}`);
      if (made !== undefined) alive.push(made);
    }
  }
  for (const cell of alive) cell[Symbol.dispose]();
  log.push(`hosts ${hosts.map((item) => item instanceof R).join()}`);
}

test("resources of host and guest are made, lent, given away and dropped as in jco", async () => {
  const bytes = await componentOf(resourcesCore, resourcesWit);
  const [ours, theirs]: [string[], string[]] = [[], []];
  const classes = [hostResource(ours), hostResource(theirs)] as const;
  const mine = instantiate(await compile(bytes), { "t:d/res": { R: classes[0] } }).exports;
  const jcos = await jco(bytes, { "t:d/res": { R: classes[1] } });
  for (const steps of fc.sample(
    fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 10, maxLength: 60 }),
    {
      numRuns: 40,
      seed: 3,
    },
  )) {
    story(mine["t:d/cells"] as Cells, classes[0], ours, steps);
    story(jcos["t:d/cells"] as unknown as Cells, classes[1], theirs, steps);
    expect(ours).toEqual(theirs);
  }
  for (const word of ["new", "get", "merge", "drop", "cell", "look", "maybe", "refused"]) {
    expect(ours.some((line) => line.startsWith(word))).toBe(true);
  }
});
