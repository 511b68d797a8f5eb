import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { serve } from "./serve.js";

const changes = 1_000;

/** In how many calls a burst of changes on the disk reaches the guest: the whole program, its watchers included. */
export async function burstRows() {
  const running = await serve([
    '[[plugins.entries]]\nid = "bench.reload"\nenabled = true\nartifact_path = "builtin:auto_reload"\n',
  ]);
  try {
    await running.client.until("plugins", (statuses) => statuses[0]?.state === "ready" && statuses[0].stats);
    for (let change = 0; change < changes; change++)
      writeFileSync(join(running.workspace, `wave${change}.vcd`), "");
    await running.client.until("plugins", (statuses) => calls(statuses) > 0);
    // What a later reading adds came of the same burst.
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    const counted = calls(running.client.topic("plugins"));
    return [
      {
        name: `host: calls for a burst of ${changes} changes`,
        against: "one call",
        ratio: counted,
        reach: "<= 10",
        note: `${counted} calls`,
      },
    ];
  } finally {
    await running.close();
  }
}

function calls(statuses) {
  return statuses[0]?.stats?.["handle-event.calls"] ?? 0;
}
