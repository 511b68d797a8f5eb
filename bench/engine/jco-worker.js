// Measures the code that jco generates, in a process of its own: it is generated source, and its tools can fail for good.
// Each message names a call; the answer is its microseconds.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { transpileBytes } from "@bytecodealliance/jco-transpile";
import { buildComponent, imports } from "./component.js";
import { callsOf, microseconds, warmUp } from "./measure.js";

const { component, api } = await buildComponent();
const { files } = await transpileBytes(component, {
  name: "bench",
  instantiation: "async",
  nodejsCompat: true,
});
const folder = await mkdtemp(join(tmpdir(), "novywave-bench-"));
try {
  const core = new Map();
  let entry = "";
  for (const [name, bytes] of Object.entries(files)) {
    if (name.endsWith(".wasm")) core.set(name, bytes);
    if (name === "bench.js") {
      entry = join(folder, "bench.mjs");
      await writeFile(entry, bytes);
    }
  }
  const { instantiate } = await import(pathToFileURL(entry).href);
  const instance = await instantiate((name) => WebAssembly.compile(core.get(name)), imports);
  const calls = callsOf(instance[api]);
  warmUp(calls);
  process.on("message", (name) => process.send(microseconds(calls[name])));
  process.send("ready");
} finally {
  await rm(folder, { recursive: true, force: true });
}
