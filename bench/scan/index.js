import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ok, systemClock, toDisposable } from "../../packages/base/dist/index.js";
import {
  createPluginHost,
  defaultLimits,
  inspectArtifact,
  readArtifact,
} from "../../packages/plugin-host/dist/index.js";
import { at } from "../../tools/lib/paths.js";

const folders = 400;
const filesPerFolder = 50;
const rounds = 9;

/** The shipped scanner, through the plugin-host process and the broker, against `find` with the same filter. */
export async function rows() {
  const row = {
    name: `scan of ${(folders * filesPerFolder).toLocaleString("en").replace(",", " ")} files in ${folders} folders`,
    against: "find on the same tree",
    reach: "<= 5",
  };
  const tree = makeTree();
  try {
    if (find(tree).status !== 0) return [{ ...row, ratio: undefined, note: "there is no find here" }];
    const scanner = await startScanner(tree);
    try {
      const scans = [];
      const finds = [];
      for (let round = 0; round <= rounds; round++) {
        // A file that was not there before, so that the scanner has news to publish.
        writeFileSync(join(tree, "folder0", `new${round}.vcd`), "");
        const [scan, plain] = [await time(() => scanner.scan()), await time(() => find(tree))];
        if (round === 0) continue; // warms caches up
        scans.push(scan);
        finds.push(plain);
      }
      const [scan, plain] = [median(scans), median(finds)];
      return [
        {
          ...row,
          ratio: scan / plain,
          note: `${scan.toFixed(0)} ms, find ${plain.toFixed(0)} ms, ${scanner.found()} waveforms published`,
        },
      ];
    } finally {
      await scanner.stop();
    }
  } finally {
    rmSync(tree, { recursive: true });
  }
}

async function startScanner(workspace) {
  const host = createPluginHost({
    transport: "process",
    workspace,
    ports: { watch: () => Promise.resolve(ok(toDisposable(() => {}))) },
    clock: systemClock,
    log: () => {},
  });
  let found = 0;
  host.published(({ event }) => {
    if (event.tag === "discovery") found = event.val.discovered.length;
  });
  const artifact = valueOf(
    await readArtifact({
      artifactPath: "waveform_scanner_plugin.wasm",
      configFolder: at("plugins/dist"),
      builtins: { get: () => undefined, isShipped: () => false },
    }),
  );
  const { manifest, uses } = valueOf(inspectArtifact(artifact));
  const instance = valueOf(
    await host.start({
      pluginId: manifest.id,
      artifact,
      manifest,
      config: { directories: ["."] },
      channels: manifest.channels,
      capabilities: uses,
      folders: [workspace],
      limits: defaultLimits,
    }),
  );
  const change = { tag: "filesystem-change", val: { subscriptionId: 1, paths: [workspace] } };
  return {
    scan: async () => valueOf(await instance.handleEvent(change)),
    found: () => found,
    stop: () => host[Symbol.asyncDispose](),
  };
}

function makeTree() {
  const tree = realpathSync(mkdtempSync(join(tmpdir(), "novywave-bench-scan-")));
  for (let folder = 0; folder < folders; folder++) {
    const path = join(tree, `folder${folder}`);
    mkdirSync(path);
    for (let file = 0; file < filesPerFolder; file++)
      writeFileSync(join(path, file === 0 ? "wave.vcd" : `log${file}.txt`), "");
  }
  return tree;
}

function find(tree) {
  const names = ["vcd", "fst", "ghw"].flatMap((extension) => ["-o", "-iname", `*.${extension}`]).slice(1);
  return spawnSync("find", [tree, "-type", "f", "(", ...names, ")"]);
}

async function time(task) {
  const started = performance.now();
  await task();
  return performance.now() - started;
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

function valueOf(result) {
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`);
  return result.value;
}
