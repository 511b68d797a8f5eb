// `npm run soak [vitest arguments]`: the tests in tests/soak, which also run in `npm test`, for much longer.
import { spawn } from "node:child_process";
import { buildProject } from "./lib/build-project.js";
import { at, root } from "./lib/paths.js";

const seconds = process.env["NOVYWAVE_SOAK_SECONDS"] ?? "300";
if (!/^[1-9]\d*$/u.test(seconds)) {
  console.error(`NOVYWAVE_SOAK_SECONDS is "${seconds}"; it must be a whole number of seconds.`);
  process.exit(2);
}

await buildProject();
console.error(`Each long run takes ${seconds} s (NOVYWAVE_SOAK_SECONDS).`);
const child = spawn(
  process.execPath,
  [
    "--import",
    at("tools/lib/node20.js"),
    at("node_modules/vitest/vitest.mjs"),
    "run",
    "tests/soak/",
    ...process.argv.slice(2),
  ],
  { cwd: root, stdio: "inherit", env: { ...process.env, NOVYWAVE_SOAK_SECONDS: seconds } },
);
child.on("close", (code) => {
  process.exitCode = code ?? 1;
});
