import { expect, test } from "vitest";
import { PathQueue } from "./path-queue.js";

test("paths come out once each, in the order in which they came; what was dropped does not", () => {
  const queue = new PathQueue();
  for (const path of ["/b", "/a", "/b", "/c"]) queue.add(path);
  queue.delete("/a");
  expect(queue.size).toBe(2);
  expect([queue.take(), queue.take(), queue.take()]).toEqual(["/b", "/c", undefined]);
  queue.add("/a");
  expect([queue.take(), queue.take(), queue.size]).toEqual(["/a", undefined, 0]);
});

test("a path that was dropped and came again is taken once", () => {
  const queue = new PathQueue();
  queue.add("/a");
  queue.delete("/a");
  queue.add("/b");
  queue.add("/a");
  expect([queue.take(), queue.take(), queue.take()]).toEqual(["/a", "/b", undefined]);
});
