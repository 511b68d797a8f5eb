import { describe, expect, it } from "vitest";
import { defaultLimits, limitCeilings, limitKey, limitNames, resolveLimits } from "./limits.js";

describe("limits", () => {
  it("an entry without limits gets the defaults", () => {
    expect(resolveLimits(undefined)).toEqual({ ok: true, value: defaultLimits });
  });

  it("what an entry sets counts, the rest is default", () => {
    expect(resolveLimits({ memory_mib: 128, call_deadline_ms: 10n })).toEqual({
      ok: true,
      value: { ...defaultLimits, memoryMib: 128, callDeadlineMs: 10 },
    });
  });

  it("unknown keys are refused, not ignored", () => {
    const result = resolveLimits({ memory: 1 });
    expect(result).toEqual({
      ok: false,
      error: [expect.stringContaining("unknown `memory`; known are memory_mib")],
    });
  });

  it.each(limitNames)("%s has a ceiling that nothing exceeds", (name) => {
    expect(resolveLimits({ [limitKey(name)]: limitCeilings[name] }).ok).toBe(true);
    const above = resolveLimits({ [limitKey(name)]: limitCeilings[name] + 1 });
    expect(above).toEqual({ ok: false, error: [expect.stringContaining(`limits.${limitKey(name)}:`)] });
    expect(defaultLimits[name]).toBeLessThanOrEqual(limitCeilings[name]);
  });

  it("hard ceilings are 1 GiB of memory and 60 s", () => {
    expect(limitCeilings).toMatchObject({ memoryMib: 1024, callDeadlineMs: 60_000, initDeadlineMs: 60_000 });
  });

  it("text and fractions are no limits", () => {
    expect(resolveLimits({ timers: "many" }).ok).toBe(false);
    expect(resolveLimits({ timers: 1.5 }).ok).toBe(false);
    expect(resolveLimits([]).ok).toBe(false);
  });
});
