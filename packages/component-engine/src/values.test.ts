import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compile, instantiate, ResultError, type Instance } from "./index.js";
import {
  echoComponent,
  echoInterface,
  enumOf,
  flagsOf,
  hostInterface,
  listOf,
  optionOf,
  primitives,
  recordOf,
  resultOf,
  tupleOf,
  typeArbitrary,
  variantOf,
  type EchoType,
} from "./testing/echo.test.helper.js";
import { call } from "./testing/wat.test.helper.js";

/** Sends a value through the component; answers with what the host's import saw and with what came back. */
function echo(instance: Instance, seen: unknown[], index: number, type: EchoType, value: unknown): unknown {
  seen.length = 0;
  const func = call(instance, `echo${index}`, echoInterface);
  if (type.type.kind !== "result") return func(value);
  try {
    return { tag: "ok", val: func(value) };
  } catch (error) {
    if (error instanceof ResultError) return { tag: "err", val: error.payload };
    throw error;
  }
}

async function start(
  types: readonly EchoType[],
  encoding?: "utf8" | "utf16" | "compact-utf16",
): Promise<{ instance: Instance; seen: unknown[] }> {
  const seen: unknown[] = [];
  const host = Object.fromEntries(
    types.map((type, i) => [
      `echo${i}`,
      (value: unknown) => {
        seen.push(value);
        if (type.type.kind !== "result") return value;
        const { tag, val } = value as { tag: string; val: unknown };
        if (tag === "err") throw new ResultError(val);
        return val;
      },
    ]),
  );
  const component = await compile(await echoComponent(types, encoding));
  return { instance: instantiate(component, { [hostInterface]: host }), seen };
}

/** -0 stays -0 and NaN stays NaN; a 32-bit float comes back as the nearest one. */
function roundTrip(
  instance: Instance,
  seen: unknown[],
  types: readonly EchoType[],
  values: readonly unknown[],
): void {
  for (const [i, type] of types.entries()) {
    const back = echo(instance, seen, i, type, values[i]);
    expect(seen).toEqual([values[i]]);
    expect(back).toEqual(values[i]);
  }
}

const everyKind: readonly EchoType[] = [
  ...primitives,
  ...primitives.map(listOf),
  ...primitives.map(optionOf),
  optionOf(optionOf(primitives[0] ?? enumOf(1))),
  optionOf(optionOf(optionOf(listOf(enumOf(3))))),
  resultOf(undefined, undefined),
  resultOf(primitives[12], undefined),
  resultOf(undefined, primitives[12]),
  resultOf(primitives[9], primitives[8]),
  enumOf(1),
  enumOf(256),
  enumOf(257),
  flagsOf(1),
  flagsOf(8),
  flagsOf(9),
  flagsOf(16),
  flagsOf(17),
  flagsOf(32),
  tupleOf(primitives),
  recordOf(primitives),
  recordOf([recordOf(primitives.slice(0, 4)), listOf(recordOf(primitives))]),
  variantOf([undefined, ...primitives]),
  variantOf([primitives[9], primitives[5]]),
  variantOf([primitives[10], primitives[9], primitives[7]]),
  variantOf([tupleOf(primitives.slice(0, 12)), primitives[12], variantOf([primitives[9], primitives[12]])]),
  listOf(listOf(listOf(primitives[12] ?? enumOf(1)))),
  listOf(variantOf([undefined, listOf(primitives[1] ?? enumOf(1)), flagsOf(9)])),
];

describe("values keep what they are on the way through a guest, and back", () => {
  test.each(["utf8", "utf16", "compact-utf16"] as const)(
    "every kind of type, strings in %s",
    async (encoding) => {
      const { instance, seen } = await start(everyKind, encoding);
      fc.assert(
        fc.property(fc.tuple(...everyKind.map((type) => type.values)), (values) => {
          roundTrip(instance, seen, everyKind, values);
        }),
        { numRuns: 60 },
      );
      expect(instance.poisoned).toBeUndefined();
    },
  );

  test("generated types, nested", async () => {
    const types = fc.sample(typeArbitrary(3), { numRuns: 120, seed: 20 });
    const { instance, seen } = await start(types);
    fc.assert(
      fc.property(fc.tuple(...types.map((type) => type.values)), (values) => {
        roundTrip(instance, seen, types, values);
      }),
      { numRuns: 15 },
    );
  });
});
