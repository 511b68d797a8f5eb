import { err, SimulatedClock } from "@novywave/base";
import { describe, expect, it } from "vitest";
import {
  FakeRequester,
  filesTopics,
  sampleFile,
  sampleVariable,
  settled,
  stateAfter,
} from "../testing/samples.js";
import type { AppState } from "../state/app-state.js";
import { reduce, type Action } from "../state/reducer.js";
import { Store } from "../state/store.js";
import { treeRows } from "../model/tree-rows.js";
import { CursorValues } from "./cursor-values.js";
import { Resolver } from "./resolver.js";
import { ScopeTrees } from "./scope-trees.js";
import { ViewSaver } from "./view-saver.js";

const a = sampleFile();
const scope = (id: number, fullName: string, childScopes: number) => ({
  id,
  name: fullName.split(".").at(-1) ?? "",
  fullName,
  kind: "module",
  childScopes,
  variables: 1,
});
const storeOf = (state: AppState) => new Store<AppState, Action>(state, reduce);
const addRow: Action = { type: "rows-added", rows: [{ file: "a.vcd", info: sampleVariable({ signal: 4 }) }] };

describe("cursor values", () => {
  it("asks for the newest place only while an answer is awaited", async () => {
    const requester = new FakeRequester();
    const store = storeOf(stateAfter(...filesTopics([a], "/w/a.vcd")));
    const values = new CursorValues(store, requester);
    store.dispatch(addRow);
    for (const cursor of [5n, 6n, 7n]) store.dispatch({ type: "cursor", cursor });
    expect(requester.of("values.at").map((question) => question.params.time)).toEqual(["0"]);
    await requester.succeed("values.at", { values: ["00000001"] });
    expect(requester.of("values.at").map((question) => question.params.time)).toEqual(["0", "7"]);
    await requester.succeed("values.at", { values: ["00000010"] });
    expect([...store.state.values.values()]).toEqual(["00000010"]);
    expect(requester.asked).toHaveLength(2);
    values[Symbol.dispose]();
  });
});

describe("resolver", () => {
  const saved: Action = {
    type: "topic",
    topic: "view",
    value: {
      revision: 1,
      value: { openFiles: [], files: [{ path: "a.vcd", selected: [{ name: "tb.x" }] }] },
    },
  };

  it("opens the files of restored rows, then looks the rows up by name", async () => {
    const requester = new FakeRequester();
    const store = storeOf(stateAfter());
    const resolver = new Resolver(store, requester);
    store.dispatch(saved);
    for (const action of filesTopics([sampleFile({ open: false })])) store.dispatch(action);
    expect(requester.asked.map((question) => question.method)).toEqual(["file.open"]);
    for (const action of filesTopics([a], "/w/a.vcd")) store.dispatch(action);
    expect(requester.of("variables.resolve")).toHaveLength(1);
    await requester.succeed("variables.resolve", { items: [sampleVariable({ fullName: "tb.x" })] });
    expect(store.state.rows).toMatchObject([{ resolution: { kind: "ready" } }]);
    resolver[Symbol.dispose]();
  });

  it("drops an answer about a revision that is over", async () => {
    const requester = new FakeRequester();
    const store = storeOf(stateAfter(saved, ...filesTopics([a], "/w/a.vcd")));
    const resolver = new Resolver(store, requester);
    store.dispatch({ type: "cursor", cursor: 1n });
    store.dispatch({ type: "topic", topic: "files", value: [sampleFile({ revision: 2 })] });
    expect(requester.of("variables.resolve")).toHaveLength(2);
    requester.of("variables.resolve")[0]?.answer({ ok: true, value: { items: [null] } });
    await settled();
    expect(store.state.rows).toMatchObject([{ resolution: { kind: "resolving" } }]);
    resolver[Symbol.dispose]();
  });
});

const saverScene = (state: AppState) => {
  const requester = new FakeRequester();
  const clock = new SimulatedClock();
  const store = storeOf(state);
  const saver = new ViewSaver(store, new ScopeTrees(requester), requester, clock);
  return { requester, clock, store, saver };
};

describe("view saver", () => {
  it("writes nothing until a person changed something, then once after a moment", () => {
    const { requester, clock, store } = saverScene(stateAfter());
    for (const action of filesTopics([a], "/w/a.vcd")) store.dispatch(action);
    clock.advance(10_000);
    expect(requester.asked).toHaveLength(0);
    store.dispatch(addRow);
    store.dispatch({ type: "cursor", cursor: 8n });
    clock.advance(400);
    expect(requester.of("view.save").map((question) => question.params.view.files[0]?.cursor)).toEqual(["8"]);
    store.dispatch({ type: "plugins-open", open: true });
    clock.advance(10_000);
    expect(requester.of("view.save")).toHaveLength(1);
  });

  it("writes nothing where the configuration is read-only", () => {
    const { requester, clock, store } = saverScene(stateAfter(...filesTopics([a], "/w/a.vcd")));
    store.dispatch({
      type: "topic",
      topic: "config",
      value: { state: "ready", path: "/w/.novywave", readOnly: true },
    });
    store.dispatch(addRow);
    clock.advance(10_000);
    expect(requester.asked).toHaveLength(0);
  });
});

describe("scope trees", () => {
  it("fetches scopes when they are unfolded and keeps them unfolded over a reload, with new ids", async () => {
    const requester = new FakeRequester();
    const trees = new ScopeTrees(requester);
    const lines = () =>
      treeRows([a], trees, "").map((row) => (row.kind === "note" ? row.text : row.id.replace("\n", ":")));
    trees.setOpen("a.vcd", "/w/a.vcd", 1, true);
    expect(lines()).toEqual(["a.vcd", "Loading scopes…"]);
    const tb = scope(3, "tb", 1);
    await requester.succeed("scopes.children", { total: 1, items: [tb] });
    trees.setExpanded("a.vcd", tb, true);
    expect(requester.of("scopes.children").at(-1)?.params).toMatchObject({ parent: 3 });
    await requester.succeed("scopes.children", { total: 1, items: [scope(4, "tb.dut", 0)] });
    expect(lines()).toEqual(["a.vcd", "a.vcd:tb", "a.vcd:tb.dut"]);
    trees.refresh("a.vcd", "/w/a.vcd", 2);
    await requester.succeed("scopes.children", { total: 1, items: [scope(8, "tb", 1)] });
    expect(requester.of("scopes.children").at(-1)?.params).toMatchObject({ parent: 8 });
    expect(lines()).toEqual(["a.vcd", "a.vcd:tb", "a.vcd:tb.dut"]);
  });

  it("says why scopes cannot be shown", async () => {
    const requester = new FakeRequester();
    const trees = new ScopeTrees(requester);
    trees.setOpen("a.vcd", "/w/a.vcd", 1, true);
    requester.of("scopes.children")[0]?.answer(err({ code: "not-open", message: "it is not open" }));
    await settled();
    expect(treeRows([a], trees, "")).toMatchObject([
      { kind: "file" },
      { kind: "note", text: "it is not open" },
    ]);
  });

  it("filters files by any part of their name", () => {
    const trees = new ScopeTrees(new FakeRequester());
    const files = [a, sampleFile({ name: "deep/B.vcd" })];
    expect(treeRows(files, trees, " b.v")).toMatchObject([{ id: "deep/B.vcd" }]);
  });
});
