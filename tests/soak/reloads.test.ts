import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { queryObjects } from "node:v8";
import { defined } from "@novywave/base";
import { connectToServer } from "@novywave/server";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { contractCapabilities } from "../../packages/plugin-host/src/capability.js";
import { HostFixture } from "../../packages/plugin-host/src/testing/host-fixture.test.helper.js";
import {
  artifactOf,
  commands,
  puppetBytes,
  withCustomSection,
} from "../../packages/plugin-host/src/testing/puppet.test.helper.js";
import { childProcessesOf } from "../support/child-process-of.js";
import { makeSandbox, repository, serve } from "../support/novywave.js";
import { settledUse } from "../support/process-use.js";

// A few in `npm test`; `npm run soak` asks for 500.
const reloads = process.env["NOVYWAVE_SOAK_SECONDS"] === undefined ? 25 : 500;
/** By then everything has happened once, and what remembers the last builds remembers no more of them. */
const warmUp = 40;
/** Heaps still grow at first; a worker has 9 MiB, a component that stays compiled hundreds of kB. */
const leakMib = 40 + reloads * 0.05;
/**
 * JavaScript objects that may be left, of thousands that a reload makes: one for each reload, or each build, is too many.
 * The heap's size tells less: V8 goes on making machine code of what runs often.
 */
const leakObjects = reloads / 3;

let bytes: Uint8Array;
/** The server keeps the last lines that a plugin logs; this one logs none. */
let silentBytes: Uint8Array;
beforeAll(async () => {
  bytes = await puppetBytes();
  silentBytes = await puppetBytes(contractCapabilities.filter((name) => name !== "logging"));
});

/** Builds of the same plugin: at first another one each time, then two reloads of each. */
const build = (of: Uint8Array, round: number): Uint8Array =>
  withCustomSection(of, "build", String(isBuild(round) ? round : round - 1));
const isBuild = (round: number): boolean => round <= warmUp || round % 2 === 0;

const entry = (round: number): string =>
  `[plugins]\nschema_version = 1\n\n[[plugins.entries]]\nid = "test.puppet"\nenabled = true\nartifact_path = "puppet.wasm"\n` +
  `watch = { directories = ["waves"], debounce_ms = 50 }\nconfig = { d = "round ${round}" }\n`;

describe.runIf(existsSync("/proc/self/fd"))(`${reloads} reloads leave nothing behind`, () => {
  it.each(["in-process", "process"] as const)(
    "in a host with the transport %s",
    { timeout: 60_000 + reloads * 1_000 },
    async (transport) => {
      const fixture = await HostFixture.open(transport);
      onTestFinished(() => fixture.close());
      const start = async (round: number) => {
        const artifact = artifactOf(build(bytes, round));
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
        const { logs, audit, hostLog, published, watches } = fixture;
        for (const list of [logs, audit, hostLog, published]) list.length = 0;
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
      expect(after.here.objects - before.here.objects).toBeLessThan(leakObjects);
      expect(after.use.residentMib - before.use.residentMib).toBeLessThan(leakMib);
    },
  );

  it("in the whole program", { timeout: 60_000 + reloads * 2_000 }, async () => {
    const sandbox = await makeSandbox();
    onTestFinished(() => sandbox.remove());
    await mkdir(path.join(sandbox.workspace, "waves"));
    const write = (file: string, content: string | Uint8Array): Promise<void> =>
      writeFile(path.join(sandbox.workspace, file), content);
    await write("puppet.wasm", build(silentBytes, 0));
    await write(".novywave", entry(0));
    const counting = pathToFileURL(path.join(repository, "tests/support/count-objects.js")).href;
    const env = { ...sandbox.env, NODE_OPTIONS: `--import=${counting}` };
    const serving = await serve([sandbox.workspace, "--trust-workspace"], env);
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
      if (isBuild(round)) await write("puppet.wasm", build(silentBytes, round));
      await write(".novywave", entry(round));
      await ready(round);
    };
    for (let round = 1; round <= warmUp; round++) await reload(round);
    const [host] = await childProcessesOf(serving.pid);
    const use = async () => ({
      server: await settledUse(serving.pid),
      host: await settledUse(defined(host, "the plugin-host process")),
    });
    const objects = async (round: number): Promise<number> => {
      // Each instance was counted when it had ended; until then it is held.
      await client.until("plugins", ([plugin]) => plugin?.stats?.["init.calls"] === round + 1);
      const counts = (): readonly RegExpMatchArray[] => [...serving.stderr().matchAll(/^objects: (\d+)$/gmu)];
      const earlier = counts().length;
      process.kill(serving.pid, "SIGUSR2");
      while (counts().length === earlier) await new Promise((resolve) => setTimeout(resolve, 10));
      return Number(counts().at(-1)?.[1]);
    };
    const before = { ...(await use()), objects: await objects(warmUp) };
    for (let round = 1; round <= reloads; round++) await reload(warmUp + round);
    const after = { ...(await use()), objects: await objects(warmUp + reloads) };
    expect(after.objects - before.objects, "objects of the server").toBeLessThan(leakObjects);
    expect(await childProcessesOf(serving.pid)).toEqual([host]);
    for (const each of ["server", "host"] as const) {
      expect(after[each].descriptors, `descriptors of ${each}`).toBeLessThanOrEqual(before[each].descriptors);
      expect(after[each].threads, `threads of ${each}`).toBeLessThanOrEqual(before[each].threads);
      expect(after[each].residentMib - before[each].residentMib, `memory of ${each}`).toBeLessThan(leakMib);
    }
  });
});

/** What keeps this process's event loop busy, by kind, and how many objects it holds without garbage. */
function resources(): { readonly handles: Readonly<Record<string, number>>; readonly objects: number } {
  const handles: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) handles[kind] = (handles[kind] ?? 0) + 1;
  return { handles, objects: queryObjects(Object, { format: "count" }) };
}
