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
    testTimeout: 20_000,
  },
});
