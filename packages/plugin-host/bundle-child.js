#!/usr/bin/env node
// Makes dist/child/ from dist/: the two programs of the plugin-host process, each in one file. A thread that loads one file
// boots in a third of the time that it takes to load eighty, and one folder is all that the process may read.
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

const at = (path) => fileURLToPath(new URL(path, import.meta.url));

for (const name of ["host-process", "plugin-worker"]) {
  const bundle = await rolldown({ input: at(`./dist/supervisor/${name}.js`), platform: "node" });
  await bundle.write({ file: at(`./dist/child/${name}.mjs`), format: "esm" });
  await bundle.close();
}
