import { systemClock, toDisposable } from "@novywave/base";
import { describe, expect, it } from "vitest";
import { toConfigData } from "./config-data.js";
import { checkConfig } from "./check-config.js";
import { validateConfig } from "./validate-config.js";

const schema = {
  type: "object",
  additionalProperties: false,
  properties: {
    extensions: { type: "array", items: { type: "string", minLength: 1 } },
    debounce_ms: { type: "integer", minimum: 0 },
  },
};

describe("R9.4 the config of an entry against the manifest's schema", () => {
  it("what fits has no problems", () => {
    expect(validateConfig(schema, { extensions: ["vcd"], debounce_ms: 250n })).toEqual([]);
    expect(validateConfig(undefined, { anything: 1 })).toEqual([]);
  });

  it("a problem stands at its field, once", () => {
    const problems = validateConfig(schema, { extensions: ["vcd", 1], debounce_ms: -1 });
    expect(problems.map(({ path }) => path)).toEqual(["/extensions/1", "/debounce_ms"]);
  });

  it("an unknown key is named", () => {
    const problems = validateConfig(schema, { extensons: [] });
    expect(problems).toHaveLength(1);
    expect(JSON.stringify(problems)).toContain("extensons");
  });

  const hostile: readonly (readonly [string, unknown, Record<string, unknown>])[] = [
    ["backtracks", { properties: { a: { pattern: "^(a+)+$" } } }, { a: `${"a".repeat(64)}!` }],
    ["backtracks over keys", { patternProperties: { "^(a+)+$": {} } }, { [`${"a".repeat(64)}!`]: 1 }],
    [
      "doubles at each level",
      {
        $ref: "#/$defs/d0",
        $defs: Object.fromEntries(
          Array.from({ length: 64 }, (_, n) => [
            `d${n}`,
            n === 63 ? false : { anyOf: [{ $ref: `#/$defs/d${n + 1}` }, { $ref: `#/$defs/d${n + 1}` }] },
          ]),
        ),
      },
      {},
    ],
  ];
  it("a deadline that passed is not remembered: the next one who asks gets an answer", async () => {
    const late = {
      ...systemClock,
      schedule: (_delayMs: number, task: () => void) => {
        task();
        return toDisposable(() => {});
      },
    };
    const config = { extensions: ["asked", "twice"] };
    const [problem] = await checkConfig(schema, config, { clock: late });
    expect(problem?.message).toContain("takes more than");
    expect(await checkConfig(schema, config)).toEqual([]);
  });

  // By the clock or by the stack, whichever is first; without an end it would take longer than any test may.
  it.each(hostile)(
    "a schema that %s is ended, and this thread does not wait for it",
    async (_, schema, config) => {
      let turns = 0;
      const turning = setInterval(() => turns++, 1);
      const problems = await checkConfig(schema, config, { deadlineMs: 200 });
      clearInterval(turning);
      expect(problems).toEqual([
        { path: "", message: expect.stringMatching(/takes more than 200 ms|call stack size exceeded/) },
      ]);
      expect(turns).toBeGreaterThan(0);
    },
  );

  it("in its worker it finds what it finds here", async () => {
    const config = { extensions: ["vcd", 1], debounce_ms: 2n ** 60n, greeting: new Date(0) };
    expect(await checkConfig(schema, config)).toEqual(validateConfig(schema, config));
    expect(await checkConfig(undefined, config)).toEqual([]);
  });

  it("the schema stays as it is", () => {
    const given = { properties: { a: { $ref: "#/$defs/b" } }, $defs: { b: { type: "string" } } };
    const before = structuredClone(given);
    expect(validateConfig(given, { a: "x" })).toEqual([]);
    expect(given).toEqual(before);
  });

  it("keys of the prototype are keys like any other", () => {
    const config = JSON.parse('{"__proto__":{"polluted":true}}') as Record<string, unknown>;
    expect(validateConfig(schema, config)).toHaveLength(1);
    expect(toConfigData(config)).toEqual([{ key: "__proto__", value: '{"polluted":true}' }]);
    expect({}).not.toHaveProperty("polluted");
  });

  it("a schema that is none is a problem, not an exception", () => {
    expect(validateConfig([], {})).toHaveLength(1);
    expect(validateConfig({ $ref: "#/nowhere" }, {})).toHaveLength(1);
  });
});

it("plugins get one entry per top-level key, the value as JSON text", () => {
  expect(
    toConfigData({
      greeting: "NovyWave",
      big: 2n ** 60n,
      list: [1n, { a: undefined, b: null }],
      none: undefined,
    }),
  ).toEqual([
    { key: "greeting", value: '"NovyWave"' },
    { key: "big", value: "1152921504606846976" },
    { key: "list", value: '[1,{"b":null}]' },
  ]);
});
