import { setTimeout } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { anotherBuild, echoComponent } from "./component.js";
import { median, ms, openHost, timeOf } from "./setup.js";

const rounds = 21;
/** After so long the host has booted a worker ahead. */
const spareMs = 600;
/** Less than after what the next spare is booted. */
const settleMs = 50;

/** From the bytes of a component to `ready`, against the boot of a worker that does nothing. */
export async function startRows() {
  const component = await echoComponent();
  const opened = openHost("process");
  try {
    await (await opened.start(component)).shutdown();
    const times = { withSpare: [], without: [], worker: [] };
    for (let round = 0; round <= rounds; round++) {
      await setTimeout(spareMs);
      const builds = [0, 1].map((each) => anotherBuild(component, round * 2 + each));
      const instances = [];
      const start = async (bytes) => void instances.push(await opened.start(bytes));
      const withSpare = await timeOf(() => start(builds[0]));
      // What was started has settled; the spare is taken, and the next one not booted yet.
      await setTimeout(settleMs);
      const without = await timeOf(() => start(builds[1]));
      const worker = await timeOf(bareWorker);
      await Promise.all(instances.map((instance) => instance.shutdown()));
      if (round === 0) continue;
      times.withSpare.push(withSpare);
      times.without.push(without);
      times.worker.push(worker);
    }
    const worker = median(times.worker);
    const row = (how, mine, reach) => ({
      name: `host: ${(component.length / 1_000).toFixed(0)} kB from bytes to ready, ${how}`,
      against: "boot of a bare worker",
      ratio: mine / worker,
      reach,
      note: `${ms(mine)}, worker ${ms(worker)}`,
    });
    return [
      row("no spare worker", median(times.without), "<= 1.5"),
      row("with a spare worker", median(times.withSpare), "<= 0.5"),
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
