import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it, onTestFinished } from "vitest";
import { childFlags } from "./process.js";

const major = Number(process.versions.node.split(".")[0]);

/** What the process and its workers do first. */
const disarm = new URL("../../dist/supervisor/disarm.js", import.meta.url);

/** What a guest that broke out into JavaScript would try: a function that answers, for each attempt, what came of it. */
const attempts = `async (require, { folder, port }) => {
  const tried = async (act) => {
    try { return (await act()) ?? "done"; } catch (error) { return error.code ?? error.name; }
  };
  const fs = require("node:fs"), child = require("node:child_process"), net = require("node:net");
  const { kill } = await import("node:process");
  const reach = (socket, event) => new Promise((resolve, reject) => socket.on(event, () => { socket.destroy?.(); resolve(); }).on("error", reject));
  const acts = {
    "read a file": () => void fs.readFileSync(folder + "/secret"),
    "list a folder": () => void fs.readdirSync("/"),
    "read another process": () => void fs.readFileSync("/proc/1/cmdline"),
    "read by a worker": () => new Promise((resolve, reject) => {
      new (require("node:worker_threads").Worker)(folder + "/secret.js").on("exit", () => resolve()).on("error", reject);
    }),
    "write a file": () => fs.writeFileSync(folder + "/written", ""),
    "make a link": () => fs.symlinkSync("/etc", folder + "/link"),
    "change a mode": () => fs.chmodSync(folder, 0o777),
    "write a report": () => void process.report.writeReport(folder + "/report"),
    "write a heap snapshot": () => void require("node:v8").writeHeapSnapshot(folder + "/heap"),
    "write traces": () => require("node:trace_events").createTracing({ categories: ["v8"] }).enable(),
    "write a database": () => {
      const { DatabaseSync } = require("node:sqlite");
      new DatabaseSync(folder + "/database").exec("create table t (a)");
    },
    "start a program": () => void child.spawnSync("true"),
    "become a program": () => process.execve("/bin/true", ["true"], {}),
    "open a folder to WASI": () => void new (require("node:wasi").WASI)({ version: "preview1", preopens: { "/": "/" } }),
    "load native code": () => process.dlopen({ exports: {} }, folder + "/native.node"),
    "require native code": () => require(folder + "/native.node"),
    "reach inside the runtime": () => void process.binding("fs"),
    "open an inspector": () => void require("node:inspector").open(0),
    "be its own inspector": () => new (require("node:inspector").Session)().connect(),
    "signal the server": () => void process.kill(process.ppid, 0),
    "signal the server by a copy": () => void kill(process.ppid, 0),
    "signal the server by what is beneath": () => void process._kill(process.ppid, 0),
    "debug the server": () => process._debugProcess(2 ** 30),
    "call out": () => reach(net.connect(port, "127.0.0.1"), "connect"),
    "listen": () => reach(net.createServer().listen(0), "listening"),
    "send datagrams": () => reach(require("node:dgram").createSocket("udp4").bind(0), "listening"),
    "look up a name": () => require("node:dns/promises").lookup("localhost").then(() => undefined),
    "start a thread": () => void new (require("node:worker_threads").Worker)("", { eval: true }),
    "see the environment": () => Object.keys(process.env).join() || "nothing",
  };
  const outcome = {};
  for (const [what, act] of Object.entries(acts)) outcome[what] = await tried(act);
  return outcome;
}`;

const intruder = (surroundings: object): string => `
const { Worker } = require("node:worker_threads");
const disarm = ${JSON.stringify(disarm.href)};
const surroundings = ${JSON.stringify(surroundings)};
const source = "(async () => { (await import(" + JSON.stringify(disarm) + ")).disarm(); return (" +
  ${JSON.stringify(attempts)} + ")(require, " + JSON.stringify(surroundings) + "); })()";
void (async () => {
  const inWorker = new Promise((resolve, reject) => {
    new Worker(source + '.then((outcome) => require("node:worker_threads").parentPort.postMessage(outcome))', {
      eval: true,
      env: {},
    }).on("message", resolve).on("error", reject);
  });
  const inMain = await new Function("require", "return " + source)(require);
  console.log(JSON.stringify([inMain, await inWorker]));
  process.exit();
})();`;

const denied = "ERR_ACCESS_DENIED";
/** Gone: there is no such function or module. */
const none = "TypeError";
const unknown = "ERR_UNKNOWN_BUILTIN_MODULE";

/** The walls, as they stand in the running Node. */
const expected: Readonly<Record<string, unknown>> = {
  "read a file": denied,
  "list a folder": denied,
  "read another process": denied,
  "read by a worker": denied,
  "write a file": denied,
  "make a link": denied,
  "change a mode": denied,
  "write a report": denied,
  "write a heap snapshot": denied,
  // Node 20 does not ask; they go to the null device.
  "write traces": major < 22 ? "done" : denied,
  "write a database": unknown,
  "start a program": denied,
  "become a program": major < 22 ? none : denied,
  "open a folder to WASI": denied,
  "load native code": none,
  "require native code": none,
  "reach inside the runtime": none,
  "open an inspector": denied,
  "be its own inspector": denied,
  "signal the server": none,
  "signal the server by a copy": none,
  "signal the server by what is beneath": none,
  "debug the server": none,
  "call out": major < 25 ? "done" : denied,
  listen: major < 25 ? "done" : denied,
  "send datagrams": major < 25 ? "done" : denied,
  "look up a name": major < 25 ? "done" : denied,
  // The process needs them; each costs the process memory, and the process is the one to be killed.
  "start a thread": "done",
  "see the environment": "nothing",
};

it("R4.7 an intruder in the plugin-host process: what it cannot do, in its main thread and in a worker", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "intruder-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(path.join(folder, "secret"), "secret");
  await writeFile(path.join(folder, "secret.js"), "");
  await writeFile(path.join(folder, "native.node"), "");
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [...childFlags(), `--allow-fs-read=${fileURLToPath(disarm)}`, "-e", intruder({ folder, port })],
    { env: {}, cwd: folder },
  );
  const [inMain, inWorker] = JSON.parse(stdout) as readonly unknown[];
  expect(inMain).toEqual(expected);
  expect(inWorker).toEqual({
    ...expected,
    "write traces": "ERR_TRACE_EVENTS_UNAVAILABLE",
    "become a program": major < 22 ? none : "ERR_WORKER_UNSUPPORTED_OPERATION",
  });
  expect((await readdir(folder)).sort()).toEqual(["native.node", "secret", "secret.js"]);
});
