import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { at } from "../../tools/lib/paths.js";
import { median, ms } from "./setup.js";
import { serve } from "./serve.js";

const rounds = 7;
const id = "bench.greeter";
const manifest = `id = "${id}"
version = "0.1.0"
description = "Greets."
authors = ["NovyWave"]
license = "MIT"
`;
const source = (greeting) =>
  `import { defineSmokePlugin } from "@novywave/plugin-sdk/guest";
export const smoke = defineSmokePlugin({ init: () => "${greeting}" });
`;

/** `novywave plugins watch` beside a server: each build is ready in the server soon after it is in its place. */
export async function devLoopRows() {
  const running = await serve([
    `[[plugins.entries]]\nid = "${id}"\nenabled = true\nartifact_path = "greeter/dist/${id}_plugin.wasm"\n`,
  ]);
  const folder = join(running.workspace, "greeter");
  mkdirSync(join(folder, "src"), { recursive: true });
  writeFileSync(join(folder, "Plugin.toml"), manifest);
  const edit = (greeting) => writeFileSync(join(folder, "src/index.ts"), source(greeting));
  edit("0");
  const cli = at("apps/cli/bin/novywave.js");
  const watch = spawn(process.execPath, [cli, "plugins", "watch", folder], {
    cwd: running.workspace,
    env: running.env,
    stdio: "ignore",
  });
  try {
    const artifact = join(folder, `dist/${id}_plugin.wasm`);
    const ready = (greeting) =>
      running.client.until("plugins", ([plugin]) => plugin?.state === "ready" && plugin.message === greeting);
    await ready("0");
    const times = { whole: [], pickUp: [] };
    for (let round = 1; round <= rounds; round++) {
      const saved = Date.now();
      edit(String(round));
      await ready(String(round));
      const now = Date.now();
      times.whole.push(now - saved);
      // When it was renamed to its place.
      times.pickUp.push(now - statSync(artifact).ctimeMs);
    }
    const pickUp = median(times.pickUp);
    return [
      {
        name: "host: new artifact in its place until it is ready in the server",
        against: "1 s",
        ratio: pickUp / 1_000,
        reach: "<= 1",
        note: `${ms(pickUp)}; ${ms(median(times.whole))} from the saved source, most of it in the toolchain`,
      },
    ];
  } finally {
    const ended = once(watch, "exit");
    watch.kill("SIGTERM");
    await ended;
    await running.close();
  }
}
