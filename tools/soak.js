// `npm run soak [part of a file's name]`: the tests in tests/soak, which also run in `npm test`, for much longer.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { findOrFetchBrowser } from "./lib/browser.js";
import { buildProject } from "./lib/build-project.js";
import { at, root } from "./lib/paths.js";

const seconds = process.env["NOVYWAVE_SOAK_SECONDS"] ?? "300";
if (!/^[1-9]\d*$/u.test(seconds)) {
  console.error(`NOVYWAVE_SOAK_SECONDS is "${seconds}"; it must be a whole number of seconds.`);
  process.exit(2);
}

await buildProject();
console.error(`Each long run takes ${seconds} s (NOVYWAVE_SOAK_SECONDS).`);
const env = { ...process.env, NOVYWAVE_SOAK_SECONDS: seconds };
const wanted = process.argv.slice(2);
const browser = await findOrFetchBrowser((text) => console.error(text));
if (browser.path === undefined) {
  console.error(browser.error);
  process.exit(1);
}
const codes = [
  await runHere(
    ["--import", at("tools/lib/node20.js"), at("node_modules/vitest/vitest.mjs"), "run"],
    wanted.length > 0
      ? [...wanted.map((name) => `tests/soak/${name}`), "--passWithNoTests"]
      : ["tests/soak/"],
    env,
  ),
  await runHere(
    [at("node_modules/@playwright/test/cli.js"), "test"],
    wanted.length > 0
      ? [...wanted.map((name) => `tests/soak/${name}`), "--pass-with-no-tests"]
      : ["tests/soak/"],
    { ...env, NOVYWAVE_CHROMIUM: browser.path },
  ),
];
process.exitCode = codes.find((code) => code !== 0) ?? 0;

/** Runs Node with what it says on the terminal; the exit code. */
async function runHere(script, args, environment) {
  const child = spawn(process.execPath, [...script, ...args], {
    cwd: root,
    stdio: "inherit",
    env: environment,
  });
  const [code] = await once(child, "close");
  return code ?? 1;
}
