import { setImmediate } from "node:timers/promises";
import { queryObjects } from "node:v8";
import type { PluginStatus } from "@novywave/protocol";
import { expect, test } from "vitest";
import { startTestServer } from "../testing/test-server.js";

test("who waited for a state is let go once it came", async () => {
  const { client } = await startTestServer();
  const waited: WeakRef<object>[] = [];
  const comes = (enabled: boolean): Promise<unknown> => {
    const accept = (plugins: readonly PluginStatus[]): boolean => plugins[0]?.enabled === enabled;
    waited.push(new WeakRef(accept));
    return client.until("plugins", accept);
  };
  await comes(true);
  for (let round = 1; round <= 10; round++) {
    const enabled = round % 2 === 0;
    const came = comes(enabled);
    await client.request("plugin.setEnabled", { id: "novywave.hello_world", enabled });
    await came;
  }
  await setImmediate();
  // Collects garbage first.
  queryObjects(WeakRef);
  expect(waited.filter((each) => each.deref() !== undefined).length).toBeLessThan(3);
});
