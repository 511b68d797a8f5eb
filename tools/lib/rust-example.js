import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { at } from "./paths.js";
import { buildRustComponents } from "./rust-component.js";

const name = "waveform_census";
const source = at("examples", name);
const built = at(`.cache/examples/${name}.wasm`);
const stamp = at(`.cache/examples/${name}.source`);

/**
 * The component, if it was built from the source as it is now.
 * @returns {string | undefined} its path
 */
export function freshRustExample() {
  if (!existsSync(built) || !existsSync(stamp)) return undefined;
  return readFileSync(stamp, "utf8") === sourceHash() ? built : undefined;
}

/**
 * Builds the example in Rust into `.cache/examples`.
 *
 * @param {(text: string) => void} say
 * @returns {Promise<{ file: string, toolchain: string }>}
 * @throws {import("./rust-component.js").CannotBuild}
 */
export async function buildRustExample(say) {
  const hash = sourceHash();
  const { components, toolchain } = await buildRustComponents(source, [name], say);
  mkdirSync(dirname(built), { recursive: true });
  writeFileSync(built, components[0]);
  writeFileSync(stamp, hash);
  return { file: built, toolchain };
}

/** Of all that the component is made from. */
function sourceHash() {
  const hash = createHash("sha256");
  const files = ["Cargo.toml", "Cargo.lock"].map((file) => join(source, file));
  for (const folder of [join(source, "src"), join(source, "wit"), at("plugins/wit")])
    files.push(...readdirSync(folder).map((file) => join(folder, file)));
  for (const file of files.sort())
    hash.update(file.slice(at().length)).update("\0").update(readFileSync(file));
  return hash.digest("hex");
}
