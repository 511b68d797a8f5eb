import { readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import process from "node:process";
import { defined } from "@novywave/base";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Artifact } from "../artifact/artifact.js";
import { HostFixture, once, order } from "../testing/host-fixture.test.helper.js";
import { artifactOf, commands, puppetBytes } from "../testing/puppet.test.helper.js";
import { childFlags, childFolder } from "./process.js";

describe("the plugin-host process", () => {
  let puppet: Artifact;
  let fixture: HostFixture;
  beforeAll(async () => {
    puppet = artifactOf(await puppetBytes());
  });
  beforeEach(async () => {
    fixture = await HostFixture.open("process");
  });
  afterEach(() => fixture.close());

  it("may read its own program only", () => {
    const readable = childFlags().filter((flag) => flag.startsWith("--allow-fs-read="));
    expect(readable).toEqual([`--allow-fs-read=${childFolder}`]);
    expect(readdirSync(childFolder).sort()).toEqual([
      "boot-worker.cjs",
      "host-process.mjs",
      "plugin-worker-later.cjs",
      "plugin-worker.cjs",
    ]);
  });

  it.runIf(process.platform === "linux")(
    "runs with those flags, and with nothing of this environment",
    async () => {
      process.env["NOVYWAVE_TEST_SECRET"] = "secret";
      const instance = await fixture.start(puppet);
      const pid = defined(fixture.host.processId, "the process");
      expect(pid).not.toBe(process.pid);
      const commandLine = (await readFile(`/proc/${pid}/cmdline`, "utf8")).split("\0");
      for (const flag of childFlags()) expect(commandLine).toContain(flag);
      const names = (await readFile(`/proc/${pid}/environ`, "utf8"))
        .split("\0")
        .map((line) => line.split("=")[0]);
      // What Node itself passes for the IPC channel, and removes at once.
      expect(names.filter((name) => name !== "" && name?.startsWith("NODE_CHANNEL_") !== true)).toEqual([]);
      delete process.env["NOVYWAVE_TEST_SECRET"];
      await instance.shutdown();
    },
  );

  it("all plugins share one process", async () => {
    const one = await fixture.start(puppet, { pluginId: "test.one" });
    const pid = fixture.host.processId;
    const two = await fixture.start(puppet, { pluginId: "test.two" });
    expect(fixture.host.processId).toBe(pid);
    await Promise.all([one.shutdown(), two.shutdown()]);
  });

  it("killed from outside: all plugins report it, with what they were doing, and the next start boots a new one", async () => {
    const idle = await fixture.start(puppet, { pluginId: "test.idle" });
    const busy = await fixture.start(puppet, { pluginId: "test.busy" });
    await fixture.order(idle, commands.subscribe, ".");
    const pid = defined(fixture.host.processId, "the process");
    const deaths = Promise.all([once(idle.died), once(busy.died), once(fixture.host.hostDied)]);
    const spinning = busy.handleEvent(order(commands.spin));
    process.kill(pid, "SIGKILL");
    expect(await deaths).toEqual([
      expect.objectContaining({ code: "host-died", message: expect.stringContaining("SIGKILL") }),
      expect.objectContaining({ code: "host-died", export: "handle-event" }),
      expect.objectContaining({ code: "host-died" }),
    ]);
    expect(await spinning).toMatchObject({ ok: false, error: { code: "host-died" } });
    expect(fixture.host.processId).toBeUndefined();
    expect(fixture.watch(0).open).toBe(false);
    const again = await fixture.start(puppet);
    expect(await fixture.order(again, commands.config)).toEqual([]);
    expect(fixture.host.processId).not.toBe(pid);
    await again.shutdown();
  });

  it("killed while a plugin starts: the start fails and nothing hangs", async () => {
    const starting = fixture.host.start(fixture.request(puppet, { config: { s: 1 } }));
    await once(fixture.host.granted);
    process.kill(defined(fixture.host.processId, "the process"), "SIGKILL");
    expect(await starting).toMatchObject({ ok: false, error: { code: "host-died" } });
  });

  it("ends with its host", async () => {
    await fixture.start(puppet);
    const pid = defined(fixture.host.processId, "the process");
    await fixture.host[Symbol.asyncDispose]();
    expect(() => process.kill(pid, 0)).toThrow("ESRCH");
  });
});
