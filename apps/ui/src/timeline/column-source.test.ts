import { describe, expect, it } from "vitest";
import { FakeRequester, filesTopics, sampleFile, sampleVariable, stateAfter } from "../testing/samples.js";
import { reduce, type Action } from "../state/reducer.js";
import { ColumnSource } from "./column-source.js";
import { encodeBitColumns } from "../testing/encode-columns.js";

const file = sampleFile({ end: "1000000" });
const add: Action = {
  type: "rows-added",
  rows: [{ file: "a.vcd", info: sampleVariable({ signal: 4, width: 1 }) }],
};
const initial = stateAfter(...filesTopics([file], "/w/a.vcd"), add);
const zoom = (start: bigint, end: bigint): Action => ({ type: "view", view: { start, end } });

function scene() {
  const requester = new FakeRequester();
  const source = new ColumnSource(requester);
  let changes = 0;
  source.changed(() => (changes += 1));
  return { requester, source, changes: () => changes };
}

describe("column source", () => {
  it("asks once for what is visible and is complete when the answer is here", async () => {
    const { requester, source, changes } = scene();
    expect(source.update(initial, initial.rows, 1000)).toBe(false);
    expect(source.update(initial, initial.rows, 1000)).toBe(false);
    expect(requester.of("columns.query").map((question) => question.params)).toMatchObject([
      { path: "/w/a.vcd", revision: 1, start: "0", end: "1000001", rows: [{ signal: 4 }] },
    ]);
    await requester.succeed("columns.query", encodeBitColumns(0n, 1_000_001n, 4, ["0", "1", "1", "0"]));
    expect(changes()).toBe(1);
    expect(source.update(initial, initial.rows, 1000)).toBe(true);
    expect(source.result("a.vcd")?.rows.get("4")).toMatchObject({ kind: "digital", segments: { count: 3 } });
    expect(requester.asked).toHaveLength(1);
  });

  it("has one question in flight; the newest wish follows, the ones between never leave", async () => {
    const { requester, source } = scene();
    source.update(initial, initial.rows, 1000);
    let state = initial;
    for (const width of [100_000n, 10_000n, 1_000n]) {
      state = reduce(state, zoom(500_000n, 500_000n + width));
      source.update(state, state.rows, 1000);
    }
    expect(requester.asked).toHaveLength(1);
    await requester.succeed("columns.query", encodeBitColumns(0n, 1_000_001n, 4, ["0", "1", "1", "0"]));
    expect(requester.of("columns.query").map((question) => question.params.start)).toEqual(["0", "499500"]);
  });

  it("keeps the old picture until the new one is here", async () => {
    const { requester, source } = scene();
    source.update(initial, initial.rows, 1000);
    await requester.succeed("columns.query", encodeBitColumns(0n, 1_000_001n, 4, ["0", "1", "1", "0"]));
    const state = reduce(initial, zoom(500_000n, 510_000n));
    expect(source.update(state, state.rows, 1000)).toBe(false);
    expect(source.result("a.vcd")?.rows.has("4")).toBe(true);
  });

  it("does not repeat a question that failed until something changed", async () => {
    const { requester, source } = scene();
    source.update(initial, initial.rows, 1000);
    requester.of("columns.query")[0]?.answer({ ok: false, error: { code: "stale", message: "read again" } });
    await Promise.resolve();
    source.update(initial, initial.rows, 1000);
    expect(requester.asked).toHaveLength(1);
    const reread = reduce(initial, {
      type: "topic",
      topic: "files",
      value: [sampleFile({ end: "1000000", revision: 2 })],
    });
    const resolved = reduce(reread, {
      type: "rows-resolved",
      file: "a.vcd",
      items: new Map([["tb.data[7:0]", sampleVariable({ signal: 4, width: 1 })]]),
    });
    await Promise.resolve();
    source.update(resolved, resolved.rows, 1000);
    expect(requester.of("columns.query").at(-1)?.params.revision).toBe(2);
  });
});
