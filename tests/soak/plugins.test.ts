import { copyFile, mkdir, readdir, stat, symlink, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { buildPlugin } from "@novywave/plugin-sdk";
import { connectToServer, type ServerClient } from "@novywave/server";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { childProcessesOf } from "../support/child-process-of.js";
import { FileChurn } from "../support/file-churn.js";
import {
  makeSandbox,
  readState,
  repository,
  serve,
  stateWhere,
  type Sandbox,
  type Serving,
} from "../support/novywave.js";
import { predictStates, readLog } from "../support/plugin-model.js";
import { Random } from "../support/random.js";
import { trappingPlugin } from "../support/trapping-plugin.js";

// 20 seconds in `npm test`; `npm run soak` asks for minutes.
const seconds = Number(process.env["NOVYWAVE_SOAK_SECONDS"] ?? "20");
const seed = Number(process.env["NOVYWAVE_SOAK_SEED"] ?? "1");
const changesWanted = 500 * seconds;
const kills = Math.max(3, Math.floor(seconds / 4));

const areas = Array.from({ length: 12 }, (_, n) => `area${n}`);
const misbehaviours = ["spin", "escape", "flood", "fail"];
/** So low that they are reached also where the machine is busy. */
const limits: Readonly<Record<string, string>> = {
  spin: "{ call_deadline_ms = 500 }",
  flood: "{ log_bytes_per_minute = 400 }",
};
const good = [
  ...areas.map((area) => `soak.scanner_${area}`),
  "soak.reload_1",
  "soak.reload_2",
  "novywave.hello_world",
];
const bad = [...misbehaviours.map((mode) => `soak.${mode}`), "soak.trapping"];

function entry(id: string, artifact: string, rest = ""): string {
  return `[[plugins.entries]]\nid = "${id}"\nenabled = true\nartifact_path = "${artifact}"\n${rest}\n`;
}

function entries(outside: string): string {
  return [
    "[plugins]\nschema_version = 1\n",
    ...areas.map((area) =>
      entry(
        `soak.scanner_${area}`,
        "builtin:waveform_scanner",
        `config = { directories = ["${area}"], debounce_ms = 100 }`,
      ),
    ),
    entry("soak.reload_1", "builtin:auto_reload"),
    entry("soak.reload_2", "builtin:auto_reload"),
    entry("novywave.hello_world", "builtin:hello_world"),
    ...misbehaviours.map((mode) =>
      entry(
        `soak.${mode}`,
        "misbehaver.wasm",
        `limits = ${limits[mode] ?? "{}"}\nconfig = { mode = "${mode}", outside = ${JSON.stringify(outside)} }`,
      ),
    ),
    entry("soak.trapping", "trapping.wasm"),
  ].join("\n");
}

/** Numbers of one metric, by plugin. */
async function metric(serving: Serving, name: string): Promise<ReadonlyMap<string, number>> {
  const response = await fetch(`http://127.0.0.1:${serving.port}/metrics?token=${serving.token}`);
  const lines = (await response.text()).split("\n").filter((line) => line.startsWith(`${name}{`));
  const sums = new Map<string, number>();
  for (const line of lines) {
    const plugin = /plugin="([^"]*)"/u.exec(line)?.[1] ?? "";
    sums.set(plugin, (sums.get(plugin) ?? 0) + Number(line.split(" ").at(-1)));
  }
  return sums;
}

/** Whether reading a folder or a file here leaves a trace in its access time. */
async function leavesTrace(folder: string): Promise<boolean> {
  await mkdir(folder);
  await utimes(folder, 1_000, 2_000);
  await readdir(folder);
  return (await stat(folder)).atimeMs !== 1_000_000;
}

describe("plugins, good and bad, while the host's process is killed again and again", () => {
  let sandbox: Sandbox;
  let serving: Serving | undefined;
  let client: ServerClient | undefined;
  let misbehaver: string;
  let builds: Sandbox;

  beforeAll(async () => {
    builds = await makeSandbox();
    misbehaver = path.join(builds.root, "misbehaver.wasm");
    const folder = path.join(repository, "tests/fixtures/plugins/misbehaver");
    const built = await buildPlugin({ folder, outFile: misbehaver });
    if (!built.ok) throw new Error(JSON.stringify(built.error));
    return () => builds.remove();
  }, 120_000);

  beforeEach(async () => {
    sandbox = await makeSandbox();
  });
  afterEach(async () => {
    client?.close();
    await serving?.stop();
    serving = undefined;
    client = undefined;
    await sandbox.remove();
  });

  it(
    "every file is known in the end, every plugin is where it must be, and nothing outside was touched",
    { timeout: (seconds + 240) * 1000 },
    async () => {
      const { workspace, root } = sandbox;
      const outside = path.join(root, "outside");
      const secret = path.join(outside, "secret.vcd");
      const traced = await leavesTrace(path.join(root, "control"));
      await mkdir(outside);
      await writeFile(secret, "$enddefinitions $end\n");
      for (const area of areas) await mkdir(path.join(workspace, area));
      await symlink(outside, path.join(workspace, "leak"));
      await symlink(outside, path.join(workspace, "area0/leak"));
      await symlink(secret, path.join(workspace, "area1/leak.vcd"));
      await utimes(secret, 1_000, 2_000);
      await utimes(outside, 1_000, 2_000);
      await writeFile(path.join(workspace, "trapping.wasm"), await trappingPlugin());
      await copyFile(misbehaver, path.join(workspace, "misbehaver.wasm"));
      await writeFile(path.join(workspace, ".novywave"), entries(outside));

      const server = await serve([workspace, "--trust-workspace"], sandbox.env);
      serving = server;
      const ids = [...good, ...bad];
      await stateWhere(
        server,
        "20 plugins, the good ones ready",
        ({ plugins }) =>
          plugins.length === ids.length &&
          plugins.every(({ id, state }) => state === "ready" || bad.includes(id)),
        60_000,
      );

      const random = new Random(seed);
      const churn = new FileChurn(
        areas.map((area) => path.join(workspace, area)),
        random,
      );
      const began = Date.now();
      let killed = 0;
      const timesOfDeath = Array.from({ length: kills }, () => random.next() * seconds * 1000).sort(
        (a, b) => a - b,
      );
      while (churn.changes < changesWanted || killed < kills || Date.now() - began < seconds * 1000) {
        const passed = Date.now() - began;
        // As many changes as the time that has passed asks for, in bursts.
        const due = Math.min(changesWanted, Math.ceil((passed / (seconds * 1000)) * changesWanted));
        while (churn.changes < due) await churn.step();
        if (passed >= (timesOfDeath[killed] ?? Infinity)) {
          const [process_] = await childProcessesOf(server.pid);
          if (process_ !== undefined) {
            process.kill(process_, "SIGKILL");
            killed++;
          }
        }
        const asked = Date.now();
        await readState(server);
        expect(Date.now() - asked).toBeLessThan(10_000);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      expect(killed).toBe(kills);
      expect(churn.changes).toBeGreaterThanOrEqual(changesWanted);

      const logFile = path.join(root, "state/dev_server.log");
      // Where each plugin may be follows from the deaths that the log tells of.
      const strays = await noneWithin(10_000, async () => {
        const { plugins } = await readState(server);
        const log = await readLog(logFile);
        return plugins.flatMap(({ id, state }) => {
          const may = predictStates(id, log, Date.now());
          if (may.includes(state)) return [];
          const said = log.filter(({ plugin, crash }) => plugin === id || crash?.plugin === id).slice(-8);
          const lines = said.map(({ time, msg, crash }) => `${time} ${crash?.code ?? ""} ${msg}`);
          const now = new Date().toISOString();
          return [`${id} is ${state} at ${now}, and may be ${may.join(" or ")}\n${lines.join("\n")}`];
        });
      });
      expect(strays).toEqual([]);

      // What a person would do: those that were in the way of a kill too often are tried again.
      const connected = await connectToServer({ host: "127.0.0.1", port: server.port, token: server.token });
      if (!connected.ok) throw new Error(connected.error.message);
      client = connected.value;
      for (const { id, state } of (await readState(server)).plugins) {
        if (good.includes(id) && state !== "ready") await client.request("plugin.retry", { id });
      }
      expect(
        await noneWithin(60_000, async () => {
          const { plugins, files } = await readState(server);
          const known = new Map(files.map((file) => [file.path, file.state]));
          const there = new Set(churn.files);
          return [
            ...plugins.flatMap(({ id, state }) =>
              good.includes(id) && state !== "ready" ? [`${id} is ${state}`] : [],
            ),
            ...churn.files.flatMap((file) => {
              const state = known.get(file) ?? "not known";
              return state === "not known" || state === "missing" ? [`${file} exists and is ${state}`] : [];
            }),
            ...files.flatMap(({ path: file, state }) =>
              state !== "missing" && !there.has(file) ? [`${file} does not exist and is ${state}`] : [],
            ),
          ];
        }),
      ).toEqual([]);

      // A busy machine merges events, and a kill begins the count of those anew: go on until each has done its deed.
      expect(
        await noneWithin(60_000, async () => {
          const crashes = (await readLog(logFile)).flatMap(({ crash }) => crash ?? []);
          const missing = Object.entries({ "soak.trapping": "trap", "soak.spin": "deadline" }).filter(
            ([id, code]) => !crashes.some((crash) => crash.plugin === id && crash.code === code),
          );
          const { plugins } = await readState(server);
          for (const [id] of missing) {
            const state = plugins.find((plugin) => plugin.id === id)?.state;
            if (state !== "ready" && state !== "loading")
              await connected.value.request("plugin.retry", { id });
          }
          if (missing.length > 0) await churn.step();
          return missing.map(([id, code]) => `${id} has had no ${code}`);
        }),
      ).toEqual([]);

      // Nothing outside was read, told of, or claimed; links that lead there are shown to the person.
      const log = await readLog(logFile);
      expect(log.filter(({ msg }) => msg.includes("LOOT"))).toEqual([]);
      expect(JSON.stringify(await readState(server))).not.toContain("secret");
      if (traced) {
        expect((await stat(outside)).atimeMs).toBe(1_000_000);
        expect((await stat(secret)).atimeMs).toBe(1_000_000);
      }
      const statuses = await client.until("plugins", () => true);
      expect(statuses.find(({ id }) => id === "soak.scanner_area0")?.outside).toEqual([
        { link: path.join(workspace, "area0/leak"), target: outside },
      ]);

      // The records say what happened, by name.
      const crashes = log.flatMap(({ crash }) => crash ?? []);
      expect(crashes.find(({ plugin, code }) => plugin === "soak.trapping" && code === "trap")).toMatchObject(
        {
          code: "trap",
          export: "handle-event",
          frames: [{ name: "gives_up" }, { name: "counts_events" }, { index: expect.any(Number) as unknown }],
        },
      );
      expect(crashes.filter(({ plugin }) => plugin === "soak.spin")).toContainEqual(
        expect.objectContaining({ code: "deadline", limit: { name: "call_deadline_ms", value: 500 } }),
      );
      expect(JSON.stringify(crashes)).not.toContain("\u001b");
      const told = await client.request("plugin.logs", { id: "soak.trapping" });
      expect(JSON.stringify(told)).toContain("at gives_up");

      // What was shed is counted, what died is counted, over all instances.
      expect((await metric(server, "novywave_plugin_shed_total")).get("soak.flood")).toBeGreaterThan(0);
      expect((await metric(server, "novywave_plugin_deaths_total")).get("soak.spin")).toBeGreaterThan(0);
      const traps = (await metric(server, "novywave_plugin_traps_total")).get("soak.trapping");
      expect(traps).toBeGreaterThan(0);
      // Two kills in a row may have met one start.
      const restarts = (await metric(server, "novywave_plugin_restarts_total")).get("soak.reload_1");
      expect(restarts).toBeGreaterThan(0);
      expect(server.stderr()).toBe("");
    },
  );
});

/** Asks for what is wrong until nothing is, or the time is over; answers with the first few of the last look. */
async function noneWithin(ms: number, wrong: () => Promise<readonly string[]>): Promise<readonly string[]> {
  for (const until = Date.now() + ms; ;) {
    const found = await wrong();
    if (found.length === 0 || Date.now() > until) return found.slice(0, 10);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
