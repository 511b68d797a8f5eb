import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { at } from "../../tools/lib/paths.js";
import { median, ms, openHost, timeOf, valueOf } from "./setup.js";

const folders = 2_000;
const filesPerFolder = 50;
const rounds = 9;

/** The shipped scanner, through the plugin-host process and the broker, against `find` with the same filter. */
export async function scanRows() {
  const row = {
    name: `host: scan of ${folders * filesPerFolder} files in ${folders} folders`,
    against: "find on the same tree",
    reach: "<= 5",
  };
  const tree = makeTree();
  try {
    if (find(tree).status !== 0) return [{ ...row, ratio: undefined, note: "there is no find here" }];
    const opened = openHost("process", tree);
    let found = 0;
    opened.host.published(({ event }) => {
      if (event.tag === "discovery") found = event.val.discovered.length;
    });
    try {
      const before = process.memoryUsage.rss();
      const scanner = readFileSync(at("plugins/dist/waveform_scanner_plugin.wasm"));
      const instance = await opened.start(scanner, {}, { directories: ["."] });
      const change = { tag: "filesystem-change", val: { subscriptionId: 1n, paths: [tree] } };
      const scans = [];
      const finds = [];
      for (let round = 0; round <= rounds; round++) {
        // A file that was not there before, so that the scanner has news to publish.
        writeFileSync(join(tree, "area0/folder0", `new${round}.vcd`), "");
        const scan = await timeOf(async () => valueOf(await instance.handleEvent(change)));
        const plain = await timeOf(() => find(tree));
        if (round === 0) continue; // warms caches up
        scans.push(scan);
        finds.push(plain);
      }
      const grown = (process.memoryUsage.rss() - before) / 1e6;
      const note = `${ms(median(scans))}, find ${ms(median(finds))}, ${found} waveforms published, server + ${grown.toFixed(0)} MB`;
      return [{ ...row, ratio: median(scans) / median(finds), note }];
    } finally {
      await opened.close();
    }
  } finally {
    rmSync(tree, { recursive: true });
  }
}

function makeTree() {
  const tree = realpathSync(mkdtempSync(join(tmpdir(), "novywave-bench-scan-")));
  for (let folder = 0; folder < folders; folder++) {
    const path = join(tree, `area${folder % 50}`, `folder${folder}`);
    mkdirSync(path, { recursive: true });
    for (let file = 0; file < filesPerFolder; file++)
      writeFileSync(join(path, file === 0 ? "wave.vcd" : `log${file}.txt`), "");
  }
  return tree;
}

function find(tree) {
  const names = ["vcd", "fst", "ghw"].flatMap((extension) => ["-o", "-iname", `*.${extension}`]).slice(1);
  return spawnSync("find", [tree, "-type", "f", "(", ...names, ")"]);
}
