import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { run, runScript } from "./run.js";

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const macApplications = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/**
 * A Chromium on this machine: the one named by NOVYWAVE_CHROMIUM, one on PATH, or Playwright's own.
 * @returns {Promise<string | undefined>}
 */
export async function findBrowser() {
  const named = process.env["NOVYWAVE_CHROMIUM"];
  if (named) return named;
  const folders = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  const candidates = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  if (process.platform === "darwin") candidates.push(...macApplications);
  return candidates.find(isExecutable) ?? (await playwrightBrowser());
}

/** Like {@link findBrowser}, and where there is none, lets Playwright fetch its own. */
export async function findOrFetchBrowser(say) {
  const found = await findBrowser();
  if (found !== undefined) return { path: found };
  say("No Chromium found, asking Playwright to fetch its own …");
  const { output } = await runScript("node_modules/@playwright/test/cli.js", ["install", "chromium"]);
  const fetched = await playwrightBrowser();
  if (fetched !== undefined) return { path: fetched };
  return {
    error: `${output.trim()}\n\nThe browser tests need Chromium and none was found. Install it (Debian, Ubuntu: apt-get install chromium; macOS: brew install --cask chromium; elsewhere: npx playwright install chromium), or name one in NOVYWAVE_CHROMIUM.`,
  };
}

/** Where Playwright keeps its Chromium, if it is there. */
async function playwrightBrowser() {
  // In a process of its own, so that nothing of the test runner is loaded into ours.
  const script = 'import("@playwright/test").then((p) => console.log(p.chromium.executablePath()))';
  const { code, output } = await run(process.execPath, ["-e", script]);
  const path = output.trim().split("\n").at(-1) ?? "";
  return code === 0 && existsSync(path) ? path : undefined;
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
