import { PassThrough } from "node:stream";
import { expect, it } from "vitest";
import { confirm } from "./confirm.js";

it.each([
  ["y\r", true],
  ["Yes\r", true],
  ["\r", false],
  ["n\r", false],
  ["yesterday\r", false],
  ["\u0003", false],
  ["\u0004", false],
])("what is typed is agreed to by a yes alone: %j", async (keys, agreed) => {
  const input = new PassThrough();
  const output = new PassThrough();
  const answer = confirm("Approve?", input, output);
  input.write(keys);
  expect(await answer).toBe(agreed);
  // Newer versions of Node hand out what was written piece by piece.
  let shown = "";
  for (let piece: unknown = output.read(); piece !== null; piece = output.read()) shown += String(piece);
  expect(shown).toContain("Approve? [y/N] ");
});

it("a terminal that goes away agrees to nothing", async () => {
  const input = new PassThrough();
  const answer = confirm("Approve?", input, new PassThrough());
  input.end("y");
  expect(await answer).toBe(false);
});
