import { expect, it } from "vitest";
import { Memo } from "./memo.js";

it("keeps what was used last, asks once, and forgets what it is told to", () => {
  const memo = new Memo<string>(2);
  const asked: string[] = [];
  const get = (key: string): string =>
    memo.get(key, () => {
      asked.push(key);
      return key.toUpperCase();
    });
  for (const key of ["a", "b", "a", "c", "a", "b"]) expect(get(key)).toBe(key.toUpperCase());
  expect(asked).toEqual(["a", "b", "c", "b"]);
  memo.delete("b");
  get("b");
  get("a");
  expect(asked).toEqual(["a", "b", "c", "b", "b"]);
});
