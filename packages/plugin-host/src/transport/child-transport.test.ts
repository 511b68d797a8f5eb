import { ChildProcess, spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import process from "node:process";
import { expect, it, onTestFinished } from "vitest";
import { openChild } from "./child-transport.js";
import type { Transport } from "./transport.js";

const mib = 1024 * 1024;

/** A transport, and what it tells. */
function open(start: () => ChildProcess) {
  const told: string[] = [];
  const events = new EventEmitter();
  const tell = (text: string): void => {
    told.push(text);
    events.emit(text);
  };
  const exit = once(events, "end").then(([reason]) => String(reason));
  const transport: Transport = openChild(start, {
    onMessage: () => tell("message"),
    maxMessageBytes: () => 1_000,
    onBroken: (what) => {
      tell(what);
      transport.kill();
    },
    onExit: (reason) => {
      tell("exit");
      events.emit("end", reason);
    },
    onOutput: tell,
  });
  onTestFinished(() => transport.kill());
  /** Resolves when the process prints this. */
  const line = (text: string): Promise<unknown> => once(events, text);
  return { transport, told, exit, line };
}

const run = (code: string) => (): ChildProcess =>
  spawn(process.execPath, ["-e", code], { stdio: ["ignore", "pipe", "pipe", "pipe"] });

it("a process that asks and does not read the answers is broken once 64 MiB wait for it, and not before", async () => {
  const { transport, told, exit } = open(run("setInterval(() => {}, 1e6)"));
  const answer = (bytes: number): void =>
    transport.send({
      type: "reply",
      instance: 1,
      hostCall: 1,
      outcome: { kind: "ok", value: new Uint8Array(bytes) },
    });
  // One that is larger than all that may wait is one answer, and may come.
  answer(80 * mib);
  expect(told).toEqual([]);
  answer(1);
  expect(told).toEqual([expect.stringMatching(/^questions without reading the answers \(\d+ bytes wait\)$/)]);
  expect(await exit).toBe("it was ended by SIGKILL");
  // Nothing is sent to one that is gone.
  answer(1);
  expect(told).toHaveLength(2);
});

it("what is read makes room", async () => {
  const { transport, told, line } = open(
    run(`let read = 0, said = 0;
      const pipe = new (require("node:net").Socket)({ fd: 3 });
      pipe.on("data", ({ length }) => {
        for (read += length; said < Math.floor(read / ${30 * mib}); ) console.log("read " + ++said);
      });`),
  );
  const value = new Uint8Array(30 * mib);
  for (let count = 1; count <= 6; count++) {
    const read = line(`read ${count}`);
    transport.send({ type: "reply", instance: 1, hostCall: 1, outcome: { kind: "ok", value } });
    await read;
  }
  expect(told).toHaveLength(6);
});

it("a process that closes its pipe and lives on is ended", async () => {
  const { exit } = open(run('require("node:fs").closeSync(3); setInterval(() => {}, 1e6)'));
  expect(await exit).toBe("it was ended by SIGKILL");
});

it("a process that cannot be started is told once, and ends nobody else", async () => {
  const missing = open(() => spawn("/does/not/exist", [], { stdio: ["ignore", "pipe", "pipe", "pipe"] }));
  expect(await missing.exit).toMatch(/^it could not be started: .*ENOENT/);
  // As where no descriptors are left: no streams, and an error that comes later.
  const late = open(() => {
    const child = new ChildProcess();
    setImmediate(() => child.emit("error", new Error("spawn EMFILE")));
    return child;
  });
  expect(await late.exit).toMatch(/^it could not be started/);
  await new Promise((resolve) => setImmediate(resolve));
  expect(late.told).toEqual(["exit"]);
});
