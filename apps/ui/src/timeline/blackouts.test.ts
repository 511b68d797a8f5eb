import { expect, test } from "vitest";
import { stateAfter, filesTopics, sampleFile } from "../testing/samples.js";
import { blackoutAtCursor } from "../state/app-state.js";
import { besideBlackouts, placeBlackouts } from "./blackouts.js";

const blackouts = [{ from: "100", to: "200" }, { from: "900" }];

const stateWithCursor = (cursor: bigint) =>
  stateAfter(...filesTopics([sampleFile({ blackouts })], "a.vcd"), { type: "cursor", cursor });

test("a blackout holds its first tick and not its last; one without an end holds the end of the file", () => {
  const inside = [100n, 199n, 900n, 1000n];
  const outside = [0n, 99n, 200n, 899n];
  for (const cursor of inside) expect(blackoutAtCursor(stateWithCursor(cursor), "a.vcd")).toBeDefined();
  for (const cursor of outside) expect(blackoutAtCursor(stateWithCursor(cursor), "a.vcd")).toBeUndefined();
});

test("blackouts stand where they are in view, in pixels; those that would have none are left out", () => {
  const time = stateWithCursor(0n).fileTimes.get("a.vcd");
  if (!time) throw new Error("the file has no time");
  const places = (start: bigint, end: bigint) => placeBlackouts(time, { start, end }, -9, 100);
  expect(places(0n, 1000n)).toEqual([
    { left: 10, right: 20 },
    // With the last tick, beyond the edge.
    { left: 90, right: 101 },
  ]);
  // A pixel that shows something else as well is taken.
  expect(places(5n, 1005n)[0]).toEqual({ left: 9, right: 20 });
  expect(places(300n, 800n)).toEqual([]);
  expect(places(0n, 100_000n)).toEqual([]);
});

test("a label stands beside blackouts", () => {
  const places = [
    { left: 10, right: 20 },
    { left: 30, right: 40 },
  ];
  expect(besideBlackouts(places, 0, 50)).toEqual({ left: 0, right: 10 });
  expect(besideBlackouts(places, 12, 50)).toEqual({ left: 20, right: 30 });
  expect(besideBlackouts(places, 32, 38)).toEqual({ left: 40, right: 38 });
  expect(besideBlackouts(places, 45, 50)).toEqual({ left: 45, right: 50 });
});
