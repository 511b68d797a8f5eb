import { expect, test } from "vitest";
import { ProbeBudget } from "./probe-budget.js";

const MiB = 1024 * 1024;

function taken(budget: ProbeBudget<number>): string[] {
  const paths: string[] = [];
  for (let next = budget.take(); next; next = budget.take()) paths.push(next.path);
  return paths;
}

test("small files come first, however many they are, until 256 MiB were given out; the rest is left alone", () => {
  const budget = new ProbeBudget<number>();
  budget.offer("/large", 200 * MiB, 0);
  budget.offer("/second", 60 * MiB, 0);
  budget.offer("/first", 50 * MiB, 0);
  for (let i = 0; i < 2_000; i++) budget.offer(`/small/${i}`, 1_024, i);
  const paths = taken(budget);
  expect(paths).toHaveLength(2_002);
  expect(paths.slice(-2)).toEqual(["/first", "/second"]);
  budget.offer("/large", 200 * MiB, 0);
  budget.offer("/late", 100 * MiB, 0);
  expect(taken(budget)).toEqual(["/late"]);
});

test("a file that came again with another size is taken once, one that was removed is not", () => {
  const budget = new ProbeBudget<number>();
  budget.offer("/a", 1, 1);
  budget.offer("/b", 2, 2);
  budget.offer("/a", 3, 3);
  budget.offer("/c", 4, 4);
  budget.remove("/c");
  expect([budget.take(), budget.take(), budget.take()]).toEqual([
    { path: "/b", value: 2 },
    { path: "/a", value: 3 },
    undefined,
  ]);
});
