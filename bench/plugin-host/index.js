import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { ok, systemClock, toDisposable } from "../../packages/base/dist/index.js";
import {
  createPluginHost,
  inspectArtifact,
  readArtifact,
  withDefaults,
} from "../../packages/plugin-host/dist/index.js";
import { buildPlugin } from "../../packages/plugin-sdk/dist/index.js";
import { at } from "../../tools/lib/paths.js";

const deadlineMs = 300;
const rounds = 7;

/** How soon after its deadline a hung plugin is gone. */
export async function rows() {
  const workspace = realpathSync(mkdtempSync(join(tmpdir(), "novywave-bench-host-")));
  let changed;
  const host = createPluginHost({
    transport: "process",
    workspace,
    ports: {
      watch: (_folders, _debounceMs, onChange) => {
        changed = onChange;
        return Promise.resolve(ok(toDisposable(() => {})));
      },
    },
    clock: systemClock,
    log: () => {},
  });
  try {
    const outFile = join(workspace, "endless_loop.wasm");
    valueOf(await buildPlugin({ folder: at("tests/fixtures/plugins/endless_loop"), outFile }));
    const artifact = valueOf(
      await readArtifact({
        artifactPath: "endless_loop.wasm",
        configFolder: workspace,
        builtins: { get: () => undefined, isShipped: () => false },
      }),
    );
    const { manifest, uses } = valueOf(inspectArtifact(artifact));
    const start = () =>
      host.start({
        pluginId: manifest.id,
        artifact,
        manifest,
        config: {},
        channels: [],
        capabilities: uses,
        folders: [workspace],
        limits: withDefaults({ callDeadlineMs: deadlineMs }),
      });
    const late = [];
    for (let round = 0; round <= rounds; round++) {
      const instance = valueOf(await start());
      const died = new Promise((resolve) => instance.died(resolve));
      writeFileSync(join(workspace, "poke.txt"), String(round));
      const poked = performance.now();
      changed?.([join(workspace, "poke.txt")]);
      await died;
      const lateness = performance.now() - poked - deadlineMs;
      if (round === 0) continue; // the process starts, the artifact is compiled
      late.push(lateness);
    }
    return [
      {
        name: "hung plugin is gone after its deadline",
        against: "100 ms",
        reach: "<= 1",
        ratio: median(late) / 100,
        note: `${median(late).toFixed(0)} ms after a deadline of ${deadlineMs} ms`,
      },
    ];
  } finally {
    await host[Symbol.asyncDispose]();
    rmSync(workspace, { recursive: true });
  }
}

function valueOf(result) {
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? NaN;
}
