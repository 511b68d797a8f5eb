import { median, ms } from "./setup.js";
import { serve } from "./serve.js";

const plugins = 10;
/** After more deaths of the process in a row the plugins wait before they come back. */
const kills = 3;

/** The whole program with ten plugins: from the death of the plugin-host process until all are ready again. */
export async function restartRows() {
  const running = await serve(
    Array.from(
      { length: plugins },
      (_, n) =>
        `[[plugins.entries]]\nid = "bench.reload_${n}"\nenabled = true\nartifact_path = "builtin:auto_reload"\n`,
    ),
  );
  try {
    let since = 0;
    const ready = (statuses) =>
      statuses.length === plugins &&
      statuses.every((status) => status.state === "ready" && status.since >= since);
    const times = [];
    for (let kill = 0; kill < kills; kill++) {
      await running.client.until("plugins", ready);
      since = Date.now();
      const started = performance.now();
      running.killPluginHost();
      await running.client.until("plugins", ready);
      times.push(performance.now() - started);
    }
    const time = median(times);
    return [
      {
        name: `host: ${plugins} plugins ready after the process was killed`,
        against: "1 s",
        ratio: time / 1_000,
        reach: "<= 1",
        note: ms(time),
      },
    ];
  } finally {
    await running.close();
  }
}
