import * as fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { compile, EngineError, inspect, instantiate, type EngineLimits } from "./index.js";
import { moduleOf } from "./testing/bytes.test.helper.js";
import { guest, lift } from "./testing/guests.test.helper.js";
import { wat } from "./testing/wat.test.helper.js";

function caught(action: () => unknown): EngineError {
  try {
    action();
  } catch (error) {
    if (error instanceof EngineError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

async function refused(component: Uint8Array, limits: Partial<EngineLimits> = {}): Promise<EngineError> {
  try {
    await compile(component, { limits });
  } catch (error) {
    if (error instanceof EngineError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

/** LEB128, as wide as a section header needs. */
function u32(value: number): number[] {
  const out: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    out.push((rest % 0x80) + 0x80);
    rest = Math.floor(rest / 0x80);
  }
  return [...out, rest];
}

const preamble = [0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00];

function section(id: number, bytes: readonly number[]): number[] {
  return [id, ...u32(bytes.length), ...bytes];
}

function component(...sections: readonly (readonly [id: number, ...body: number[]])[]): Uint8Array {
  return Uint8Array.from([
    ...preamble,
    ...sections.flatMap(([id, ...body]) => [id, ...u32(body.length), ...body]),
  ]);
}

let small: Uint8Array;
beforeAll(async () => {
  small = await wat(
    guest(
      `(import "h" "f" (func $f (param i32 i32))) (func (export "g") (param i32 i32) (result i32) (i32.const 64))`,
      `(type $p' (record (field "x" u32) (field "y" (list string)))) (export $p "p" (type $p'))
       (component $inner (import "in" (func (param "x" string))) (type $v (variant (case "a") (case "b" u8))) (export "v" (type $v)))
       (instance (instantiate $inner (with "in" (func $f))))
       ${lift("g", '(param "a" string) (result $p)')}`,
      {
        imports:
          '(import "test:a/b@1.0.0" (instance $ab (export "f" (func (param "x" string))))) (alias export $ab "f" (func $f))',
        lowered: "(core func $lf (canon lower (func $f) (memory $m) (realloc $r)))",
        args: '(with "h" (instance (export "f" (func $lf))))',
      },
    ),
  );
});

describe("bytes that are no component", () => {
  test("nothing, text, a core module and an unknown version each have their own message", async () => {
    expect((await refused(new Uint8Array())).message).toMatch(/no WebAssembly/);
    expect((await refused(new TextEncoder().encode("<!doctype html>"))).message).toMatch(/no WebAssembly/);
    const core = await refused(Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]));
    expect(core.code).toBe("not-a-component");
    expect(core.message).toMatch(/this is a core module: make a component of it/);
    const version = await refused(Uint8Array.from([0, 0x61, 0x73, 0x6d, 0x0e, 0, 1, 0]));
    expect(version).toMatchObject({ code: "malformed", offset: 4 });
  });

  test("a component without anything is a component", async () => {
    const empty = await compile(component());
    expect(empty.imports).toEqual([]);
    expect(Object.keys(instantiate(empty, {}).exports)).toEqual([]);
  });
});

test.each([
  ["plain", (size: number) => new ArrayBuffer(size)],
  ["shared", (size: number) => new SharedArrayBuffer(size)],
  [
    "resizable",
    (size: number): ArrayBuffer => Reflect.construct(ArrayBuffer, [size, { maxByteLength: 2 * size }]),
  ],
])("bytes count as they are when compile is called, in a buffer that is %s", async (_, make) => {
  // Without memories and tables: the module is compiled as it stands in the file.
  const seven = await wat(
    `(component
      (core module $m (func (export "f") (result i32) (i32.const 7)))
      (core instance $i (instantiate $m))
      (func (export "f") (result u32) (canon lift (core func $i "f"))))`,
  );
  const bytes = new Uint8Array(make(seven.length));
  bytes.set(seven);
  const compiling = compile(bytes);
  bytes.fill(0);
  const { f } = instantiate(await compiling, {}).exports as { f: () => number };
  expect(f()).toBe(7);
});

describe("hostile bytes only ever give an EngineError", () => {
  test("a component cut at every byte", () => {
    // A cut between two sections can leave a smaller component, which is fine; anything else is an error with an offset.
    let whole = 0;
    for (let length = 0; length < small.length; length++) {
      try {
        inspect(small.subarray(0, length));
        whole += 1;
      } catch (error) {
        expect(error).toBeInstanceOf(EngineError);
        expect((error as EngineError).offset).toBeLessThanOrEqual(length);
      }
    }
    expect(whole).toBeLessThan(30);
  });

  test("mutated bytes: thousands of components, compiled, and run when they compile", async () => {
    const edit = fc.record({
      at: fc.nat(),
      to: fc.integer({ min: 0, max: 255 }),
      kind: fc.constantFrom("set", "flip", "cut", "insert"),
    });
    const mutants = fc.sample(fc.array(edit, { minLength: 1, maxLength: 4 }), { numRuns: 3_000, seed: 4 });
    const outcomes = new Map<string, number>();
    for (const edits of mutants) {
      const bytes = [...small];
      for (const { at, to, kind } of edits) {
        const index = at % bytes.length;
        if (kind === "set") bytes[index] = to;
        else if (kind === "flip") bytes[index] = (bytes[index] ?? 0) ^ (1 << (to % 8));
        else if (kind === "cut") bytes.splice(index, 1 + (to % 8));
        else bytes.splice(index, 0, to);
      }
      let outcome = "runs";
      try {
        const mutant = await compile(Uint8Array.from(bytes));
        instantiate(mutant, { "test:a/b@1.0.0": { f: () => undefined } });
      } catch (error) {
        if (!(error instanceof EngineError)) throw error;
        outcome = error.code;
      }
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    // The corpus reaches every stage.
    for (const code of ["malformed", "invalid", "module-rejected", "runs"])
      expect(outcomes.get(code)).toBeGreaterThan(0);
  });

  test("random bytes behind the preamble", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (tail) => {
        try {
          inspect(Uint8Array.from([...preamble, ...tail]));
        } catch (error) {
          if (!(error instanceof EngineError)) throw error;
        }
      }),
      { numRuns: 3_000 },
    );
  });
});

describe("a number that the file only claims costs nothing", () => {
  const huge = u32(0xffffffff);

  test.each([
    ["imports", 10],
    ["exports", 11],
    ["types", 7],
    ["aliases", 6],
    ["instances", 5],
    ["core instances", 2],
    ["canonical definitions", 8],
  ])("4 billion %s in a section of a few bytes", async (_, id) => {
    const error = await refused(component([id, ...huge]));
    expect(error.code).toBe("malformed");
    expect(error.message).toMatch(/4294967295 .* are announced, only 0 bytes follow/);
    expect(error.offset).toBe(10);
  });

  test("a section, a name, and a custom section longer than the file", async () => {
    expect((await refused(Uint8Array.from([...preamble, 7, ...huge]))).message).toMatch(
      /only 0 bytes follow/,
    );
    expect((await refused(component([10, 1, 0, ...huge, 0x61]))).message).toMatch(/only 1 bytes follow/);
    expect((await refused(component([0, ...huge]))).message).toMatch(/only 0 bytes follow/);
  });

  test("a type that doubles in size 60 times", async () => {
    const types = Array.from({ length: 60 }, (_, i) => [
      0x6f,
      2,
      ...(i === 0 ? [0x7d, 0x7d] : [...u32(i - 1), ...u32(i - 1)]),
    ]);
    const error = await refused(component([7, 60, ...types.flat()]));
    expect(error.code).toBe("limit-exceeded");
    expect(error.message).toMatch(/maxTypeSize/);
  });

  test("components that instantiate each other twice, 60 deep", async () => {
    let body: number[] = [];
    for (let i = 0; i < 40; i++) {
      body = [...section(4, [...preamble, ...body]), ...section(5, [2, 0x00, 0, 0, 0x00, 0, 0])];
    }
    const error = await refused(Uint8Array.from([...preamble, ...body]));
    expect(error.code).toBe("limit-exceeded");
  });

  test("components inside each other, 10 000 deep", async () => {
    const depth = 10_000;
    const sizes: number[][] = [];
    let size = 8;
    for (let i = 0; i < depth; i++) {
      const header = [4, ...u32(size)];
      sizes.push([...header, ...preamble]);
      size += header.length + 0;
      size += 8;
    }
    const bytes = [...preamble, ...sizes.toReversed().flat()];
    const error = await refused(Uint8Array.from(bytes));
    expect(error.code).toBe("limit-exceeded");
    expect(error.message).toMatch(/maxDepth/);
  });

  test("types inside each other, 100 000 deep", async () => {
    const nested = Array.from({ length: 100_000 }, () => [0x42, 1, 0x01]).flat();
    const error = await refused(component([7, 1, ...nested]));
    expect(error.code).toBe("limit-exceeded");
  });
});

describe("limits are checked before anything runs", () => {
  test("memories and tables that begin above their limit", async () => {
    const memory = await wat("(component (core module (memory 1025)))");
    // A module that is never instantiated costs nothing, so it is looked at like the others.
    const used = await wat("(component (core module $m (memory 1025)) (core instance (instantiate $m)))");
    for (const bytes of [memory, used]) {
      const error = await refused(bytes);
      expect(error.code).toBe("limit-exceeded");
      expect(error.message).toMatch(/67174400 bytes: the limit maxMemoryBytes is 67108864/);
    }
    const table = await wat("(component (core module $m (table 100001 funcref)))");
    expect((await refused(table)).message).toMatch(/maxTableEntries is 100000/);
  });

  test("more modules, instances and memories than allowed", async () => {
    const module = "(core module $m (memory 1))";
    const instance = "(core instance (instantiate $m))";
    const twice = await wat(`(component ${module} ${instance} ${instance})`);
    expect((await refused(twice, { maxMemories: 1 })).message).toMatch(
      /2 memories: the limit maxMemories is 1/,
    );
    expect((await refused(twice, { maxCoreInstances: 1 })).message).toMatch(/maxCoreInstances is 1/);
    expect((await refused(twice, { maxCoreModules: 0 })).message).toMatch(/maxCoreModules is 0/);
    await expect(compile(twice)).resolves.toBeDefined();
  });

  test("a limit that is no whole number is a mistake of the caller", async () => {
    await expect(compile(component(), { limits: { maxMemoryBytes: -1 } })).rejects.toThrow(RangeError);
    await expect(compile(component(), { limits: { maxDepth: 1.5 } })).rejects.toThrow(/maxDepth/);
  });
});

test("errors of the format say in which section they are", async () => {
  expect((await refused(component([7, 1, 0x70]))).message).toBe("types: unexpected end (at byte 12)");
  expect((await refused(component([10, 1, 9]))).message).toMatch(/^imports: 0x9 is no form of a name/);
});

describe("checks", () => {
  test.each([
    [
      "an index that does not exist",
      component([11, 1, 0x00, 1, 0x61, 0x01, 5, 0]),
      /function 5 does not exist/,
    ],
    ["a name that is not kebab case", component([10, 1, 0x00, 2, 0x61, 0x5f, 0x01, 0]), /not a valid name/],
    ["a label with a capital inside", component([7, 1, 0x6d, 1, 2, 0x61, 0x42]), /kebab case/],
    ["two cases of one name", component([7, 1, 0x6d, 2, 1, 0x61, 1, 0x61]), /two cases are named "a"/],
    ["a record without fields", component([7, 1, 0x72, 0]), /record without fields/],
    [
      "33 flags",
      component([
        7,
        1,
        0x6e,
        33,
        ...Array.from({ length: 33 }, (_, i) => [3, 0x61, 0x61 + (i % 26), 0x61 + Math.floor(i / 26)]).flat(),
      ]),
      /at most 32/,
    ],
    ["bytes left over in a section", component([7, 1, 0x73, 0x00]), /1 bytes left over/],
    [
      "bytes left over in the memories of a core module",
      component([1, ...moduleOf(section(5, [1, 0, 1, 0]))]),
      /section 5 of a core module: 1 bytes left over/,
    ],
    [
      "bytes left over in the tables of a core module",
      component([1, ...moduleOf(section(4, [1, 0x70, 0, 1, 0, 0]))]),
      /section 4 of a core module: 2 bytes left over/,
    ],
    ["text that is not UTF-8", component([0, 1, 0xff]), /not valid UTF-8/],
    ["a number of six bytes", component([7, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00]), /too long|does not fit/],
  ])("%s", async (_, bytes, message) => {
    const error = await refused(bytes);
    expect(["malformed", "invalid"]).toContain(error.code);
    expect(error.message).toMatch(message);
    expect(error.offset).toBeGreaterThanOrEqual(8);
  });

  test("a core function whose signature does not fit its component type", async () => {
    const bytes = await wat(
      '(component (core module $m (func (export "f") (param i64))) (core instance $i (instantiate $m)) (func (export "f") (param "x" u32) (canon lift (core func $i "f"))))',
    );
    const error = caught(() => inspect(bytes));
    expect(error.code).toBe("invalid");
    expect(error.message).toMatch(/canon lift: expected \(i32\) -> \(\), found \(i64\) -> \(\)/);
  });

  test("strings without a memory", async () => {
    const bytes = await wat(
      '(component (core module $m (func (export "f") (param i32 i32))) (core instance $i (instantiate $m)) (func (export "f") (param "x" string) (canon lift (core func $i "f"))))',
    );
    expect(caught(() => inspect(bytes)).message).toMatch(/option memory is missing/);
  });

  test("a core import that is not given", async () => {
    const bytes = await wat(
      '(component (core module $m (import "a" "b" (func))) (core instance (instantiate $m)))'.replace(
        "(instantiate $m)",
        '(instantiate $m (with "a" (instance)))',
      ),
    );
    expect(caught(() => inspect(bytes)).message).toMatch(/core import "a" "b" is missing/);
  });
});
