// A process that starts as many workers as it is told to, which do nothing, and says when they run.
import { once } from "node:events";
import { Worker } from "node:worker_threads";

const idle =
  'const { parentPort } = require("node:worker_threads"); parentPort.on("message", () => {}); parentPort.postMessage(0);';

async function start(count) {
  const workers = Array.from({ length: count }, () => new Worker(idle, { eval: true }));
  await Promise.all(workers.map((worker) => once(worker, "message")));
  process.send("running");
}

process.on("message", (count) => void start(count));
const first = new Worker(idle, { eval: true });
await once(first, "message");
await first.terminate();
process.send("ready");
