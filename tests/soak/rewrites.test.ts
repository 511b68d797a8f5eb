import { readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  makeSandbox,
  novywave,
  readState,
  serve,
  stateWhere,
  type Sandbox,
  type Serving,
} from "../support/novywave.js";

// 20 seconds in `npm test`; `npm run soak` asks for minutes.
const seconds = Number(process.env["NOVYWAVE_SOAK_SECONDS"] ?? "20");

/** A simulation of `ticks` ticks of one counter. */
function waveform(ticks: number): string {
  const lines = [
    "$timescale 1ns $end",
    "$scope module top $end",
    "$var wire 32 ! count [31:0] $end",
    "$upscope $end",
    "$enddefinitions $end",
  ];
  for (let tick = 0; tick <= ticks; tick++) lines.push(`#${tick}`, `b${tick.toString(2)} !`);
  return `${lines.join("\n")}\n`;
}

describe("hours of simulation, in short", () => {
  let sandbox: Sandbox;
  let serving: Serving | undefined;

  beforeEach(async () => {
    sandbox = await makeSandbox();
  });

  afterEach(async () => {
    await serving?.stop();
    serving = undefined;
    await sandbox.remove();
  });

  it(
    "follows a file that is rewritten again and again while plugins go off and on, and does not grow",
    { timeout: (seconds + 60) * 1000 },
    async () => {
      const wave = path.join(sandbox.workspace, "run.vcd");
      await writeFile(wave, waveform(10));
      const server = await serve([sandbox.workspace], sandbox.env);
      serving = server;
      await stateWhere(
        server,
        "the file and three plugins ready",
        ({ files, plugins }) =>
          files[0]?.state === "ready" &&
          plugins.length === 3 &&
          plugins.every(({ state }) => state === "ready"),
      );
      const until = Date.now() + seconds * 1000;
      let settled: number | undefined;
      let rounds = 0;
      for (; Date.now() < until || rounds < 3; rounds++) {
        const ticks = 100 + ((rounds * 977) % 5000);
        if (rounds % 2 === 0) await writeFile(wave, waveform(ticks));
        else {
          await writeFile(`${wave}.part`, waveform(ticks));
          await rename(`${wave}.part`, wave);
        }
        await stateWhere(
          server,
          `${ticks} ticks in round ${rounds}`,
          ({ files }) => files[0]?.state === "ready" && files[0].end === String(ticks),
        );
        if (rounds % 5 === 4) {
          for (const command of ["disable", "enable"]) {
            const args = ["plugins", command, "hello_world", "-w", sandbox.workspace];
            expect(await novywave(args, { env: sandbox.env })).toMatchObject({ code: 0 });
          }
          await stateWhere(server, "hello_world ready again", ({ plugins }) =>
            plugins.some(({ id, state }) => id === "novywave.hello_world" && state === "ready"),
          );
        }
        // What is loaded and cached in the first rounds is not growth.
        if (rounds === 4) settled = await residentBytes(server.pid);
      }
      const now = await residentBytes(server.pid);
      if (settled !== undefined && now !== undefined)
        expect(now).toBeLessThan(settled * 1.5 + 64 * 1024 * 1024);
      expect((await readState(server)).plugins.filter(({ state }) => state !== "ready")).toEqual([]);
      expect(server.stderr()).toBe("");
    },
  );
});

/** Memory of a process; only Linux tells without help. */
async function residentBytes(pid: number): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  const kilobytes = /^VmRSS:\s+(\d+) kB/mu.exec(status)?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}
