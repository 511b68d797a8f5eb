// The process in which a plugin's tests run: `test-process.js FOLDER`. It posts a TestReport to its parent.
import { createRequire } from "node:module";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { startVitest } from "vitest/node";
import { printLogsVariable } from "./print-logs.js";
import { testFolders } from "./test-files.js";
import type { TestOutcome, TestReport } from "./run-tests.js";

// Vitest 5 prints failures with Map.groupBy, which Node has from 21 on.
if (!("groupBy" in Map)) Object.defineProperty(Map, "groupBy", { value: groupBy });

function groupBy<T, K>(items: Iterable<T>, keyOf: (item: T, index: number) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  let index = 0;
  for (const item of items) {
    const key = keyOf(item, index++);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

const [, , folder = "."] = process.argv;
const sdk = (file: string): string => fileURLToPath(new URL(`../${file}`, import.meta.url));

const run = await startVitest(
  "test",
  [],
  {
    root: folder,
    // A vitest.config of the plugin's folder would need vitest there.
    config: false,
    watch: false,
    passWithNoTests: true,
    include: testFolders.map((name) => `${name}/**/*.test.{ts,js}`),
    pool: "forks",
    execArgv: process.execArgv,
    testTimeout: 30_000,
    env: { [printLogsVariable]: "1" },
  },
  {
    resolve: {
      alias: [
        {
          find: /^vitest$/u,
          replacement: createRequire(import.meta.url)
            .resolve("vitest")
            .replace(/index\.cjs$/u, "dist/index.js"),
        },
        { find: "@novywave/plugin-sdk/testing", replacement: sdk("testing/index.js") },
        { find: "@novywave/plugin-sdk/config", replacement: sdk("guest/config.js") },
        { find: "@novywave/plugin-sdk/guest", replacement: sdk("guest/index.js") },
      ],
    },
  },
);

const modules = run.state.getTestModules();
const tests = modules.flatMap((module) =>
  [...module.children.allTests()].map((test): TestOutcome => {
    const { state, errors } = test.result();
    const file = relative(folder, module.moduleId);
    const [error] = errors ?? [];
    return {
      file,
      name: test.fullName,
      state: state === "pending" ? "skipped" : state,
      ...(error && { message: error.message }),
    };
  }),
);
const errors = [
  ...modules.flatMap((module) =>
    module.errors().map(({ message }) => `${relative(folder, module.moduleId)}: ${message}`),
  ),
  ...run.state.getUnhandledErrors().map((error) => (error instanceof Error ? error.message : String(error))),
];
const report: TestReport = {
  passed: errors.length === 0 && tests.every(({ state }) => state !== "failed"),
  tests,
  errors,
};
await run.close();
process.send?.(report, () => process.exit());
