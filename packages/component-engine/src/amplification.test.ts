import { describe as group, expect, test } from "vitest";
import { compile, describe, EngineError, inspect, instantiate } from "./index.js";
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
} from "./testing/bytes.test.helper.js";

/** Small files that would cost the host seconds and gigabytes if only their bytes were counted. */
const attacks: Readonly<Record<string, () => Uint8Array>> = {
  "instance types that hold each other, 20 000 deep, defined side by side": () =>
    componentOf(
      section(
        7,
        many(20_000, (i) =>
          i === 0
            ? [0x42, 0]
            : [0x42, 2, 0x02, 0x03, 0x02, 1, ...u32(i - 1), 0x04, ...externName("a"), 0x05, 0],
        ),
      ),
      section(10, vec([[...externName("x"), 0x05, ...u32(19_999)]])),
    ),
  "a wide instance inside a component that is instantiated often": () =>
    componentOf(
      section(4, [
        ...componentOf(
          section(7, vec([[0x7f]])),
          section(5, vec([[0x01, ...many(9_000, (i) => [...externName(label(i)), 0x03, 0])]])),
        ),
      ]),
      section(
        5,
        many(9_000, () => [0, 0, 0]),
      ),
    ),
  "a variant of many cases in a function that is lowered often": () => loweredOften(15_000, true, 2_000),
  "a variant of names alone in a function that is lowered often": () => loweredOften(50_000, false, 2_000),
  "a name for a name for a name": () =>
    componentOf(
      section(7, vec([[0x3f, 0x7f, 0]])),
      section(
        11,
        many(20_000, (i) => [...externName(label(i)), 0x03, ...u32(i), 0]),
      ),
      section(
        8,
        many(20_000, () => [0x03, ...u32(20_000)]),
      ),
    ),
  "a wide instance that is exported often": () =>
    componentOf(
      section(7, vec([[0x7f]])),
      section(5, vec([[0x01, ...many(5_000, (i) => [...externName(label(i)), 0x03, 0])]])),
      section(
        11,
        many(5_000, (i) => [...externName(label(i)), 0x05, 0, 0]),
      ),
    ),
  "two wide enums that are compared often": () => {
    const wide = [0x6d, ...many(20_000, (i) => text(label(i)))];
    const asks = componentOf(
      section(6, vec([[0x03, 0x02, 1, 1]])),
      section(10, vec([[...externName("t"), 0x03, 0, 0]])),
    );
    return componentOf(
      section(7, vec([wide, wide])),
      section(4, [...asks]),
      section(
        5,
        many(20_000, () => [0, 0, ...vec([[...text("t"), 0x03, 0]])]),
      ),
    );
  },
  "many resource types, in a component that is instantiated often": () =>
    componentOf(
      section(4, [
        ...componentOf(
          section(
            7,
            many(20_000, () => [0x3f, 0x7f, 0]),
          ),
        ),
      ]),
      section(
        5,
        many(20_000, () => [0, 0, 0]),
      ),
    ),
  "a core module of many exports that is instantiated often": () =>
    componentOf(
      section(
        1,
        moduleOf(
          section(1, vec([[0x60, 0, 0]])),
          section(
            3,
            many(20_000, () => [0]),
          ),
          section(
            7,
            many(20_000, (i) => [...text(label(i)), 0, ...u32(i)]),
          ),
          section(
            10,
            many(20_000, () => [2, 0, 0x0b]),
          ),
        ),
      ),
      section(
        2,
        many(200, () => [0, 0, 0]),
      ),
    ),
};

/** A component that lowers its import `count` times and hands all of them to a core module. */
function loweredOften(cases: number, payloads: boolean, count: number): Uint8Array {
  const core = payloads ? [0x60, 2, 0x7f, 0x7f, 0] : [0x60, 1, 0x7f, 0];
  const item = (i: number): number[] => [...text(label(i)), ...(payloads ? [1, 0x7d] : [0]), 0];
  return componentOf(
    section(7, vec([[0x71, ...many(cases, item)]])),
    section(10, vec([[...externName("t"), 0x03, 0, 0]])),
    section(7, vec([[0x40, ...vec([[...text("x"), 1]]), 1, 0]])),
    section(10, vec([[...externName("f"), 1, 2]])),
    section(
      8,
      many(count, () => [0x01, 0, 0, 0]),
    ),
    section(
      1,
      moduleOf(
        section(1, vec([core])),
        section(
          2,
          many(count, (i) => [...text("h"), ...text(label(i)), 0, 0]),
        ),
      ),
    ),
    section(
      2,
      vec([
        [1, ...many(count, (i) => [...text(label(i)), 0, ...u32(i)])],
        [0, 0, ...vec([[...text("h"), 0x12, 0]])],
      ]),
    ),
  );
}

// Under a second each; without the bounds it would be minutes, and the time limit would say so.
group("what a component costs is bounded by more than its size (rule 14)", () => {
  test.each(Object.entries(attacks))("%s", { timeout: 60_000 }, async (_, make) => {
    const bytes = make();
    expect(bytes.length).toBeLessThan(1_000_000);
    const error: unknown = await compile(bytes).then(
      (component) => instantiate(component, { f: () => undefined }),
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(EngineError);
    expect(error).toMatchObject({ code: "limit-exceeded" });
    expect(() => describe(inspect(bytes))).toThrow(EngineError);
  });

  test("two exports whose names differ in case only would be one name in JavaScript", async () => {
    const bytes = componentOf(
      section(7, vec([[0x7f]])),
      section(11, vec(["ab", "AB"].map((name) => [...externName(name), 0x03, 0, 0]))),
    );
    await expect(compile(bytes)).rejects.toMatchObject({ code: "invalid" });
  });
});
