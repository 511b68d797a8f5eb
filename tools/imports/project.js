import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join, posix } from "node:path";
import { freeFolders, zones } from "./table.js";

const sourceFile = /\.[cm]?[jt]sx?$/u;
const skipped = new Set(["node_modules", "dist", "dist-types", ".cache", "generated-fixtures"]);

/**
 * @typedef {object} Unit one package, plugin or free folder
 * @property {string} folder relative to the root, with `/`
 * @property {string | undefined} zone its row in the table; undefined for free folders
 * @property {string | undefined} name of its npm package
 * @property {Set<string>} dependencies
 * @property {Set<string>} devDependencies
 * @property {Map<string, string>} entries entry point ("@novywave/waveform/format") to source file
 * @property {string[]} files
 */

/**
 * Reads which packages there are, what they declare and offer, and which source files they have.
 * @param {string} root
 * @returns {{ units: Unit[], rootDependencies: Set<string> }}
 */
export function readProject(root) {
  /** @type {Unit[]} */
  const units = [];
  for (const [zone, rules] of Object.entries(zones)) {
    const folders = rules.each ? foldersIn(root, zone).map((name) => `${zone}/${name}`) : [zone];
    for (const folder of folders) units.push(readUnit(root, folder, zone));
  }
  for (const folder of freeFolders) units.push(readUnit(root, folder, undefined));
  const manifest = readJson(join(root, "package.json")) ?? {};
  const rootDependencies = new Set([
    ...Object.keys(manifest.dependencies ?? {}),
    ...Object.keys(manifest.devDependencies ?? {}),
  ]);
  return { units: units.filter((unit) => unit.files.length > 0), rootDependencies };
}

/** Packages of the workspace that stand in no row of the table. */
export function unlistedPackages(root) {
  return ["packages", "apps"]
    .flatMap((parent) => foldersIn(root, parent).map((name) => `${parent}/${name}`))
    .filter((folder) => !(folder in zones) && existsSync(join(root, folder, "package.json")));
}

/** The source file that a path without, or with a compiled, extension stands for. */
export function resolveSource(files, path) {
  const bare = path.replace(/\.([cm]?)jsx?$/u, "");
  const candidates = [
    path,
    ...["", "/index"].flatMap((end) => extensions.map((ext) => `${bare}${end}${ext}`)),
  ];
  return candidates.find((candidate) => files.has(candidate));
}

const extensions = [".ts", ".tsx", ".mts", ".js", ".mjs", ".jsx"];

function readUnit(root, folder, zone) {
  const manifest = readJson(join(root, folder, "package.json")) ?? {};
  const files = [];
  collect(root, folder, files);
  files.sort((a, b) => a.localeCompare(b));
  return {
    folder,
    zone,
    name: manifest.name,
    dependencies: new Set([
      ...Object.keys(manifest.dependencies ?? {}),
      ...Object.keys(manifest.peerDependencies ?? {}),
    ]),
    devDependencies: new Set(Object.keys(manifest.devDependencies ?? {})),
    entries: readEntries(manifest, folder),
    files,
  };
}

function readEntries(manifest, folder) {
  const entries = new Map();
  for (const [key, target] of Object.entries(manifest.exports ?? {})) {
    const file = typeof target === "string" ? target : (target.default ?? target.import ?? target.types);
    if (file === undefined) continue;
    entries.set(
      posix.join(manifest.name, key),
      posix.join(folder, file.replace(/^\.\/dist\//u, "./src/").replace(/(\.d)?\.[jt]s$/u, ".ts")),
    );
  }
  return entries;
}

function collect(root, folder, files) {
  for (const entry of entriesOf(join(root, folder))) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) {
      if (!skipped.has(entry.name)) collect(root, path, files);
    } else if (entry.isFile() && sourceFile.test(entry.name)) files.push(path);
  }
}

function foldersIn(root, folder) {
  return entriesOf(join(root, folder))
    .filter((entry) => entry.isDirectory() && !skipped.has(entry.name))
    .map((entry) => entry.name)
    .sort();
}

function entriesOf(folder) {
  return existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : [];
}

function readJson(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : undefined;
}
