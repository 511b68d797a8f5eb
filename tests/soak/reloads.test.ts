import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { defined } from "@novywave/base";
import { connectToServer } from "@novywave/server";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { HostFixture } from "../../packages/plugin-host/src/testing/host-fixture.test.helper.js";
import {
  artifactOf,
  commands,
  puppetBytes,
  withCustomSection,
} from "../../packages/plugin-host/src/testing/puppet.test.helper.js";
import { childProcessesOf } from "../support/child-process-of.js";
import { makeSandbox, serve } from "../support/novywave.js";
import { settledUse } from "../support/process-use.js";

// A few in `npm test`; `npm run soak` asks for 500.
const reloads = process.env["NOVYWAVE_SOAK_SECONDS"] === undefined ? 25 : 500;
/** By then everything has happened once. */
const warmUp = 15;
/** Heaps still grow at first; a worker has 9 MiB, a component that stays compiled hundreds of kB. */
const leakMib = 40 + reloads * 0.05;
/** Of JavaScript; the tests' own code still settles. */
const leakKb = 1_024 + reloads * 6;

let bytes: Uint8Array;
beforeAll(async () => {
  bytes = await puppetBytes();
});

/** Another build of the same plugin. */
const build = (number: number): Uint8Array => withCustomSection(bytes, "build", String(number));

const entry = (round: number): string =>
  `[plugins]\nschema_version = 1\n\n[[plugins.entries]]\nid = "test.puppet"\nenabled = true\nartifact_path = "puppet.wasm"\n` +
  `watch = { directories = ["."], debounce_ms = 50 }\nconfig = { d = "round ${round}" }\n`;

describe.runIf(existsSync("/proc/self/fd"))(`${reloads} reloads leave nothing behind`, () => {
  it.each(["in-process", "process"] as const)(
    "in a host with the transport %s",
    { timeout: 60_000 + reloads * 1_000 },
    async (transport) => {
      const fixture = await HostFixture.open(transport);
      onTestFinished(() => fixture.close());
      const start = async (round: number) => {
        // Two reloads of a build, then a new one.
        const artifact = artifactOf(build(Math.floor(round / 2)));
        const started = await fixture.host.start(fixture.request(artifact), { held: true });
        if (!started.ok) throw new Error(started.error.message);
        return started.value;
      };
      let running = await start(0);
      running.accept();
      const reload = async (round: number): Promise<void> => {
        const next = await start(round);
        const left = await running.retire();
        next.accept(left);
        await running.shutdown();
        running = next;
        await fixture.order(running, commands.subscribe, ".");
        await fixture.order(running, commands.tick);
        const { logs, audit, hostLog, watches } = fixture;
        for (const list of [logs, audit, hostLog]) list.length = 0;
        // All but that of the one that runs.
        expect(watches.splice(0, watches.length - 1).filter(({ open }) => open)).toEqual([]);
      };
      for (let round = 1; round <= warmUp; round++) await reload(round);
      const pid = defined(fixture.host.processId, "the process");
      const before = { use: await settledUse(pid), here: resources() };
      for (let round = 1; round <= reloads; round++) await reload(warmUp + round);
      const after = { use: await settledUse(pid), here: resources() };

      expect(fixture.watches).toMatchObject([{ open: true }]);
      expect(after.here.handles).toEqual(before.here.handles);
      expect(after.use.descriptors).toBe(before.use.descriptors);
      expect(after.use.threads).toBeLessThanOrEqual(before.use.threads);
      expect(after.here.heapKb - before.here.heapKb).toBeLessThan(leakKb);
      expect(after.use.residentMib - before.use.residentMib).toBeLessThan(leakMib);
    },
  );

  it("in the whole program", { timeout: 60_000 + reloads * 2_000 }, async () => {
    const sandbox = await makeSandbox();
    onTestFinished(() => sandbox.remove());
    const write = (file: string, content: string | Uint8Array): Promise<void> =>
      writeFile(path.join(sandbox.workspace, file), content);
    await write("puppet.wasm", build(0));
    await write(".novywave", entry(0));
    const serving = await serve([sandbox.workspace, "--trust-workspace"], sandbox.env);
    onTestFinished(() => serving.stop());
    const connected = await connectToServer({
      host: "127.0.0.1",
      port: serving.port,
      token: serving.token,
    });
    if (!connected.ok) throw new Error(connected.error.message);
    const client = connected.value;
    onTestFinished(() => client.close());
    // What `init` describes the plugin as: the text of its configuration, as JSON.
    const ready = (round: number) =>
      client.until(
        "plugins",
        ([plugin]) => plugin?.state === "ready" && plugin.message === `"round ${round}"`,
      );
    await ready(0);
    const reload = async (round: number): Promise<void> => {
      if (round % 2 === 0) await write("puppet.wasm", build(round));
      await write(".novywave", entry(round));
      await ready(round);
    };
    for (let round = 1; round <= warmUp; round++) await reload(round);
    const [host] = await childProcessesOf(serving.pid);
    const use = async () => ({
      server: await settledUse(serving.pid),
      host: await settledUse(defined(host, "the plugin-host process")),
    });
    const before = await use();
    for (let round = 1; round <= reloads; round++) await reload(warmUp + round);
    const after = await use();
    expect(await childProcessesOf(serving.pid)).toEqual([host]);
    for (const each of ["server", "host"] as const) {
      expect(after[each].descriptors, `descriptors of ${each}`).toBeLessThanOrEqual(before[each].descriptors);
      expect(after[each].threads, `threads of ${each}`).toBeLessThanOrEqual(before[each].threads);
      expect(after[each].residentMib - before[each].residentMib, `memory of ${each}`).toBeLessThan(leakMib);
    }
  });
});

/** What keeps this process's event loop busy, by kind, and its JavaScript heap without garbage. */
function resources(): { readonly handles: Readonly<Record<string, number>>; readonly heapKb: number } {
  setFlagsFromString("--expose-gc");
  const gc: () => void = runInNewContext("gc");
  gc();
  gc();
  const handles: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) handles[kind] = (handles[kind] ?? 0) + 1;
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return { handles, heapKb: (heapUsed + arrayBuffers) / 1024 };
}
