import { describe, expect, it } from "vitest";
import { filesTopics, sampleFile, sampleVariable, stateAfter } from "../testing/samples.js";
import { formatOf } from "./app-state.js";
import { reduce, type Action } from "./reducer.js";
import { savedView } from "./saved-view.js";

const a = sampleFile();
const add = (file: string, ...names: string[]): Action => ({
  type: "rows-added",
  rows: names.map((fullName, signal) => ({ file, info: sampleVariable({ fullName, signal }) })),
});

describe("state", () => {
  it("fits the active file when it is first there, with the cursor at its start", () => {
    const state = stateAfter(...filesTopics([sampleFile({ start: "10" })], "/w/a.vcd"));
    expect(state).toMatchObject({ activeFile: "a.vcd", base: -9, cursor: 10n });
    expect(state.view).toEqual({ start: 10n, end: 1000n });
  });

  it("shows nothing while the file is being read, and what was there while it is read again", () => {
    const loading = stateAfter(...filesTopics([sampleFile({ state: "loading", revision: 0 })], "/w/a.vcd"));
    expect(loading.view).toBeUndefined();
    const again = [
      ...filesTopics([a], "/w/a.vcd"),
      ...filesTopics([sampleFile({ state: "loading" })], "/w/a.vcd"),
    ];
    expect(stateAfter(...again).view).toEqual({ start: 0n, end: 1000n });
  });

  it("after a reload keeps selection, cursor and zoom; a fitted view grows to the new end", () => {
    const opened = stateAfter(...filesTopics([a], "/w/a.vcd"), add("a.vcd", "tb.x"), {
      type: "cursor",
      cursor: 77n,
    });
    const longer: Action = {
      type: "topic",
      topic: "files",
      value: [sampleFile({ end: "5000", revision: 2 })],
    };
    const grown = reduce(opened, longer);
    expect(grown.view).toEqual({ start: 0n, end: 5000n });
    expect(grown.cursor).toBe(77n);
    expect(grown.rows).toMatchObject([{ name: "tb.x", resolution: { kind: "resolving" } }]);
    const zoomed = reduce(opened, { type: "view", view: { start: 100n, end: 200n } });
    expect(reduce(zoomed, longer).view).toEqual({ start: 100n, end: 200n });
  });

  it("shows a variable that vanished as missing, and one that came back as ready", () => {
    const state = stateAfter(...filesTopics([a], "/w/a.vcd"), add("a.vcd", "tb.x", "tb.y"));
    const resolved = reduce(state, {
      type: "rows-resolved",
      file: "a.vcd",
      items: new Map([
        ["tb.x", null],
        ["tb.y", sampleVariable({ fullName: "tb.y", signal: 9 })],
      ]),
    });
    expect(resolved.rows.map((row) => row.resolution.kind)).toEqual(["missing", "ready"]);
  });

  it("puts several files on one axis of the finest ticks, exactly", () => {
    const b = sampleFile({
      path: "/w/b.vcd",
      name: "b.vcd",
      end: "7000000",
      timescale: { magnitude: 1, unit: "ps" },
    });
    const state = stateAfter(
      ...filesTopics([a, b], "/w/a.vcd"),
      add("a.vcd", "tb.x"),
      { type: "cursor", cursor: 5n },
      add("b.vcd", "tb.x"),
    );
    expect(state).toMatchObject({ base: -12, cursor: 5_000n, extent: { start: 0n, end: 7_000_000n } });
    expect(state.view).toEqual({ start: 0n, end: 7_000_000n });
    const last = state.rows.at(-1)?.key ?? "";
    const back = reduce(state, { type: "rows-removed", keys: [last] });
    expect(back).toMatchObject({ base: -9, cursor: 5n, view: { start: 0n, end: 1000n } });
  });

  it("restores rows, cursor and zoom of the active file from .novywave", () => {
    const state = stateAfter(
      {
        type: "topic",
        topic: "view",
        value: {
          revision: 1,
          value: {
            openFiles: ["a.vcd"],
            theme: "light",
            files: [
              {
                path: "a.vcd",
                selected: [{ name: "tb.x", format: "bin" }, { name: "tb.y" }],
                cursor: "42",
                start: "10",
                end: "90",
              },
            ],
          },
        },
      },
      ...filesTopics([a], "/w/a.vcd"),
    );
    expect(state).toMatchObject({ theme: "light", cursor: 42n, view: { start: 10n, end: 90n } });
    expect(state.rows).toMatchObject([
      { name: "tb.x", format: "bin", resolution: { kind: "resolving" } },
      { name: "tb.y" },
    ]);
    expect(state.touched).toBe(false);
  });

  it("keeps its own state when the server comes back with a view it already told", () => {
    const state = stateAfter(...filesTopics([a], "/w/a.vcd"), add("a.vcd", "tb.x"));
    const again = reduce(state, {
      type: "topic",
      topic: "view",
      value: { value: { openFiles: [], files: [] }, revision: 0 },
    });
    expect(again.rows).toHaveLength(1);
  });

  it("moves rows and keeps the focus near a removed one", () => {
    const state = stateAfter(...filesTopics([a], "/w/a.vcd"), add("a.vcd", "1", "2", "3"));
    const [first, second, third] = state.rows.map((row) => row.key);
    if (!first || !second || !third) throw new Error("three rows were added");
    const moved = reduce(state, { type: "row-moved", key: third, to: 0 });
    expect(moved.rows.map((row) => row.name)).toEqual(["3", "1", "2"]);
    expect(reduce(state, { type: "row-moved", key: first, to: -5 })).toBe(state);
    const removed = reduce({ ...state, focus: second }, { type: "rows-removed", keys: [second] });
    expect(removed.focus).toBe(third);
    expect(reduce({ ...state, focus: third }, { type: "rows-removed", keys: [third] }).focus).toBe(second);
  });

  it("offers the meaning of values first, and keeps a point that stands at another place", () => {
    const meaning = { kind: "names" as const, names: [{ value: "00", name: "idle" }] };
    const state = stateAfter(...filesTopics([a], "/w/a.vcd"), {
      type: "rows-added",
      rows: [
        { file: "a.vcd", info: sampleVariable({ fullName: "tb.state", width: 2, meaning }) },
        {
          file: "a.vcd",
          info: sampleVariable({ fullName: "tb.count", width: 32, meaning: { kind: "integer" } }),
        },
      ],
    });
    expect(state.rows.map(formatOf)).toEqual(["named", "signed"]);
    const [, count] = state.rows;
    if (!count) throw new Error("two rows were added");
    expect(formatOf({ ...count, format: "fixed:5" })).toBe("fixed:5");
    expect(formatOf({ ...count, format: "half" })).toBe("signed");
  });

  it("goes on with a vector that has another range after a reload, under its new name", () => {
    const state = stateAfter(...filesTopics([a], "/w/a.vcd"), add("a.vcd", "tb.bus[7:0]"));
    const info = sampleVariable({ fullName: "tb.bus[15:0]", width: 16 });
    const items = new Map([["tb.bus[7:0]", info]]);
    const next = reduce(state, { type: "rows-resolved", file: "a.vcd", items });
    expect(next.rows).toMatchObject([{ name: "tb.bus[15:0]", resolution: { kind: "ready", info } }]);
  });

  it("falls back to the default where a format does not fit the variable", () => {
    const state = stateAfter(...filesTopics([a], "/w/a.vcd"), {
      type: "rows-added",
      rows: [{ file: "a.vcd", info: sampleVariable({ kind: "real", width: 1 }) }],
    });
    const [row] = state.rows;
    if (!row) throw new Error("a row was added");
    expect(formatOf(row)).toBe("analog");
    expect(formatOf({ ...row, format: "hex" })).toBe("analog");
    expect(formatOf({ ...row, format: "real" })).toBe("real");
  });
});

describe("saved view", () => {
  it("comes back as it was, in ticks of the file", () => {
    const file = sampleFile({ timescale: { magnitude: 10, unit: "ns" } });
    const state = stateAfter(
      ...filesTopics([file], "/w/a.vcd"),
      add("a.vcd", "tb.x"),
      { type: "view", view: { start: 5n, end: 50n } },
      { type: "cursor", cursor: 12n },
    );
    const saved = savedView(state, new Map([["a.vcd", ["tb"]]]));
    expect(saved).toEqual({
      openFiles: ["a.vcd"],
      activeFile: "a.vcd",
      rows: [{ file: "a.vcd", name: "tb.x" }],
      files: [
        {
          path: "a.vcd",
          selected: [{ name: "tb.x" }],
          expandedScopes: ["tb"],
          cursor: "12",
          start: "5",
          end: "50",
        },
      ],
    });
    const restored = stateAfter(
      { type: "topic", topic: "view", value: { value: saved, revision: 1 } },
      ...filesTopics([file], "/w/a.vcd"),
    );
    expect(restored).toMatchObject({ view: state.view, cursor: state.cursor });
  });

  it("keeps the order of rows of several files, and heights that a person wrote", () => {
    const rows = [
      { file: "a.vcd", name: "tb.x" },
      { file: "b.vcd", name: "tb.y", height: 48 },
      { file: "a.vcd", name: "tb.z", format: "bin" as const },
    ];
    const state = stateAfter({
      type: "topic",
      topic: "view",
      value: { revision: 1, value: { openFiles: [], rows, files: [] } },
    });
    expect(state.rows.map((row) => row.name)).toEqual(["tb.x", "tb.y", "tb.z"]);
    expect(savedView(state, new Map()).rows).toEqual(rows);
  });

  it("does not save the span of a fitted view, so that it fits again when the file grew", () => {
    const state = stateAfter(...filesTopics([a], "/w/a.vcd"), add("a.vcd", "tb.x"));
    expect(savedView(state, new Map()).files[0]).not.toHaveProperty("start");
  });

  it("keeps the places of files that are not active", () => {
    const state = stateAfter(
      {
        type: "topic",
        topic: "view",
        value: {
          revision: 1,
          value: {
            openFiles: [],
            files: [{ path: "b.vcd", selected: [], cursor: "3", start: "1", end: "9" }],
          },
        },
      },
      ...filesTopics([a], "/w/a.vcd"),
    );
    expect(savedView(state, new Map()).files).toContainEqual({
      path: "b.vcd",
      selected: [],
      cursor: "3",
      start: "1",
      end: "9",
    });
  });
});
