import { readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join, posix } from "node:path";
import { findCycles } from "./cycles.js";
import { readProject, resolveSource, unlistedPackages } from "./project.js";
import { readImports } from "./read.js";
import { freeFolders, isDevelopmentFile, optionalPackages, zones } from "./table.js";

/**
 * @typedef {object} Violation
 * @property {string} file relative to the root
 * @property {number} line
 * @property {"table" | "node" | "undeclared" | "outside" | "entry" | "unreadable" | "cycle" | "unlisted"} rule
 * @property {string} message what is wrong and what to do
 */

/**
 * Holds the imports of the project at `root` to the table.
 * @param {string} root
 * @returns {{ violations: Violation[], files: number, imports: number }}
 */
export function checkProject(root) {
  const { units, rootDependencies } = readProject(root);
  const context = {
    rootDependencies,
    files: new Set(units.flatMap((unit) => unit.files)),
    entries: new Map(units.flatMap((unit) => [...unit.entries])),
    names: new Set(units.flatMap((unit) => (unit.name === undefined ? [] : [unit.name]))),
    /** @type {Map<string, { target: string, line: number, type: boolean }[]>} */
    edges: new Map(),
    /** @type {Map<string, { specifier: string, line: number }>} first use of a module of Node in each file */
    nodeUses: new Map(),
    /** @type {Violation[]} */
    violations: [],
  };
  let count = 0;
  for (const unit of units)
    for (const file of unit.files) {
      const { imports, errors } = readImports(file, readFileSync(join(root, file), "utf8"));
      context.edges.set(file, []);
      for (const error of errors)
        context.violations.push({ file, line: error.line, rule: "unreadable", message: error.message });
      for (const found of imports) checkImport(context, unit, file, found);
      count += imports.length;
    }
  for (const unit of units) checkPortable(context, unit);
  for (const cycle of findCycles(context.edges))
    context.violations.push({
      file: cycle[0].file,
      line: cycle[0].line,
      rule: "cycle",
      message: `imports go round: ${[...cycle.map((step) => step.file), cycle[0].file].join(" → ")}. Move what they share into a file of its own.`,
    });
  for (const folder of unlistedPackages(root))
    context.violations.push({
      file: `${folder}/package.json`,
      line: 1,
      rule: "unlisted",
      message:
        "this package stands in no row of tools/imports/table.js. Add one that says what it may import.",
    });
  context.violations.sort((a, b) => a.file.localeCompare(b.file) || a.line - b.line);
  return { violations: context.violations, files: context.files.size, imports: count };
}

function checkImport(context, unit, file, { specifier, type, line }) {
  const report = (rule, message) => context.violations.push({ file, line, rule, message });
  const rules = unit.zone === undefined ? undefined : zones[unit.zone];
  const test = rules === undefined || isDevelopment(unit, file);
  if (specifier === undefined) {
    if (!test)
      report("unreadable", "a dynamic import must name its module as a literal, so that it can be checked.");
    return;
  }
  const path = specifier.replace(/\?.*$/u, "");
  if (path.startsWith("./") || path.startsWith("../")) {
    const target = posix.join(posix.dirname(file), path);
    if (rules !== undefined && !target.startsWith(`${unit.folder}/`))
      report(
        "outside",
        `"${specifier}" leaves ${unit.folder}. Import the other package by its name; keep shared files in one.`,
      );
    addEdge(context, file, resolveSource(context.files, target), line, type);
    return;
  }
  if (isBuiltin(path)) {
    if (!type && !context.nodeUses.has(file)) context.nodeUses.set(file, { specifier, line });
    if (rules !== undefined && !rules.node && !test)
      report("node", `${unit.folder} runs outside of Node too and may not import "${specifier}".`);
    return;
  }
  if (rules?.virtual?.some((start) => path.startsWith(start))) return;
  const name = path
    .split("/")
    .slice(0, path.startsWith("@") ? 2 : 1)
    .join("/");
  if (context.names.has(name))
    checkWorkspaceImport(context, unit, rules, file, path, name, type, line, report);
  else checkNpmImport(context, unit, rules, name, test, report);
}

function checkWorkspaceImport(context, unit, rules, file, path, name, type, line, report) {
  const source = context.entries.get(path);
  if (source === undefined && name !== unit.name) {
    report("entry", `"${path}" is no entry point of ${name}. Import one that its package.json exports.`);
    return;
  }
  addEdge(context, file, source && resolveSource(context.files, source), line, type);
  if (rules === undefined || name === unit.name) return;
  const allowed = rules.may.some((entry) =>
    entry.endsWith("*") ? path.startsWith(entry.slice(0, -1)) : path === entry,
  );
  if (!allowed && rules.mayType?.includes(path)) {
    if (!type) report("table", `${unit.folder} may import types only of "${path}": write \`import type\`.`);
  } else if (!allowed) {
    const may = [...rules.may, ...(rules.mayType ?? []).map((entry) => `types of ${entry}`)];
    report(
      "table",
      `${unit.folder} may not import "${path}", only ${may.length === 0 ? "nothing of the workspace" : may.join(", ")}. Move the code, or take what it needs as a parameter.`,
    );
    return;
  }
  if (!rules.each && !unit.dependencies.has(name))
    report("undeclared", `"${name}" is missing among the dependencies in ${unit.folder}/package.json.`);
}

function checkNpmImport(context, unit, rules, name, test, report) {
  if (rules === undefined) {
    if (!context.rootDependencies.has(name) && !optionalPackages.includes(name))
      report("undeclared", `"${name}" is missing in the root's package.json.`);
    return;
  }
  if (test && context.rootDependencies.has(name)) return;
  if (rules.packages !== undefined) {
    if (!rules.packages.includes(name))
      report("table", `${unit.folder} may not import "${name}", only ${rules.may.join(", ")}.`);
    return;
  }
  if (unit.dependencies.has(name)) return;
  if ((rules.bundled || test) && unit.devDependencies.has(name)) return;
  report("undeclared", `"${name}" is missing among the dependencies in ${unit.folder}/package.json.`);
}

function isDevelopment(unit, file) {
  return isDevelopmentFile(file.slice(unit.folder.length + 1), unit.entries.has(`${unit.name}/testing`));
}

/** Portable folders stay free of Node's modules, also through what they import. */
function checkPortable(context, unit) {
  const folders = (unit.zone && zones[unit.zone].portable) ?? [];
  for (const file of unit.files) {
    const path = file.slice(unit.folder.length + 1);
    if (isDevelopment(unit, file) || !folders.some((folder) => path.startsWith(`${folder}/`))) continue;
    const chain = chainToNode(context, file);
    if (chain === undefined) continue;
    const use = context.nodeUses.get(chain.at(-1));
    context.violations.push({
      file,
      line:
        chain.length === 1 ? use.line : context.edges.get(file).find((edge) => edge.target === chain[1]).line,
      rule: "node",
      message: `runs in a browser too, but imports "${use.specifier}"${chain.length === 1 ? "" : ` through ${chain.slice(1).join(" → ")}`}.`,
    });
  }
}

function chainToNode(context, start) {
  const seen = new Set([start]);
  const queue = [[start]];
  for (let chain = queue.shift(); chain; chain = queue.shift()) {
    const file = chain.at(-1);
    if (context.nodeUses.has(file)) return chain;
    for (const edge of context.edges.get(file) ?? []) {
      if (edge.type || seen.has(edge.target)) continue;
      seen.add(edge.target);
      queue.push([...chain, edge.target]);
    }
  }
  return undefined;
}

function addEdge(context, file, target, line, type) {
  if (target !== undefined && target !== file) context.edges.get(file).push({ target, line, type });
}

/** One line for people: how much was held to the table. */
export function summary({ files, imports }) {
  return `${imports} imports in ${files} files keep to the table (${Object.keys(zones).length} zones; ${freeFolders.join(", ")} are free).`;
}
