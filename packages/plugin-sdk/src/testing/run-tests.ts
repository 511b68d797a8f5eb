import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { err, ok, type Result } from "../result.js";
import { hasTests, noTests } from "./test-files.js";

/** How one test went. */
export interface TestOutcome {
  /** Relative to the plugin's folder. */
  readonly file: string;
  readonly name: string;
  readonly state: "passed" | "failed" | "skipped";
  /** Why it failed. */
  readonly message?: string;
}

export interface TestReport {
  readonly passed: boolean;
  readonly tests: readonly TestOutcome[];
  /** What went wrong outside of tests: a file that cannot be loaded. */
  readonly errors: readonly string[];
}

export interface TestRunError {
  readonly code: "vitest-missing" | "no-tests" | "run-failed";
  readonly message: string;
}

const entry = fileURLToPath(new URL("../../dist/testing/test-process.js", import.meta.url));
const maxReportBytes = 16 * 1024 * 1024;

/**
 * Runs `test/**\/*.test.ts` (and `src/**\/*.test.ts`) of the plugin in `folder` in a process of its own. vitest and
 * `@novywave/plugin-sdk` come with the program: nothing has to be installed in the folder.
 *
 * @param onOutput gets what the test runner prints for people, as it comes
 */
export async function runTests(
  folder: string,
  options: { readonly onOutput?: (text: string) => void; readonly signal?: AbortSignal } = {},
): Promise<Result<TestReport, TestRunError>> {
  if (!hasVitest()) {
    return err({
      code: "vitest-missing",
      message: "vitest, which runs the tests, is not installed beside the program: npm install vitest@5",
    });
  }
  if (!(await hasTests(folder))) return err({ code: "no-tests", message: noTests(folder) });
  // Components made by the JavaScript toolchain use extended constant expressions, which Node 20 has behind a flag.
  const flags =
    Number(process.versions.node.split(".")[0]) < 22 ? ["--experimental-wasm-extended-const"] : [];
  const child = spawn(process.execPath, [...flags, entry, folder], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    ...(options.signal && { signal: options.signal }),
  });
  let output = "";
  const tell = (text: string): void => {
    if (output.length < maxReportBytes) output += text;
    options.onOutput?.(text);
  };
  child.stdout?.setEncoding("utf8").on("data", tell);
  child.stderr?.setEncoding("utf8").on("data", tell);
  let report: TestReport | undefined;
  child.on("message", (message) => {
    // Our own process; what it runs are the user's own tests.
    report = message as TestReport;
  });
  const code = await new Promise<number | null>((resolve) => {
    child.once("error", () => resolve(null));
    child.once("close", resolve);
  });
  if (report === undefined) {
    return err({
      code: "run-failed",
      message: `the tests did not run (code ${code}): ${output.slice(-2_000)}`,
    });
  }
  if (report.tests.length === 0 && report.errors.length === 0) {
    return err({
      code: "no-tests",
      message: noTests(folder),
    });
  }
  return ok(report);
}

/** It is no dependency of the package: a program that runs no tests does not need it. */
function hasVitest(): boolean {
  try {
    createRequire(import.meta.url).resolve("vitest/node");
    return true;
  } catch {
    return false;
  }
}
