import { echoComponent } from "./component.js";
import { openExtism } from "./extism.js";
import { median, openHost, timeOf, us } from "./setup.js";

const sizes = [
  { name: "1 KiB", bytes: 1 << 10, calls: 400, warm: 4_000, process: "<= 1", inProcess: "<= 0.4" },
  { name: "1 MiB", bytes: 1 << 20, calls: 40, warm: 200, process: "<= 0.2", inProcess: "<= 0.05" },
];
const rounds = 7;
/** Extism keeps the memory of each call and becomes slower with their number: it is at its best with its first few hundred. */
const extismWarm = 20;

/**
 * The same bytes from the server to the guest and back, all of it warm. Each round has new processes and threads of all
 * three: how fast a thread wakes another depends on where the system has put them, for as long as they live.
 */
export async function roundTripRows() {
  const component = await echoComponent();
  const extism = await openExtism();
  try {
    const rows = [];
    for (const size of sizes) {
      const times = { process: [], inProcess: [], extism: [] };
      for (let round = 0; round < rounds; round++) {
        times.process.push(await ours("process", component, size));
        times.inProcess.push(await ours("in-process", component, size));
        if (extism) times.extism.push(await theirs(extism, size));
      }
      const [process, inProcess, other] = [times.process, times.inProcess, times.extism].map(median);
      const row = (how, mine, reach) => ({
        name: `host: ${size.name} there and back, ${how}`,
        against: `Extism ${extism?.version ?? ""} in background mode`,
        ratio: extism ? mine / other : undefined,
        reach,
        note: extism ? `${us(mine)}, ${us(other)}` : `${us(mine)}; Extism cannot be installed here`,
      });
      rows.push(row("process", process, size.process), row("in-process", inProcess, size.inProcess));
    }
    return rows;
  } finally {
    extism?.close();
  }
}

/** Milliseconds of one call: the median. */
async function ours(transport, component, { bytes, calls, warm }) {
  const host = openHost(transport);
  try {
    const instance = await host.start(component);
    const event = { tag: "config-updated", val: [{ key: "echo", value: "x".repeat(bytes) }] };
    return await medianOf(warm, calls, async () => {
      const { ok, error } = await instance.handleEvent(event);
      if (ok || error.code !== "plugin-error") throw new Error("the plugin did not give back what it got");
    });
  } finally {
    await host.close();
  }
}

async function theirs(extism, { bytes, calls }) {
  const plugin = await extism.open();
  try {
    const input = new Uint8Array(bytes).fill(120);
    return await medianOf(extismWarm, calls, async () => {
      const returned = await plugin.call(input);
      if (returned !== bytes) throw new Error("Extism gave back another number of bytes");
    });
  } finally {
    await plugin.close();
  }
}

async function medianOf(warm, calls, call) {
  for (let done = 0; done < warm; done++) await call();
  const times = [];
  for (let done = 0; done < calls; done++) times.push(await timeOf(call));
  return median(times);
}
