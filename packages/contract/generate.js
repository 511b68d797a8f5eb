#!/usr/bin/env node
// Makes src/generated/ from plugins/wit. `node generate.js` writes; `node generate.js --check` says whether it is up to date.
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { constantsText, modulesText, typesText } from "./generate/typescript.js";
import { worldText } from "./generate/world.js";
import { readWit } from "./generate/wit.js";

const folder = (path) => fileURLToPath(new URL(path, import.meta.url));
const witFolder = folder("../../plugins/wit/");
const outFolder = folder("./src/generated/");

const files = {};
for (const file of readdirSync(witFolder).sort()) {
  if (file.endsWith(".wit")) files[file] = readFileSync(witFolder + file, "utf8");
}
const pkg = readWit(files);
const output = {
  "types.ts": typesText(pkg, { wide: "bigint", none: "undefined" }),
  "guest-types.ts": typesText(pkg, { wide: "number", none: "null" }),
  "constants.ts": constantsText(pkg, files),
  "modules.d.ts": modulesText(pkg),
  "world.ts": await worldText(pkg, files),
};

if (process.argv.includes("--check")) {
  const stale = Object.keys(output).filter((file) => {
    try {
      return readFileSync(outFolder + file, "utf8") !== output[file];
    } catch {
      return true;
    }
  });
  if (stale.length > 0) {
    process.stderr.write(
      `not up to date with plugins/wit: ${stale.join(", ")}; run node packages/contract/generate.js\n`,
    );
    process.exitCode = 1;
  }
} else {
  mkdirSync(outFolder, { recursive: true });
  for (const [file, text] of Object.entries(output)) writeFileSync(outFolder + file, text);
}
