import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildPlugin } from "../../packages/plugin-sdk/dist/index.js";
import { at } from "../../tools/lib/paths.js";
import { median, openHost, valueOf } from "./setup.js";

const deadlineMs = 300;
const rounds = 7;

/** How soon after its deadline a hung plugin is gone. */
export async function hangRows() {
  const opened = openHost("process");
  try {
    const outFile = join(opened.workspace, "endless_loop.wasm");
    valueOf(await buildPlugin({ folder: at("tests/fixtures/plugins/endless_loop"), outFile }));
    const bytes = readFileSync(outFile);
    const late = [];
    for (let round = 0; round <= rounds; round++) {
      const instance = await opened.start(bytes, { callDeadlineMs: deadlineMs });
      const died = new Promise((resolve) => instance.died(resolve));
      writeFileSync(join(opened.workspace, "poke.txt"), String(round));
      const poked = performance.now();
      opened.changed([join(opened.workspace, "poke.txt")]);
      await died;
      const lateness = performance.now() - poked - deadlineMs;
      if (round > 0) late.push(lateness);
    }
    return [
      {
        name: "host: hung plugin is gone after its deadline",
        against: "100 ms",
        reach: "<= 1",
        ratio: median(late) / 100,
        note: `${median(late).toFixed(0)} ms after a deadline of ${deadlineMs} ms`,
      },
    ];
  } finally {
    await opened.close();
  }
}
