import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compile, instantiate, ResultError, type Instance } from "./index.js";
import {
  echoComponent,
  echoInterface,
  everyKind,
  hostInterface,
  typeArbitrary,
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
