import { setTimeout } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { anotherBuild, echoComponent } from "./component.js";
import { median, ms, openHost, timeOf } from "./setup.js";

const rounds = 15;
/** After so long the host has booted a worker ahead. */
const spareMs = 600;
/** Less than after what the next spare is booted. */
const settleMs = 50;

/**
 * From the bytes of a component to `ready`, against the boot of a worker that does nothing. A processor that has been idle
 * boots a thread up to twice as slowly as one that has just booted another, so each is measured against a bare worker that
 * comes after the same pause and the same work.
 */
export async function startRows() {
  const component = await echoComponent();
  const opened = openHost("process");
  let builds = 0;
  const instances = [];
  const start = async () => {
    const bytes = anotherBuild(component, builds++);
    return timeOf(async () => void instances.push(await opened.start(bytes)));
  };
  /** What was started has settled; the spare is taken, and the next one not booted yet. */
  const takeSpare = async () => {
    await setTimeout(spareMs);
    const took = await start();
    await setTimeout(settleMs);
    return took;
  };
  const settle = () => Promise.all(instances.splice(0).map((instance) => instance.shutdown()));
  try {
    await start();
    await settle();
    const times = { withSpare: [], workerThen: [], without: [], workerAfter: [] };
    for (let round = 0; round <= rounds; round++) {
      const withSpare = await takeSpare();
      const without = await start();
      await settle();
      await takeSpare();
      const workerAfter = await timeOf(bareWorker);
      await settle();
      await setTimeout(spareMs);
      const workerThen = await timeOf(bareWorker);
      if (round === 0) continue;
      for (const [name, took] of Object.entries({ withSpare, workerThen, without, workerAfter })) {
        times[name].push(took);
      }
    }
    const row = (how, mine, worker, reach) => ({
      name: `host: ${(component.length / 1_000).toFixed(0)} kB from bytes to ready, ${how}`,
      against: "boot of a bare worker",
      ratio: median(mine) / median(worker),
      reach,
      note: `${ms(median(mine))}, worker ${ms(median(worker))}`,
    });
    return [
      row("no spare worker", times.without, times.workerAfter, "<= 1.5"),
      row("with a spare worker", times.withSpare, times.workerThen, "<= 0.5"),
    ];
  } finally {
    await opened.close();
  }
}

async function bareWorker() {
  const worker = new Worker('require("node:worker_threads").parentPort.postMessage(0)', { eval: true });
  await new Promise((resolve) => worker.once("message", resolve));
  void worker.terminate();
}
