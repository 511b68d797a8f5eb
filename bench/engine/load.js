import { setFlagsFromString } from "node:v8";
import { gzipSync } from "node:zlib";
import { checkHost, compile, inspect, instantiate } from "@novywave/component-engine";
import { build } from "vite";
import { at } from "../../tools/lib/paths.js";
import { sizedComponent } from "./component.js";
import { quickjsTimes } from "./quickjs.js";

/** What it costs to load and to weigh a component, and what the engine weighs itself. */
export async function loadRows() {
  // The JavaScript toolchain's modules need it on Node 20; later versions ignore it.
  if (process.version.startsWith("v20.")) setFlagsFromString("--experimental-wasm-extended-const");
  const small = await sizedComponent(15_000);
  const { ours, theirs, first, bytes } = await quickjsTimes();
  const [loaded] = await takingTurns(
    async () => instantiate(await compile(small), {}),
    () => undefined,
    21,
  );
  const weighed = async (bytes) =>
    (
      await takingTurns(
        () => checkHost(inspect(bytes), inspect(small)),
        () => undefined,
        21,
      )
    )[0];
  const medium = await sizedComponent(100_000);
  const large = await sizedComponent(12_000_000);
  return [
    { ...limit("engine: compile and instantiate", loaded, 5), note: `${small.length} bytes` },
    {
      name: "engine: compile and instantiate, QuickJS",
      against: "compile of its modules",
      ratio: ours / theirs,
      reach: "<= 2",
      note: `${ours.toFixed(1)} ms against ${theirs.toFixed(1)} ms, ${bytes} bytes, new to V8 each time; first in a process ${first.ours.toFixed(1)} ms against ${first.theirs.toFixed(1)} ms`,
    },
    { ...limit("engine: check against a host", await weighed(medium), 5), note: `${medium.length} bytes` },
    { ...limit("engine: check against a host", await weighed(large), 100), note: `${large.length} bytes` },
    await bundleRow(),
  ];
}

function limit(name, ms, most) {
  return { name, against: `${most} ms`, ratio: ms, reach: `<= ${most}`, unit: "ms" };
}

/** Milliseconds of two calls that take turns, medians. */
async function takingTurns(first, second, turns) {
  const times = [[], []];
  for (let i = 0; i < turns; i++) {
    for (const [side, call] of [first, second].entries()) {
      const start = performance.now();
      await call();
      times[side].push(performance.now() - start);
    }
  }
  return times.map((side) => side.sort((a, b) => a - b)[turns >> 1]);
}

/** The package as a program that embeds it ships it, bundled, minified and compressed: what runs components, and everything. */
async function bundleRow() {
  const [run, everything] = [await bundled("run"), await bundled("everything")];
  return {
    name: "engine: bundle, minified and compressed",
    against: "30 kB",
    ratio: run,
    reach: "<= 30",
    unit: "kB",
    note: `${everything.toFixed(1)} kB with describe and checkHost, which a bundler drops where they are not used`,
  };
}

async function bundled(entry) {
  const result = await build({
    configFile: false,
    logLevel: "error",
    build: {
      write: false,
      rolldownOptions: { input: at(`bench/engine/bundle/${entry}.js`), preserveEntrySignatures: "strict" },
    },
  });
  return gzipSync(result.output[0].code, { level: 9 }).length / 1000;
}
