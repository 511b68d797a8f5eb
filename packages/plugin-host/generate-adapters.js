#!/usr/bin/env node
// Makes src/adapters/generated/worlds.ts from adapters/*.wit: the worlds of plugins published for NovyWave 0.2, as components,
// the form in which the engine compares types. `node generate-adapters.js` writes; `--check` says whether it is up to date.
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { componentEmbed, componentNew } from "@bytecodealliance/jco-transpile/wasm-tools";

const folder = fileURLToPath(new URL("./adapters/", import.meta.url));
const out = fileURLToPath(new URL("./src/adapters/generated/worlds.ts", import.meta.url));

const worlds = [];
for (const file of readdirSync(folder).sort()) {
  const witSource = readFileSync(folder + file, "utf8");
  const bytes = await componentNew(await componentEmbed({ dummy: true, witSource, world: "plugin" }));
  worlds.push(`  "${file.replace(".wit", "")}":\n    "${Buffer.from(bytes).toString("base64")}",\n`);
}
const text = `// Made from adapters/*.wit by generate-adapters.js; do not edit.

/** A component of each world of plugins published for NovyWave 0.2, in base64. */
export const ADAPTER_WORLD_COMPONENTS = {
${worlds.join("")}} as const;
`;

if (process.argv.includes("--check")) {
  if (readFileSync(out, "utf8") !== text) {
    process.stderr.write(
      "not up to date with adapters/*.wit; run node packages/plugin-host/generate-adapters.js\n",
    );
    process.exitCode = 1;
  }
} else {
  mkdirSync(fileURLToPath(new URL("./src/adapters/generated/", import.meta.url)), { recursive: true });
  writeFileSync(out, text);
}
