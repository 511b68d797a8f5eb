#!/usr/bin/env node
// Makes dist/child/ from dist/: the programs of the plugin-host process, each in one file. A thread that loads one file
// boots in a third of the time that it takes to load eighty, and one folder is all that the process may read.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

const at = (path) => fileURLToPath(new URL(path, import.meta.url));

const programs = [
  { name: "host-process", format: "esm", extension: "mjs" },
  { name: "boot-worker", format: "cjs", extension: "cjs" },
  { name: "plugin-worker", format: "cjs", extension: "cjs" },
];

// Names stay, for stack traces. What is ASCII takes every thread half of the memory and of the time.

/** A character as strings, templates and regular expressions may have it; elsewhere are none. */
const escaped = (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;

// What an earlier build made would be readable to the process.
rmSync(at("./dist/child/"), { recursive: true, force: true });
mkdirSync(at("./dist/child/"), { recursive: true });

for (const { name, format, extension } of programs) {
  const bundle = await rolldown({ input: at(`./dist/supervisor/${name}.js`), platform: "node" });
  const minify = { compress: false, mangle: false, codegen: true };
  const { output } = await bundle.generate({ format, minify });
  writeFileSync(at(`./dist/child/${name}.${extension}`), output[0].code.replaceAll(/[^\0-\x7f]/g, escaped));
  await bundle.close();
}
