import fs from "node:fs/promises";
import path from "node:path";
import { ok, SimulatedClock, toDisposable, type Result } from "@novywave/base";
import { ConfigFile, type ConfigError } from "@novywave/config";
import { createFlow } from "@novywave/dataflow";
import type { WorkspaceView } from "@novywave/protocol";
import { describe, expect, onTestFinished, test } from "vitest";
import { createRelays } from "../relays.js";
import { closedGate } from "../testing/gate.js";
import { temporaryFolder } from "../testing/temporary-folder.js";
import { createConfigActor, viewDelayMs } from "./config-actor.js";

const document = `# Mine.
[plugins]
schema_version = 1   # do not touch

[[plugins.entries]]
id = "novywave.hello_world"
enabled = true # on
artifact_path = "builtin:hello_world"
config = { greeting = "Hi" }
`;

async function scene(text?: string) {
  const folder = await temporaryFolder();
  const file = path.join(folder, ".novywave");
  if (text !== undefined) await fs.writeFile(file, text);
  const clock = new SimulatedClock();
  const flow = createFlow({ clock });
  onTestFinished(() => flow[Symbol.dispose]());
  const relays = createRelays(flow, file);
  const order: string[] = [];
  relays.workspaceReplay.subscribe(({ state }) => order.push(`workspace ${state}`));
  relays.pluginsConfigReplay.subscribe(({ state }) => order.push(`plugins ${state}`));
  let changed: (() => void) | undefined;
  const failures: string[] = [];
  const actor = createConfigActor({
    flow,
    relays,
    file: ConfigFile.open(file),
    watch: async (onChange) => {
      changed = onChange;
      return ok(toDisposable(() => {}));
    },
    adapt: (entries) => entries,
    onWriteFailure: (message) => failures.push(message),
  });
  flow.start();
  await flow.settle();
  return {
    file,
    clock,
    flow,
    relays,
    actor,
    order,
    failures,
    read: () => fs.readFile(file, "utf8"),
    edit: async (next: string | undefined) => {
      if (next === undefined) await fs.rm(file);
      else await fs.writeFile(file, next);
      changed?.();
      await flow.settle();
    },
    setEnabled: async (id: string, enabled: boolean): Promise<Result<void, ConfigError>> => {
      const replied = new Promise<Result<void, ConfigError>>((reply) => {
        actor.send({ kind: "set-enabled", id, enabled, reply });
      });
      await flow.settle();
      return replied;
    },
    saveView: async (view: WorkspaceView) => {
      actor.send({ kind: "save-view", view });
      await flow.settle();
    },
    pass: async (ms: number) => {
      clock.advance(ms);
      await flow.settle();
    },
    exists: () =>
      fs.access(file).then(
        () => true,
        () => false,
      ),
  };
}

const view: WorkspaceView = {
  openFiles: ["a.vcd"],
  activeFile: "a.vcd",
  files: [{ path: "a.vcd", selected: [{ name: "tb.clk", format: "hex" }], cursor: "5" }],
};

test("R2.6 core state is replayed before the plugins", async () => {
  const { order } = await scene(document);
  expect(order).toEqual(["workspace loading", "plugins loading", "workspace ready", "plugins ready"]);
});

describe("without a file", () => {
  test("the defaults apply in memory and nothing is written", async () => {
    const { relays, exists } = await scene();
    expect(relays.configStatus.current.state).toBe("missing");
    const replay = relays.pluginsConfigReplay.current;
    expect(replay.state === "ready" && replay.value.map(({ id, enabled }) => [id, enabled])).toEqual([
      ["novywave.hello_world", true],
      ["novywave.waveform_scanner", true],
      ["novywave.auto_reload", true],
    ]);
    expect(await exists()).toBe(false);
  });

  test("the first change that a person makes writes it", async () => {
    const { relays, setEnabled, read } = await scene();
    expect(await setEnabled("novywave.auto_reload", false)).toEqual({ ok: true, value: undefined });
    expect(await read()).toContain("enabled = false");
    expect(relays.configStatus.current.state).toBe("ready");
  });
});

describe("R9.2 a toggle", () => {
  test("changes `enabled` in place and nothing else, and is replayed", async () => {
    const { relays, setEnabled, read } = await scene(document);
    await setEnabled("novywave.hello_world", false);
    expect(await read()).toBe(document.replace("enabled = true # on", "enabled = false # on"));
    const replay = relays.pluginsConfigReplay.current;
    expect(replay.state === "ready" && replay.value[0]?.enabled).toBe(false);
  });

  test("of an unknown plugin is refused and writes nothing", async () => {
    const { setEnabled, read } = await scene(document);
    expect(await setEnabled("nobody", false)).toMatchObject({ ok: false });
    expect(await read()).toBe(document);
  });
});

describe("R2.8 a manual edit", () => {
  test("is picked up; R6.3 one that changes nothing of the plugins is not replayed to them", async () => {
    const { relays, order, edit } = await scene(document);
    await edit(document.replace("Hi", "Hello"));
    const replay = relays.pluginsConfigReplay.current;
    expect(replay.state === "ready" && replay.value[0]?.config).toEqual({ greeting: "Hello" });
    order.length = 0;
    await edit(`# another comment\n${document.replace("Hi", "Hello")}`);
    expect(order).toEqual([]);
  });

  test("R2.9 that is not valid is told with its place; the last good state stays in force", async () => {
    const { relays, edit } = await scene(document);
    await edit(document.replace("enabled = true", "enabled = maybe"));
    expect(relays.configStatus.current).toMatchObject({ state: "error", errors: [{ line: 7 }] });
    expect(relays.configStatus.current.message).toMatch(/line 7, column \d+/);
    expect(relays.pluginsConfigReplay.current.state).toBe("ready");
    await edit(document);
    expect(relays.configStatus.current).toEqual({ state: "ready", path: relays.configStatus.current.path });
  });

  test("of the view reaches the user interface with a new revision", async () => {
    const { relays, edit } = await scene(document);
    await edit(`${document}\n[workspace]\nopened_files = ["b.vcd"]\n`);
    expect(relays.workspaceReplay.current).toMatchObject({
      state: "ready",
      value: { revision: 1, view: { openFiles: ["b.vcd"] } },
    });
  });

  test("that removes the file brings the defaults back", async () => {
    const { relays, edit } = await scene(document);
    await edit(undefined);
    expect(relays.configStatus.current.state).toBe("missing");
    const replay = relays.pluginsConfigReplay.current;
    expect(replay.state === "ready" && replay.value).toHaveLength(3);
  });
});

test("R2.9 a file that never was valid runs nothing, and does so once it is corrected", async () => {
  const { relays, edit } = await scene("[plugins\n");
  expect(relays.pluginsConfigReplay.current.state).toBe("error");
  expect(relays.workspaceReplay.current.state).toBe("error");
  await edit(document);
  expect(relays.pluginsConfigReplay.current.state).toBe("ready");
  expect(relays.workspaceReplay.current.state).toBe("ready");
});

test("R2.4 a newer file is refused and left untouched", async () => {
  const newer = document.replace("schema_version = 1", "schema_version = 99");
  const { relays, setEnabled, read } = await scene(newer);
  expect(relays.configStatus.current).toMatchObject({ state: "error" });
  expect(relays.configStatus.current.message).toContain("99");
  expect((await setEnabled("novywave.hello_world", false)).ok).toBe(false);
  expect(await read()).toBe(newer);
});

describe("the view", () => {
  test("is written a second after the last change, R2.7 and the plugins stay as they are", async () => {
    const { saveView, pass, read, relays, order } = await scene(document);
    order.length = 0;
    await saveView({ ...view, activeFile: "b.vcd" });
    await pass(viewDelayMs - 1);
    await saveView(view);
    await pass(viewDelayMs - 1);
    expect(await read()).toBe(document);
    await pass(1);
    const text = await read();
    expect(text.startsWith(document)).toBe(true);
    expect(text).toContain('active_file = "a.vcd"');
    expect(text).toContain("tb.clk");
    // Who connects next gets it; the revision stays, so that the one who wrote it keeps what is shown.
    expect(order.filter((change) => change !== "workspace ready")).toEqual([]);
    expect(relays.workspaceReplay.current).toMatchObject({ value: { revision: 0, view } });
  });

  test("comes back as it was saved", async () => {
    const first = await scene(document);
    await first.saveView(view);
    await first.pass(viewDelayMs);
    const second = await scene(await first.read());
    expect(second.relays.workspaceReplay.current).toMatchObject({ value: { view } });
  });

  test("that nobody changed is not written, so that looking makes no file", async () => {
    const { saveView, pass, exists } = await scene();
    await saveView({ openFiles: [], files: [] });
    await pass(viewDelayMs);
    expect(await exists()).toBe(false);
  });

  test("is written at the end if it was not yet", async () => {
    const { actor, flow, saveView, read } = await scene(document);
    await saveView(view);
    const flushed = new Promise<void>((done) => actor.send({ kind: "flush", done }));
    await flow.settle();
    await flushed;
    expect(await read()).toContain("tb.clk");
  });

  test("is not taken for somebody else's while settings and view are being written together", async () => {
    const { actor, clock, flow, saveView, pass, read, relays } = await scene(document);
    await saveView({ ...view, activeFile: "b.vcd" });
    await pass(viewDelayMs);
    const reply = new Promise((resolve) => {
      actor.send({ kind: "save-ui", settings: { panes: { main: [30, 70] } }, reply: resolve });
    });
    actor.send({ kind: "save-view", view });
    clock.advance(viewDelayMs);
    await reply;
    await flow.settle();
    expect(relays.workspaceReplay.current).toMatchObject({ value: { revision: 0, view } });
    expect(await read()).toContain('active_file = "a.vcd"');
  });

  test("settings are written at once", async () => {
    const { actor, flow, read, relays } = await scene(document);
    const reply = new Promise((resolve) => {
      actor.send({
        kind: "save-ui",
        settings: { theme: "light", panes: { main: [20, 80] } },
        reply: resolve,
      });
    });
    await flow.settle();
    expect(await reply).toEqual({ ok: true, value: undefined });
    expect(await read()).toContain('theme = "light"');
    expect(relays.configStatus.current.state).toBe("ready");
  });
});

test("R2.8 what is written before the file is watched is read once it is; nothing waits for the watch", async () => {
  const folder = await temporaryFolder();
  const file = path.join(folder, ".novywave");
  await fs.writeFile(file, document);
  const flow = createFlow({ clock: new SimulatedClock() });
  onTestFinished(() => flow[Symbol.dispose]());
  const relays = createRelays(flow, file);
  const watching = closedGate();
  const replayed = new Promise<void>((resolve) => {
    relays.pluginsConfigReplay.subscribe(({ state }) => state === "ready" && resolve());
  });
  createConfigActor({
    flow,
    relays,
    file: ConfigFile.open(file),
    watch: async () => {
      await watching.passed;
      return ok(toDisposable(() => {}));
    },
    adapt: (entries) => entries,
    onWriteFailure: () => {},
  });
  flow.start();
  await replayed;
  await fs.writeFile(file, document.replace("Hi", "Written meanwhile"));
  watching.open();
  await flow.settle();
  const now = relays.pluginsConfigReplay.current;
  expect(now.state === "ready" && now.value[0]?.config).toEqual({ greeting: "Written meanwhile" });
});

test("a view that is being written when the program ends is waited for", async () => {
  const { actor, pass, saveView, read, clock } = await scene(document);
  await saveView(view);
  clock.advance(viewDelayMs);
  await new Promise<void>((done) => actor.send({ kind: "flush", done }));
  expect(await read()).toContain("tb.clk");
  await pass(0);
});
