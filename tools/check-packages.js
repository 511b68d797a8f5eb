// Checks each package as it would be published, with publint and attw: `node tools/check-packages.js [NAME...]`.
// The packages are ESM only, so what a CommonJS `require` would find is not looked at.
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { at } from "./lib/paths.js";
import { runNpm } from "./lib/run.js";

/** How programs that use the packages resolve them. */
const resolutions = new Set(["node16-esm", "bundler"]);

const wanted = process.argv.slice(2);
const names = readdirSync(at("packages")).filter((name) => wanted.length === 0 || wanted.includes(name));
if (names.length === 0) {
  console.error(`There is no package ${wanted.join(", ")}.`);
  process.exit(2);
}
const folder = mkdtempSync(path.join(tmpdir(), "novywave-packages-"));
let problems = 0;
try {
  for (const name of names) {
    for (const problem of await check(name)) {
      problems += 1;
      console.error(`packages/${name}: ${problem}`);
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
if (problems > 0) process.exitCode = 1;
else console.log(`${names.length} packages can be published as they are.`);

/** @returns {Promise<string[]>} */
async function check(name) {
  const into = mkdtempSync(path.join(folder, "pack-"));
  const packed = await runNpm(["pack", "--ignore-scripts", "--silent", "--pack-destination", into], {
    cwd: at("packages", name),
  });
  const file = readdirSync(into).find((entry) => entry.endsWith(".tgz"));
  if (packed.code !== 0 || file === undefined) return [`npm pack failed: ${packed.output.trim()}`];
  const tarball = readFileSync(path.join(into, file));
  return [...(await lint(name, tarball)), ...(await resolveTypes(tarball))];
}

async function lint(name, tarball) {
  const copy = tarball.buffer.slice(tarball.byteOffset, tarball.byteOffset + tarball.length);
  const { messages, pkg } = await publint({ pack: { tarball: copy }, strict: true });
  return messages
    .filter((message) => message.type !== "suggestion")
    .map((message) => `publint: ${formatMessage(message, pkg) ?? message.code}`);
}

async function resolveTypes(tarball) {
  const result = await checkPackage(createPackageFromTarballData(new Uint8Array(tarball)), {
    excludeEntrypoints: ["./package.json"],
  });
  if (result.types === false) return ["attw: no types"];
  return result.problems
    .filter((problem) => problem.resolutionKind === undefined || resolutions.has(problem.resolutionKind))
    .map((problem) => `attw: ${problem.kind} ${problem.entrypoint ?? problem.typesFileName ?? ""}`.trim());
}
