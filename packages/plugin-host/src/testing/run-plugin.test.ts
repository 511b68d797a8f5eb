import { access } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { commands, puppetBytes, smokeBytes } from "./puppet.test.helper.js";
import { order } from "./host-fixture.test.helper.js";
import { PluginRunError, runPlugin } from "./run-plugin.js";

describe("runPlugin, the kit for authors", () => {
  let puppet: Uint8Array;
  beforeAll(async () => {
    puppet = await puppetBytes();
  });

  it("runs a component against files, a clock and watchers of the test", async () => {
    const run = await runPlugin({
      artifact: puppet,
      config: { description: "d" },
      files: { "waves/a.vcd": "$end", "empty/": "" },
      watch: { directories: ["waves"], debounceMs: 250 },
    });
    expect(run.metadata.description).toBe('"d"');
    await run.send(order(commands.listDir, "."));
    expect(run.logs.map(({ message }) => message)).toEqual([
      `${run.workspace}/empty`,
      `${run.workspace}/waves`,
      "done",
    ]);
    await run.send(order(commands.publishDiscovery, "discovery", "waves/a.vcd"));
    expect(run.events).toEqual([
      { tag: "discovery", val: { pluginId: "plugin", discovered: [`${run.workspace}/waves/a.vcd`] } },
    ]);
    await run.change("waves/b.vcd", "elsewhere.vcd");
    expect(run.logs.at(-1)).toMatchObject({ level: "debug", message: `${run.workspace}/waves/b.vcd` });
    await run.send(order(commands.tick));
    await run.advance(49);
    expect(run.logs.at(-1)?.message).not.toBe("tick");
    await run.advance(1);
    expect(run.logs.at(-1)?.message).toBe("tick");
    await run.configure({ x: true });
    expect(run.logs.at(-1)?.message).toBe("true");
    await run.write("waves/new.vcd", "x");
    await run.remove("waves/a.vcd");
    await run.send(order(commands.readMetadata, "waves/new.vcd"));
    expect(run.logs.at(-1)?.message).toBe(`${run.workspace}/waves/new.vcd`);
    await run.dispose();
    await expect(access(run.workspace)).rejects.toThrow("ENOENT");
  });

  it("an error of the plugin is thrown with its code", async () => {
    await expect(runPlugin({ artifact: puppet, config: { fail: "no" } })).rejects.toThrow(PluginRunError);
    const run = await runPlugin({ artifact: puppet });
    await expect(run.send(order(commands.fail, "sorry"))).rejects.toThrow("plugin-error: sorry");
    await expect(run.send(order(commands.trap))).rejects.toMatchObject({ failure: { code: "trap" } });
    expect(run.failure).toMatchObject({ code: "trap" });
    await run.dispose();
  });

  it("a plugin that hangs is ended, although the test's clock stands still", async () => {
    const run = await runPlugin({ artifact: puppet, limits: { callDeadlineMs: 100 } });
    await expect(run.send(order(commands.spin))).rejects.toMatchObject({ failure: { code: "deadline" } });
    await run.dispose();
  });

  it("runs the smoke world", async () => {
    const run = await runPlugin({ artifact: await smokeBytes() });
    await run.greet();
    expect(run.stats.exports["greet"]).toMatchObject({ calls: 1 });
    await run.dispose();
  });
});
