import { echoComponent } from "./component.js";
import { openExtism } from "./extism.js";
import { median, openHost, timeOf, us } from "./setup.js";

const sizes = [
  { name: "1 KiB", bytes: 1 << 10, calls: 2_000, process: "<= 1", inProcess: "<= 0.4" },
  { name: "1 MiB", bytes: 1 << 20, calls: 24, process: "<= 0.2", inProcess: "<= 0.05" },
];
const rounds = 5;

/** The same bytes from the server to the guest and back; the three take turns. */
export async function roundTripRows() {
  const component = await echoComponent();
  const inChild = openHost("process");
  const inThread = openHost("in-process");
  const extism = await openExtism();
  try {
    const child = await inChild.start(component);
    const thread = await inThread.start(component);
    const rows = [];
    for (const size of sizes) {
      const text = "x".repeat(size.bytes);
      const bytes = new TextEncoder().encode(text);
      const event = { tag: "config-updated", val: [{ key: "echo", value: text }] };
      const ours = (instance) => async () => {
        const { ok, error } = await instance.handleEvent(event);
        if (ok || error.code !== "plugin-error") throw new Error("the plugin did not give back what it got");
      };
      const theirs = async () => {
        if ((await extism.call(bytes)) !== bytes.length)
          throw new Error("Extism gave back another number of bytes");
      };
      const contestants = [ours(child), ours(thread), ...(extism ? [theirs] : [])];
      const times = contestants.map(() => []);
      for (let round = 0; round <= rounds; round++) {
        for (const [index, contestant] of contestants.entries()) {
          for (let call = 0; call < size.calls; call++) {
            const time = await timeOf(contestant);
            if (round > 0) times[index].push(time);
          }
        }
      }
      const [process, inProcess, other] = times.map(median);
      const row = (how, mine, reach) => ({
        name: `host: ${size.name} there and back, ${how}`,
        against: `Extism ${extism?.version ?? ""} in background mode`,
        ratio: other === undefined ? undefined : mine / other,
        reach,
        note:
          other === undefined ? `${us(mine)}; Extism cannot be installed here` : `${us(mine)}, ${us(other)}`,
      });
      rows.push(row("process", process, size.process), row("in-process", inProcess, size.inProcess));
    }
    return rows;
  } finally {
    await Promise.all([inChild.close(), inThread.close(), extism?.close()]);
  }
}
