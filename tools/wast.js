// Runs component scripts against the engine: `node tools/wast.js [--verbose] DIR|FILE...`. Build first.
// It points at any folder of scripts, for example `test/` of https://github.com/WebAssembly/component-model.
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { Worker } from "node:worker_threads";

if (Number(process.versions.node.split(".")[0]) < 22)
  setFlagsFromString("--experimental-wasm-extended-const");
if (Number(process.versions.node.split(".")[0]) === 22) setFlagsFromString("--experimental-wasm-exnref");

const { runScript } =
  await import("../packages/component-engine/dist/testing/wast/run-script.test.helper.js");

/** The text tool in a worker of its own: an instance of it that panicked answers no later call. */
class TextTool {
  #worker;

  parse(text) {
    this.#worker ??= new Worker(new URL("./lib/wat-worker.js", import.meta.url));
    const worker = this.#worker;
    return new Promise((resolve, reject) => {
      worker.once("message", ({ bytes, error, panicked }) => {
        if (panicked) this.close();
        if (bytes === undefined) reject(new Error(error));
        else resolve(bytes);
      });
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
      worker.postMessage(text);
    });
  }

  close() {
    void this.#worker?.terminate();
    this.#worker = undefined;
  }
}

function scriptsIn(path) {
  if (statSync(path).isFile()) return [path];
  return readdirSync(path, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".wast"))
    .toSorted()
    .map((name) => join(path, name));
}

const paths = process.argv.slice(2).filter((argument) => !argument.startsWith("-"));
const verbose = process.argv.includes("--verbose");
if (paths.length === 0) {
  console.error("usage: node tools/wast.js [--verbose] DIR|FILE...");
  process.exit(2);
}

const tool = new TextTool();
const total = { passed: 0, failed: 0, unsupported: 0 };
let byTextTool = 0;
const features = new Map();
for (const file of paths.flatMap(scriptsIn)) {
  let outcomes;
  try {
    outcomes = await runScript(readFileSync(file, "utf8"), {
      parse: (text) => tool.parse(text),
      // Scripts have more small memories than plugins.
      limits: { maxMemories: 64, maxMemoryBytes: 4 * 1024 * 1024 },
    });
  } catch (error) {
    outcomes = [{ line: 0, directive: "script", kind: "failed", reason: String(error) }];
  }
  const count = { passed: 0, failed: 0, unsupported: 0 };
  for (const outcome of outcomes) {
    count[outcome.kind] += 1;
    total[outcome.kind] += 1;
    if (outcome.kind === "passed" && outcome.byTextTool) byTextTool += 1;
    if (outcome.kind === "failed") {
      console.log(`${file}:${outcome.line}: ${outcome.directive}: ${outcome.reason}`);
    }
    if (outcome.kind === "unsupported") {
      features.set(outcome.feature, (features.get(outcome.feature) ?? 0) + 1);
      if (verbose) console.log(`${file}:${outcome.line}: ${outcome.directive}: uses ${outcome.feature}`);
    }
  }
  console.log(`${file}: ${count.passed} passed, ${count.failed} failed, ${count.unsupported} unsupported`);
}
tool.close();
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.unsupported} unsupported`);
if (byTextTool > 0)
  console.log(`Of those that passed, ${byTextTool} were rejected by the text tool already.`);
if (features.size > 0) {
  console.log("Unsupported, by feature:");
  for (const [feature, times] of [...features].toSorted((a, b) => b[1] - a[1])) {
    console.log(`  ${times} × ${feature}`);
  }
}
process.exitCode = total.failed === 0 ? 0 : 1;
