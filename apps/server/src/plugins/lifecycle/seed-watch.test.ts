import type { Disposable, Result } from "@novywave/base";
import { expect, it } from "vitest";
import { SeedWatch } from "./seed-watch.js";

const folders = { directories: ["/w"], debounceMs: 1 };

/** Watches that open when the test says so. */
function watches() {
  const open: ((result: Result<Disposable, string>) => void)[] = [];
  const tell: ((paths: readonly string[]) => void)[] = [];
  const changed: (readonly string[])[] = [];
  let closed = 0;
  const seed = new SeedWatch(
    (_directories, _debounceMs, onChange) => {
      tell.push(onChange);
      return new Promise((resolve) => open.push(resolve));
    },
    (paths) => changed.push(paths),
  );
  return {
    seed,
    open: () => open.shift()?.({ ok: true, value: { [Symbol.dispose]: () => closed++ } }),
    fail: () => open.shift()?.({ ok: false, error: "no watches are left" }),
    opens: open,
    /** All watches that were opened tell of it. */
    change: (paths: readonly string[]) => {
      for (const each of tell) each(paths);
    },
    closed: () => closed,
  };
}

it("an attempt that overtakes another waits for the watch that the other one opens", async () => {
  const { seed, open, opens } = watches();
  const first = seed.prepare(1, folders, false);
  let ready = false;
  const second = seed.prepare(2, folders, false).then((result) => {
    ready = true;
    return result;
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(ready).toBe(false);
  expect(opens).toHaveLength(1);
  open();
  expect(await first).toMatchObject({ ok: true });
  expect(await second).toMatchObject({ ok: true });
});

it("and is told when it cannot be opened; the next one tries again", async () => {
  const { seed, open, fail } = watches();
  const both = Promise.all([seed.prepare(1, folders, false), seed.prepare(2, folders, false)]);
  fail();
  const told = { ok: false, error: "no watches are left" };
  expect(await both).toEqual([told, told]);
  const third = seed.prepare(3, folders, false);
  open();
  expect(await third).toMatchObject({ ok: true });
});

it("a watch that opens when nobody wants it any more is closed", async () => {
  const { seed, open, closed } = watches();
  const beside = seed.prepare(1, folders, true);
  seed.discard(1);
  open();
  await beside;
  expect(closed()).toBe(1);
});

it("an attempt that fails late leaves what the one that overtook it has prepared", async () => {
  const { seed, open, closed, change } = watches();
  const first = seed.prepare(1, folders, true);
  const second = seed.prepare(2, folders, true);
  open();
  open();
  await Promise.all([first, second]);
  expect(closed()).toBe(1);
  seed.discard(1);
  expect(closed()).toBe(1);
  change(["/w/a"]);
  expect(seed.adopt()).toEqual(["/w/a"]);
});
