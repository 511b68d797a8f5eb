import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
// Without it vitest cannot print a failure on Node 20.
import "./tools/lib/node20.js";

// Imports across packages resolve to `dist`, so `tsc -b` comes first (`npm test` sees to it).
export default defineConfig({
  test: {
    include: [
      "packages/*/src/**/*.test.ts",
      "apps/*/src/**/*.test.{ts,tsx}",
      "tools/**/*.test.ts",
      "tests/integration/**/*.test.ts",
      "tests/soak/**/*.test.ts",
      "plugins/*/test/**/*.test.ts",
      "examples/*/test/**/*.test.ts",
    ],
    pool: "forks",
    // Components made by the JavaScript toolchain use extended constant expressions, which Node 20 has behind a flag.
    execArgv: Number(process.versions.node.split(".")[0]) < 22 ? ["--experimental-wasm-extended-const"] : [],
    // Half of the time the tests wait for processes that they started: two of them fill two cores.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // What takes two seconds on a developer's machine takes ten on a busy CI machine with two cores.
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
