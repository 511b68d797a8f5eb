import { defined } from "@novywave/base";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  compile,
  instantiate,
  ResultError,
  Utf8Text,
  Utf8Texts,
  type Instance,
  type InstanceOptions,
} from "./index.js";
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

/** Texts that come out as UTF-8 are to be copied by whoever keeps them. */
function kept(value: unknown): unknown {
  if (value instanceof Utf8Text) return new Utf8Text(value.bytes.slice());
  return Array.isArray(value) ? value.map(kept) : value;
}

async function start(
  types: readonly EchoType[],
  encoding?: "utf8" | "utf16" | "compact-utf16",
  options?: InstanceOptions,
): Promise<{ instance: Instance; seen: unknown[] }> {
  const seen: unknown[] = [];
  const host = Object.fromEntries(
    types.map((type, i) => [
      `echo${i}`,
      (value: unknown) => {
        seen.push(kept(value));
        if (type.type.kind !== "result") return value;
        const { tag, val } = value as { tag: string; val: unknown };
        if (tag === "err") throw new ResultError(val);
        return val;
      },
    ]),
  );
  const component = await compile(await echoComponent(types, encoding));
  return { instance: instantiate(component, { [hostInterface]: host }, options), seen };
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

  test.each(["utf8", "utf16", "compact-utf16"] as const)(
    "texts that the host passes on as UTF-8, to a guest with strings in %s",
    async (encoding) => {
      const types = everyKind.filter(({ wit }) => wit === "string" || wit === "list<string>");
      const { instance, seen } = await start(types, encoding, { texts: new Utf8Texts(12) });
      const toUtf8 = (value: unknown): unknown =>
        Array.isArray(value) ? value.map(toUtf8) : new Utf8Text(new TextEncoder().encode(String(value)));
      const toText = (value: unknown): unknown => (Array.isArray(value) ? value.map(toText) : String(value));
      fc.assert(
        fc.property(fc.tuple(...types.map((type) => type.values)), (values) => {
          for (const [i, type] of types.entries()) {
            const back = echo(instance, seen, i, type, toUtf8(values[i]));
            expect(seen.map(toText)).toEqual([values[i]]);
            expect(toText(back)).toEqual(values[i]);
            for (const text of [seen, back].flat(Infinity)) {
              const passedOn = encoding === "utf8" && new TextEncoder().encode(String(text)).length >= 12;
              expect(text instanceof Utf8Text).toBe(passedOn);
            }
          }
        }),
        { numRuns: 60 },
      );
      expect(() =>
        echo(instance, seen, 0, defined(types[0], "a type"), new Utf8Text(Uint8Array.of(0xff))),
      ).toThrow("expected valid UTF-8");
      expect(instance.poisoned).toBeUndefined();
    },
  );

  test("texts that come out as UTF-8 do not share memory while they are needed", async () => {
    const types = everyKind.filter(({ wit }) => wit === "list<string>");
    const { instance, seen } = await start(types, "utf8", { texts: new Utf8Texts(1) });
    for (const size of [10, 1_000, 400_000, 20, 2_500_000]) {
      const texts = ["a", "b", "c", "d"].map((char) => char.repeat(size));
      const back = echo(instance, seen, 0, defined(types[0], "a type"), texts);
      expect((back as unknown[]).map(String)).toEqual(texts);
    }
  });

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
