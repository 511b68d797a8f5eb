// `node tools/build-rust-example.js`: builds examples/waveform_census into .cache/examples, where its test finds it. Ends
// with 3, and says what is missing, where this machine cannot build it.
import { buildRustExample, CannotBuild } from "./lib/rust-example.js";

try {
  const { file, toolchain } = await buildRustExample((text) => console.error(text));
  console.error(`${file}: built with ${toolchain}`);
} catch (error) {
  if (!(error instanceof CannotBuild)) throw error;
  console.error(`not built: ${error.message}`);
  process.exitCode = 3;
}
