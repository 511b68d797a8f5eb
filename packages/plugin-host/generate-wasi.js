#!/usr/bin/env node
// Makes src/wasi/generated/world.ts from wasi/*.wit: what the host offers of WASI, as a component, the form in which the
// engine compares types. `node generate-wasi.js` writes; `--check` says whether it is up to date.
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { componentEmbed, componentNew } from "@bytecodealliance/jco-transpile/wasm-tools";

const folder = fileURLToPath(new URL("./wasi/", import.meta.url));
const out = fileURLToPath(new URL("./src/wasi/generated/world.ts", import.meta.url));

const packages = readdirSync(folder)
  .sort()
  .map((file) => readFileSync(folder + file, "utf8"));
const nested = packages.map((text) => text.replace(/^package (\S+);/, "package $1 {") + "}\n");
const imports = packages.flatMap((text) => {
  const [, name, version] = /^package (\S+)@(\S+);/.exec(text);
  return [...text.matchAll(/^interface (\S+)/gm)].map((match) => `import ${name}/${match[1]}@${version};`);
});
const witSource = `package novywave:host;\n${nested.join("")}\nworld wasi { ${imports.join(" ")} }\n`;
const bytes = await componentNew(await componentEmbed({ dummy: true, witSource, world: "wasi" }));
const text = `// Made from wasi/*.wit by generate-wasi.js; do not edit.

/** A component that imports what the host offers of WASI, in base64. */
export const WASI_WORLD_COMPONENT: string =
  "${Buffer.from(bytes).toString("base64")}";
`;

if (process.argv.includes("--check")) {
  if (readFileSync(out, "utf8") !== text) {
    process.stderr.write("not up to date with wasi/*.wit; run node packages/plugin-host/generate-wasi.js\n");
    process.exitCode = 1;
  }
} else {
  mkdirSync(fileURLToPath(new URL("./src/wasi/generated/", import.meta.url)), { recursive: true });
  writeFileSync(out, text);
}
