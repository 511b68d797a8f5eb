import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { findOrFetchBrowser } from "./browser.js";
import { at } from "./paths.js";
import { run, runScript } from "./run.js";

/**
 * @typedef {object} Outcome
 * @property {number} code 0 when all is well
 * @property {string} output
 * @property {number} [passed] tests, for steps that count them
 * @property {number} [failed]
 */

/**
 * What `npm test` does once everything is built; `onOutput` gets what a step writes while it runs.
 * @type {{ title: string, run: (onOutput?: (chunk: Buffer) => void) => Promise<Outcome> }[]}
 */
export const testSteps = [
  {
    title: "format",
    run: (onOutput) => runScript("node_modules/oxfmt/bin/oxfmt", ["--check", "."], { onOutput }),
  },
  {
    title: "lint",
    run: (onOutput) => runScript("node_modules/oxlint/bin/oxlint", ["--type-aware"], { onOutput }),
  },
  { title: "imports", run: (onOutput) => runScript("tools/check-imports.js", [], { onOutput }) },
  { title: "packages", run: (onOutput) => runScript("tools/check-packages.js", [], { onOutput }) },
  { title: "unit tests", run: (onOutput) => runVitest(process.execPath, [], onOutput) },
  {
    title: "plugins build",
    run: (onOutput) =>
      runScript("apps/cli/bin/novywave.js", ["plugins", "build", "--all", "--check"], { onOutput }),
  },
  { title: "browser tests", run: runPlaywright },
];

/**
 * Runs vitest under the given Node and reads its counts.
 * @param {string} node path of the executable
 * @param {string[]} args
 * @param {(chunk: Buffer) => void} [onOutput]
 * @returns {Promise<Outcome>}
 */
export async function runVitest(node, args, onOutput) {
  const report = freshReport(`vitest-${process.pid}.json`);
  const { code, output } = await run(
    node,
    [
      "--import",
      at("tools/lib/node20.js"),
      at("node_modules/vitest/vitest.mjs"),
      "run",
      "--reporter=default",
      "--reporter=json",
      `--outputFile.json=${report}`,
      ...args,
    ],
    { onOutput },
  );
  const counts = readReport(report);
  return {
    code,
    output,
    passed: counts?.numPassedTests ?? 0,
    failed: counts?.numFailedTests ?? 0,
  };
}

/** @returns {Promise<Outcome>} */
async function runPlaywright(onOutput) {
  const browser = await findOrFetchBrowser((text) => console.error(text));
  if (browser.path === undefined) return { code: 1, output: browser.error, passed: 0, failed: 1 };
  const report = freshReport(`playwright-${process.pid}.json`);
  const { code, output } = await runScript(
    "node_modules/@playwright/test/cli.js",
    ["test", "--reporter=list,json"],
    { env: { NOVYWAVE_CHROMIUM: browser.path, PLAYWRIGHT_JSON_OUTPUT_NAME: report }, onOutput },
  );
  const stats = readReport(report)?.stats;
  return {
    code,
    output,
    passed: (stats?.expected ?? 0) + (stats?.flaky ?? 0),
    failed: stats?.unexpected ?? 0,
  };
}

function freshReport(name) {
  mkdirSync(at(".cache"), { recursive: true });
  const path = at(".cache", name);
  rmSync(path, { force: true });
  return path;
}

function readReport(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  } finally {
    rmSync(path, { force: true });
  }
}
