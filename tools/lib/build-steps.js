import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { contentHash, fingerprint } from "./fingerprint.js";
import { at, root } from "./paths.js";
import { runNpm, runScript } from "./run.js";

/**
 * @typedef {object} Step
 * @property {string} name key in the stamp file
 * @property {string} title shown while the step runs
 * @property {() => string} inputs what the outcome depends on; the step is stale when it differs from the stamp
 * @property {() => boolean} present whether the outcome is there at all
 * @property {boolean} [stampless] `present` alone decides
 * @property {() => Promise<{ code: number, output: string }>} run
 */

const isTest = (path) => /\.test\.tsx?$/u.test(path);

/** Dependencies: the lock file decides, recorded inside node_modules so that deleting the folder is noticed. */
const install = {
  name: "install",
  title: "Installing dependencies (the first time this takes about a minute)",
  stampless: true,
  inputs: () => contentHash(at("package-lock.json")) ?? "no lock file",
  present: () => readText(at("node_modules/.novywave-stamp")) === install.inputs() || installedByHand(),
  async run() {
    const outcome = await runNpm(["ci", "--no-progress", "--loglevel=error"]);
    if (outcome.code === 0) writeFileSync(at("node_modules/.novywave-stamp"), install.inputs());
    return outcome;
  },
};

/** True, and noted, when npm itself installed after the lock file last changed. */
function installedByHand() {
  const installed = timeOf(at("node_modules/.package-lock.json"));
  if (installed === undefined || installed < (timeOf(at("package-lock.json")) ?? 0)) return false;
  writeFileSync(at("node_modules/.novywave-stamp"), install.inputs());
  return true;
}

const types = {
  name: "types",
  title: "Compiling TypeScript",
  inputs: () =>
    fingerprint(
      root,
      ["packages", "apps", "tsconfig.json", "tsconfig.base.json", "package-lock.json"],
      notCompiled,
    ),
  present: () => buildInfoFiles().every(existsSync),
  run: () => runScript("node_modules/typescript/bin/tsc", ["-b"]),
};

/** In packages and apps, only sources and configuration are compiled. */
function notCompiled(path) {
  const [, , third] = path.split("/");
  return third !== undefined && !/^(src|package\.json|tsconfig.*\.json)$/u.test(third);
}

/** Where `tsc -b` notes what it built, for each project of the root's tsconfig.json. */
function buildInfoFiles() {
  const { references } = JSON.parse(readFileSync(at("tsconfig.json"), "utf8"));
  return references.map(({ path }) => {
    const { compilerOptions } = JSON.parse(readFileSync(at(path, "tsconfig.json"), "utf8"));
    return at(path, compilerOptions.tsBuildInfoFile);
  });
}

const child = {
  name: "child",
  title: "Bundling the plugin-host process",
  inputs: () =>
    fingerprint(
      root,
      [
        "packages/base/src",
        "packages/contract/src",
        "packages/component-engine/src",
        "packages/plugin-host/src",
        "packages/plugin-host/bundle-child.js",
        "package-lock.json",
      ],
      isTest,
    ),
  present: () =>
    ["host-process.mjs", "boot-worker.cjs", "plugin-worker.cjs", "plugin-worker-later.cjs"].every((name) =>
      existsSync(at(`packages/plugin-host/dist/child/${name}`)),
    ),
  run: () => runScript("packages/plugin-host/bundle-child.js", []),
};

const ui = {
  name: "ui",
  title: "Building the user interface",
  inputs: () =>
    fingerprint(
      root,
      [
        "apps/ui",
        "packages/base/src",
        "packages/dataflow/src",
        "packages/protocol/src",
        "packages/waveform/src",
        "package-lock.json",
      ],
      isTest,
    ),
  present: () => existsSync(at("apps/ui/dist/index.html")),
  run: () => runScript("node_modules/vite/bin/vite.js", ["build", "--logLevel", "warn", at("apps/ui")]),
};

const plugins = {
  name: "plugins",
  title: "Building the plugins",
  inputs: () =>
    fingerprint(
      root,
      [
        "plugins",
        "packages/contract/src",
        "packages/plugin-sdk/src",
        "packages/plugin-host/src/testing",
        "package-lock.json",
      ],
      (path) => isTest(path) || /^plugins\/[^/]+\/test$/u.test(path),
    ),
  present: () =>
    existsSync(at("plugins/dist/shipped.json")) && pluginArtifacts().every((path) => existsSync(path)),
  run: () => runScript("apps/cli/bin/novywave.js", ["plugins", "build", "--all"]),
};

/** The artifact of each folder that holds a plugin. */
function pluginArtifacts() {
  return readdirSync(at("plugins"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(at("plugins", entry.name, "Plugin.toml")))
    .map((entry) => at("plugins/dist", `${entry.name}_plugin.wasm`));
}

/** In the order in which each needs those before it. @type {Step[]} */
export const buildSteps = [install, types, child, ui, plugins];

function readText(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

function timeOf(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs;
}
