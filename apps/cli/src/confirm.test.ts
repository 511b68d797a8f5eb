import { PassThrough } from "node:stream";
import { finished } from "node:stream/promises";
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
  let shown = "";
  output.setEncoding("utf8").on("data", (piece: string) => (shown += piece));
  const answer = confirm("Approve?", input, output);
  input.write(keys);
  expect(await answer).toBe(agreed);
  output.end();
  await finished(output);
  expect(shown).toContain("Approve? [y/N] ");
});

it("a terminal that goes away agrees to nothing", async () => {
  const input = new PassThrough();
  const answer = confirm("Approve?", input, new PassThrough());
  input.end("y");
  expect(await answer).toBe(false);
});
