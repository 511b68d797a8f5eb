import { describe, expect, test } from "vitest";
import { compile, defaultLimits, EngineError, inspect, type EngineLimits } from "./index.js";
import {
  componentOf,
  externName,
  label,
  many,
  moduleOf,
  section,
  text,
  u32,
  vec,
  type Bytes,
} from "./testing/bytes.test.helper.js";

async function refused(bytes: Uint8Array, limits: Partial<EngineLimits> = {}): Promise<EngineError> {
  try {
    await compile(bytes, { limits });
  } catch (error) {
    if (error instanceof EngineError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

/** Tuples of two of the type before, `levels` times: as many values as two to that power. */
function doubling(levels: number): number[] {
  return vec(
    Array.from({ length: levels }, (_, i) => [
      0x6f,
      2,
      ...(i === 0 ? [0x7d, 0x7d] : [...u32(i - 1), ...u32(i - 1)]),
    ]),
  );
}

/** Instance types that export two instances of the type before, `levels` times, and a resource at the bottom. */
function instancesInside(levels: number): number[] {
  const types: number[][] = [[0x42, ...vec([[4, ...externName("r"), 3, 1]])]];
  for (let i = 1; i < levels; i++) {
    const before = [2, 3, 2, 1, ...u32(i - 1)];
    types.push([0x42, ...vec([before, [4, ...externName("a"), 5, 0], [4, ...externName("b"), 5, 0]])]);
  }
  return vec(types);
}

/** The index of a type where a type is used: a signed LEB128 number. */
function signed(value: number): number[] {
  const out: number[] = [];
  let rest = value;
  while (rest >= 0x40) {
    out.push((rest % 0x80) + 0x80);
    rest = Math.floor(rest / 0x80);
  }
  return [...out, rest];
}

const empty = moduleOf();
const moduleWith = (id: number, body: Bytes): Bytes => moduleOf(section(id, body));

const bombs: Readonly<Record<string, readonly [() => Uint8Array, keyof EngineLimits]>> = {
  "a type that doubles in size 60 times": [() => componentOf(section(7, doubling(60))), "maxTypeSize"],
  "options of options, 100 deep": [
    () =>
      componentOf(
        section(
          7,
          vec(Array.from({ length: 100 }, (_, i) => (i === 0 ? [0x6b, 0x7d] : [0x6b, ...signed(i - 1)]))),
        ),
      ),
    "maxDepth",
  ],
  "instance types that hold the one before twice, 40 deep": [
    () => componentOf(section(7, instancesInside(40))),
    "maxDefinitions",
  ],
  "thousands of core modules": [
    () => componentOf(...Array.from({ length: 2_000 }, () => section(1, empty))),
    "maxCoreModules",
  ],
  "thousands of core instances": [
    () =>
      componentOf(
        section(1, empty),
        section(
          2,
          many(2_000, () => [0, 0, 0]),
        ),
      ),
    "maxCoreInstances",
  ],
  "a module of thousands of memories": [
    () =>
      componentOf(
        section(
          1,
          moduleWith(
            5,
            many(2_000, () => [0, 0]),
          ),
        ),
        section(2, vec([[0, 0, 0]])),
      ),
    "maxMemories",
  ],
  "thousands of tables": [
    () =>
      componentOf(
        section(
          1,
          moduleWith(
            4,
            many(2_000, () => [0x70, 0, 0]),
          ),
        ),
        section(2, vec([[0, 0, 0]])),
      ),
    "maxTables",
  ],
  "a memory of 4 GiB": [
    () => componentOf(section(1, moduleWith(5, vec([[0, ...u32(65_536)]])))),
    "maxMemoryBytes",
  ],
  "a table of a billion entries": [
    () => componentOf(section(1, moduleWith(4, vec([[0x70, 0, ...u32(1_000_000_000)]])))),
    "maxTableEntries",
  ],
  "a million empty sections": [
    () => componentOf(Array.from({ length: 1_000_000 }, () => [7, 1, 0]).flat()),
    "maxDefinitions",
  ],
  "thousands of functions that each use thousands of resources": [
    () => {
      const resources = 10_000;
      return componentOf(
        section(
          10,
          many(resources, (i) => [...externName(label(i)), 3, 1]),
        ),
        section(
          7,
          vec([
            [0x3f, 0x7f, 0],
            ...Array.from({ length: resources }, (_, i) => [0x69, ...u32(i)]),
            [0x6f, ...many(resources, (i) => signed(resources + 1 + i))],
            [0x40, ...vec([[...text("x"), ...signed(2 * resources + 1)]]), 1, 0],
          ]),
        ),
        section(
          10,
          many(5_000, (i) => [...externName(`x1-${label(i)}`), 1, ...u32(2 * resources + 2)]),
        ),
      );
    },
    "maxDefinitions",
  ],
  "a component that takes a wide instance and is instantiated often": [
    () => {
      const wide = section(
        7,
        vec([
          [0x40, 0, 1, 0],
          [
            0x42,
            ...vec([
              [1, 0x40, 0, 1, 0],
              ...Array.from({ length: 5_000 }, (_, i) => [4, ...externName(label(i)), 1, 0]),
            ]),
          ],
        ]),
      );
      const imports = section(10, vec([[...externName("i"), 5, 1]]));
      return componentOf(
        section(4, [...componentOf(wide, imports, section(11, vec([[...externName("o"), 5, 0, 0]])))]),
        wide,
        imports,
        section(
          5,
          many(5_000, () => [0, 0, ...vec([[...text("i"), 5, 0]])]),
        ),
      );
    },
    "maxDefinitions",
  ],
};

describe("limits name themselves and their number (rule 12)", () => {
  test.each(Object.entries(bombs))("%s", { timeout: 60_000 }, async (_, [make, limit]) => {
    const error = await refused(make());
    expect(error).toMatchObject({ code: "limit-exceeded", limit });
    expect(error.message).toContain(`the limit ${limit} is ${defaultLimits[limit]}`);
    // 0 is where the component begins that is too much as a whole.
    expect(error.offset).toBeGreaterThanOrEqual(0);
  });

  test("every limit that a file alone can reach is reached here", () => {
    const lifted = ["maxLiftedBytes", "maxLiftedElements", "maxStringBytes", "maxHandles"];
    const reached = new Set([...lifted, ...Object.values(bombs).map(([, limit]) => limit)]);
    expect([...reached].sort()).toEqual(Object.keys(defaultLimits).sort());
  });

  test("the caller sets them, lower and higher", async () => {
    const bytes = componentOf(section(7, doubling(10)));
    expect(await refused(bytes, { maxTypeSize: 100 })).toMatchObject({ limit: "maxTypeSize" });
    expect(await refused(componentOf(section(7, doubling(16))))).toMatchObject({ limit: "maxTypeSize" });
    await expect(
      compile(componentOf(section(7, doubling(16))), { limits: { maxTypeSize: 1_000_000 } }),
    ).resolves.toBeDefined();
  });
});

describe("modules are compiled while the rest is validated, and it is validation that counts", () => {
  const noSuchType = section(10, vec([[...externName("f"), 1, 9]]));
  const cut = section(1, moduleWith(1, [5]));
  // The platform refuses it: a function without code.
  const noCode = section(1, moduleOf(section(1, vec([[0x60, 0, 0]])), section(3, vec([[0]]))));

  test.each([
    ["a module that cannot be read, after what is wrong", [noSuchType, cut], "invalid"],
    ["a module that cannot be read, before it", [cut, noSuchType], "malformed"],
    ["a module that the platform refuses, before it", [noCode, noSuchType], "invalid"],
    ["a module that the platform refuses, alone", [noCode], "module-rejected"],
  ])("%s", async (_, sections, code) => {
    expect(await refused(componentOf(...sections))).toMatchObject({ code });
  });

  test("with each budget, compile and inspect fail alike", async () => {
    const types = section(
      1,
      moduleWith(
        1,
        many(3, () => [0x60, 0, 0]),
      ),
    );
    const bytes = componentOf(types, types, noSuchType);
    const seen = new Set<string>();
    for (let maxDefinitions = 0; maxDefinitions < 12; maxDefinitions++) {
      const compiled = await refused(bytes, { maxDefinitions });
      expect(() => inspect(bytes, { limits: { maxDefinitions } })).toThrow(compiled.message);
      seen.add(compiled.message);
    }
    expect(seen.size).toBeGreaterThan(3);
  });
});

async function refusedText(bytes: Uint8Array): Promise<string> {
  const error = await refused(bytes);
  expect(["malformed", "invalid"]).toContain(error.code);
  expect(error.offset).toBeGreaterThanOrEqual(8);
  return error.message;
}

describe("numbers and names that are not what they should be", () => {
  test("LEB128 numbers that are too long or too large", async () => {
    expect(await refusedText(componentOf([7, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00]))).toMatch(
      /too long|does not fit/,
    );
    expect(await refusedText(componentOf([7, 0xff, 0xff, 0xff, 0xff, 0x1f]))).toMatch(/does not fit 32 bits/);
    expect(await refusedText(componentOf(section(7, [1, 0x70, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00])))).toMatch(
      /does not fit 32 bits/,
    );
  });

  test.each([
    ["overlong", [0xc0, 0x80]],
    ["a lone surrogate", [0xed, 0xa0, 0x80]],
    ["beyond Unicode", [0xf4, 0x90, 0x80, 0x80]],
    ["cut off", [0xe2, 0x82]],
    ["a byte that begins nothing", [0xff]],
  ])("names that are no UTF-8: %s", async (_, bytes) => {
    const name = [...u32(bytes.length), ...bytes];
    expect(await refusedText(componentOf(section(0, name)))).toMatch(/not valid UTF-8/);
    expect(await refusedText(componentOf(section(10, vec([[0, ...name, 1, 0]]))))).toMatch(/not valid UTF-8/);
  });

  test("a name of a megabyte, and one that is longer than the file", async () => {
    const giant = "a".repeat(1_000_000);
    const message = await refusedText(componentOf(section(10, vec([[...externName(giant), 1, 0]]))));
    expect(message).toMatch(/is not a valid name/);
    expect(message.length).toBeLessThan(250);
    expect(await refusedText(componentOf(section(10, [1, 0, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x61])))).toMatch(
      /only 1 bytes follow/,
    );
  });

  test.each([
    ["declarations of an instance type", [0x42]],
    ["declarations of a component type", [0x41]],
    ["fields", [0x72]],
    ["cases", [0x71]],
    ["items of a tuple", [0x6f]],
    ["parameters", [0x40]],
  ])("4 billion %s in a few bytes cost nothing", async (_, opcode) => {
    expect(await refusedText(componentOf(section(7, [1, ...opcode, 0xff, 0xff, 0xff, 0xff, 0x0f])))).toMatch(
      /4294967295 .* are announced, only 0 bytes follow/,
    );
  });

  test("core modules are held to the same", async () => {
    const announced = [0xff, 0xff, 0xff, 0xff, 0x0f];
    for (const id of [1, 2, 3, 4, 5, 6, 7, 13]) {
      expect(await refusedText(componentOf(section(1, moduleWith(id, announced))))).toMatch(/are announced/);
    }
    expect(await refusedText(componentOf(section(1, moduleWith(5, [1, 1, 2, 1]))))).toMatch(
      /a memory of at least 2 and at most 1/,
    );
  });
});
