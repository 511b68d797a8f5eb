// `node tools/build-rust-example.js`: builds examples/waveform_census into .cache/examples, where its test finds it. With
// `v02`, builds the plugins in the manner of NovyWave 0.2 and puts them into tests/fixtures/plugins. Ends with 3, and says
// what is missing, where this machine cannot build.
import { writeFileSync } from "node:fs";
import { at } from "./lib/paths.js";
import { buildRustComponents, CannotBuild } from "./lib/rust-component.js";
import { buildRustExample } from "./lib/rust-example.js";

const say = (text) => console.error(text);
try {
  if (process.argv[2] === "v02") await buildOldPlugins();
  else {
    const { file, toolchain } = await buildRustExample(say);
    say(`${file}: built with ${toolchain}`);
  }
} catch (error) {
  if (!(error instanceof CannotBuild)) throw error;
  say(`not built: ${error.message}`);
  process.exitCode = 3;
}

async function buildOldPlugins() {
  const names = ["hello_world", "reload_watcher", "files_discovery"];
  const folder = at("tests/fixtures/plugins/v02");
  const { components } = await buildRustComponents(folder, names, say);
  for (const [i, name] of names.entries()) writeFileSync(`${folder}/${name}.wasm`, components[i]);
}
