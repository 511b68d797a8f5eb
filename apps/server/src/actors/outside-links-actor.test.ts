import { SimulatedClock, Emitter } from "@novywave/base";
import { createFlow } from "@novywave/dataflow";
import type { GrantRecord } from "@novywave/plugin-host";
import type { PluginStatus } from "@novywave/protocol";
import { expect, test } from "vitest";
import { createRelays, ready } from "../relays.js";
import { createOutsideLinksActor } from "./outside-links-actor.js";

const record = (scope: string, target: string, pluginId = "a.a"): GrantRecord => ({
  pluginId,
  time: 0,
  decision: "outside",
  capability: "filesystem",
  scope,
  reason: "",
  target,
});

const status = (id: string): PluginStatus => ({
  id,
  state: "ready",
  message: "",
  since: 0,
  enabled: true,
  artifactPath: "x.wasm",
});

test("R4.7 links out of the folders of a plugin are told, each once, and with it they go", () => {
  const flow = createFlow({ clock: new SimulatedClock() });
  const relays = createRelays(flow, "/ws/.novywave");
  const granted = new Emitter<GrantRecord>();
  createOutsideLinksActor(flow, relays, { granted: granted.event });
  const tell = relays.pluginStatus.emitter();
  flow.start();
  tell(ready([status("a.a"), status("b.b")]));
  expect(relays.pluginOutside.current).toEqual({ state: "empty" });
  granted.emit(record("/ws/run", "/scratch/run"));
  granted.emit(record("/ws/run", "/scratch/run"));
  granted.emit({ ...record("/ws/x", "/etc"), decision: "denied" });
  granted.emit(record("/ws/run", "/scratch/run", "b.b"));
  granted.emit(record("/ws/run", "/scratch/other"));
  expect(relays.pluginOutside.current).toEqual(
    ready([
      { pluginId: "b.b", link: "/ws/run", target: "/scratch/run" },
      { pluginId: "a.a", link: "/ws/run", target: "/scratch/other" },
    ]),
  );
  for (let n = 0; n < 1_000; n++) granted.emit(record(`/ws/l${n}`, "/scratch"));
  expect(relays.pluginOutside.current).toMatchObject({ value: { length: 51 } });
  tell(ready([status("b.b")]));
  expect(relays.pluginOutside.current).toMatchObject({ value: [{ pluginId: "b.b" }] });
  tell({ state: "empty" });
  expect(relays.pluginOutside.current).toEqual({ state: "empty" });
  flow[Symbol.dispose]();
});
