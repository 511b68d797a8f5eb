#!/usr/bin/env node
// Makes dist/child/ from dist/: the programs of the plugin-host process, each in one file. A thread that loads one file
// boots in a third of the time that it takes to load eighty, and one folder is all that the process may read.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

const folder = fileURLToPath(new URL("./dist/child/", import.meta.url));

// What an earlier build made would be readable to the process.
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });

for (const [name, format, extension] of [
  ["host-process", "esm", "mjs"],
  ["boot-worker", "cjs", "cjs"],
]) {
  const [{ code }] = await bundle(name, format);
  write(`${name}.${extension}`, code);
}

// The program of the threads has a part that each one needs, and one that is compiled when it is needed.
const chunks = await bundle("plugin-worker", "cjs");
const first = new Set(["plugin-worker.cjs"]);
for (const name of first) {
  for (const imported of chunks.find(({ fileName }) => fileName === name)?.imports ?? []) first.add(imported);
}
write("plugin-worker.cjs", tableOf(chunks.filter(({ fileName }) => first.has(fileName))));
write("plugin-worker-later.cjs", tableOf(chunks.filter(({ fileName }) => !first.has(fileName))));

/** The chunks; names stay, for stack traces. */
async function bundle(name, format) {
  const input = fileURLToPath(new URL(`./dist/supervisor/${name}.js`, import.meta.url));
  const made = await rolldown({ input, platform: "node", preserveEntrySignatures: "allow-extension" });
  const minify = { compress: false, mangle: false, codegen: true };
  const { output } = await made.generate({
    format,
    minify,
    entryFileNames: "[name].cjs",
    chunkFileNames: "[name].cjs",
  });
  await made.close();
  return output;
}

/** An expression: the modules by the names by which they `require` each other. */
function tableOf(modules) {
  const entries = modules.map(
    ({ fileName, code }) => `${JSON.stringify(`./${fileName}`)}:function(require,exports){${code}\n}`,
  );
  return `({${entries.join(",\n")}})`;
}

function write(name, code) {
  // What is ASCII takes every thread half of the memory and of the time.
  writeFileSync(`${folder}${name}`, code.replaceAll(/[^\0-\x7f]/g, escaped));
}

/** A character as strings, templates and regular expressions may have it; elsewhere are none. */
function escaped(unit) {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
