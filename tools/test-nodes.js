// `npm run test:nodes [22|26] [vitest arguments]`: the unit tests under other versions of Node, fetched from npm.
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { buildProject } from "./lib/build-project.js";
import { at } from "./lib/paths.js";
import { run, runNpm } from "./lib/run.js";
import { stepLine } from "./lib/step-line.js";
import { runVitest } from "./lib/test-steps.js";

const versions = ["22.23.2", "26.10.0"];
const [only, ...rest] = process.argv.slice(2);
const chosen = versions.filter((version) => version.split(".")[0] === only);
const args = chosen.length > 0 ? rest : process.argv.slice(2);

await buildProject();
for (const version of chosen.length > 0 ? chosen : versions) {
  const node = await fetchNode(version);
  const { code, output, passed, failed } = await runUnderLine(version, node);
  if (code !== 0) {
    console.log(output.trimEnd());
    process.exitCode = 1;
  }
  console.log(`Node ${version}: ${passed} passed, ${failed} failed`);
}

/** Runs the tests, and says meanwhile how far they are. */
async function runUnderLine(version, node) {
  const line = stepLine(`Node ${version}`);
  return runVitest(node, args, (chunk) => line.onOutput(chunk)).finally(() => line.end());
}

/** The executable of that version, installed from npm into .cache/nodes the first time. */
async function fetchNode(version) {
  const name = `node-${process.platform}-${process.arch}`;
  const folder = at(".cache/nodes", version);
  const node = at(".cache/nodes", version, "node_modules", name, "bin/node");
  if (!existsSync(node)) {
    console.error(`Fetching Node ${version} …`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(at(".cache/nodes", version, "package.json"), '{ "private": true }\n');
    const { code, output } = await runNpm(
      ["install", "--no-save", "--no-package-lock", "--loglevel=error", `${name}@${version}`],
      { cwd: folder },
    );
    if (code !== 0) fail(`${name}@${version} cannot be installed:\n${output}`);
  }
  const { code, output } = await run(node, ["--version"]);
  if (code !== 0 || output.trim() !== `v${version}`)
    fail(`${node} does not run as Node ${version}:\n${output}`);
  return node;
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
