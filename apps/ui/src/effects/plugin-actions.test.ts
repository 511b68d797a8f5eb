import { err, ok, SimulatedClock } from "@novywave/base";
import type { Method, PluginStatus } from "@novywave/protocol";
import { describe, expect, it } from "vitest";
import type { Requester } from "../connection/connection.js";
import { PluginActions, type Toast } from "./plugin-actions.js";

const status = (state: PluginStatus["state"], enabled: boolean): PluginStatus => ({
  id: "novywave.hello_world",
  state,
  message: "Hello",
  since: 0,
  enabled,
  artifactPath: "builtin:hello_world",
});

function scene(refuse = false) {
  const asked: Method[] = [];
  const toasts: Toast[] = [];
  const clock = new SimulatedClock();
  const requester: Requester = {
    request: (method) => {
      asked.push(method);
      const answer = refuse ? err({ code: "read-only", message: "the file is read-only" }) : ok({});
      return Promise.resolve(answer as never);
    },
  };
  const actions = new PluginActions(requester, clock, (toast) => toasts.push(toast));
  return { asked, toasts, clock, actions };
}

describe("plugin actions", () => {
  it("R9.2 acknowledges a toggle only when the plugin's status confirms it", async () => {
    const { actions, toasts, asked, clock } = scene();
    await actions.setEnabled("novywave.hello_world", true);
    expect(asked).toEqual(["plugin.setEnabled"]);
    expect(toasts).toEqual([]);
    actions.observe([status("disabled", false)]);
    actions.observe([status("loading", true)]);
    expect(toasts).toEqual([]);
    expect(actions.pending("novywave.hello_world")).toBe(true);
    actions.observe([status("ready", true)]);
    expect(toasts).toMatchObject([{ tone: "success", title: "novywave.hello_world enabled" }]);
    expect(actions.pending("novywave.hello_world")).toBeUndefined();
    actions.observe([status("ready", true)]);
    expect(toasts).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });

  it("says when a plugin was enabled and does not run", async () => {
    const { actions, toasts } = scene();
    await actions.setEnabled("novywave.hello_world", true);
    actions.observe([status("error", true)]);
    expect(toasts).toMatchObject([{ tone: "error", description: "Hello" }]);
  });

  it("says when the file could not be changed, and when nothing follows", async () => {
    const refused = scene(true);
    await refused.actions.setEnabled("novywave.hello_world", true);
    expect(refused.toasts).toMatchObject([{ tone: "error", description: "the file is read-only" }]);
    const silent = scene();
    await silent.actions.setEnabled("novywave.hello_world", false);
    silent.clock.advance(15_000);
    expect(silent.toasts).toMatchObject([{ tone: "error", title: "novywave.hello_world did not answer" }]);
    expect(silent.actions.pending("novywave.hello_world")).toBeUndefined();
  });

  it("denies what was seen and switches the plugin off, also where it cannot be remembered", async () => {
    const seen = { capabilities: [], folders: [], limits: [] };
    const { actions, asked } = scene();
    await actions.deny("acme.x", "0".repeat(64), seen);
    expect(asked).toEqual(["plugin.deny", "plugin.setEnabled"]);
    const refused = scene(true);
    await refused.actions.deny("acme.x", "0".repeat(64), seen);
    expect(refused.asked).toEqual(["plugin.deny", "plugin.setEnabled"]);
    expect(refused.toasts[0]).toMatchObject({ tone: "error", title: expect.stringContaining("acme.x") });
  });

  it("says that an approval was taken back, or why not", async () => {
    const { actions, toasts, asked } = scene();
    await actions.revoke("acme.x");
    expect(asked).toEqual(["plugin.revoke"]);
    expect(toasts).toMatchObject([{ tone: "success", title: "Took back the approval of acme.x" }]);
    const refused = scene(true);
    await refused.actions.revoke("acme.x");
    expect(refused.toasts).toMatchObject([{ tone: "error", description: "the file is read-only" }]);
  });
});
