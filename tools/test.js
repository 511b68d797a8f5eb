// `npm test`: builds what is stale, then runs every check, one line each, and says meanwhile which one runs. Ends with
// `N passed, N failed`.
import { buildProject } from "./lib/build-project.js";
import { stepLine } from "./lib/step-line.js";
import { testSteps } from "./lib/test-steps.js";

let passed = 0;
let failed = 0;

// It says itself what it does.
await timed(
  "build",
  async () => {
    await buildProject();
    return { code: 0, output: "" };
  },
  { quiet: true },
);
for (const step of testSteps) if (!(await timed(step.title, step.run))) break;
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

/** Runs one step, prints its line (and, if it failed, what it wrote), and adds up its counts. */
async function timed(title, step, { quiet = false } = {}) {
  const started = performance.now();
  const line = quiet ? undefined : stepLine(title);
  const outcome = await step((chunk) => line?.onOutput(chunk)).finally(() => line?.end());
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  passed += outcome.passed ?? 0;
  // A step that fails without a failed test (a check, a crash of the runner) counts as one.
  failed += outcome.code === 0 ? 0 : Math.max(1, outcome.failed ?? 0);
  const counts = outcome.passed === undefined ? "" : `  ${outcome.passed} passed, ${outcome.failed} failed`;
  console.log(
    `${outcome.code === 0 ? "ok    " : "FAILED"}  ${title.padEnd(14)} ${seconds.padStart(6)} s${counts}`,
  );
  if (outcome.code !== 0) console.log(`\n${outcome.output.trimEnd()}\n`);
  return outcome.code === 0;
}
