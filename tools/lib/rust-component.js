import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { componentNew } from "@bytecodealliance/jco-transpile/wasm-tools";
import { at } from "./paths.js";
import { run } from "./run.js";
import { findRust } from "./rust-toolchain.js";

/** This machine lacks what the build needs; the message says what. */
export class CannotBuild extends Error {
  name = "CannotBuild";
}

/**
 * Builds components from Rust with the toolchain that is found: one with the target wasm32-wasip2 makes them itself; with
 * Debian's the standard library is built for wasm32-wasip1 and its calls of WASI are adapted, by the adapter in the crate
 * `wasi-preview1-component-adapter-provider`, which has to be a dependency of the kind that is not built.
 *
 * @param {string} folder of `Cargo.toml`
 * @param {string[]} names of the packages
 * @param {(text: string) => void} say
 * @returns {Promise<{ components: Uint8Array[], toolchain: string }>}
 * @throws {CannotBuild}
 */
export async function buildRustComponents(folder, names, say) {
  const rust = findRust();
  if (rust.kind === "none") throw new CannotBuild(rust.reason);
  const env = { ...rust.env, CARGO_TARGET_DIR: at(".cache/rust") };
  const cargo = (...args) => run(rust.cargo, args, { env, cwd: folder });
  say("Fetching crates …");
  const fetched = await cargo("fetch", "--locked");
  if (fetched.code !== 0) throw new CannotBuild(`its crates cannot be fetched:\n${fetched.output.trim()}`);
  say(`Building ${names.join(", ")} with ${rust.title} …`);
  const outcome = await cargo("build", "--release", "--locked", "--target", rust.target, ...rust.flags);
  if (outcome.code !== 0) throw new Error(outcome.output);
  const adapter = rust.adapt ? await readAdapter(cargo) : undefined;
  const components = names.map(async (name) => {
    const made = readFileSync(at(`.cache/rust/${rust.target}/release/${name}.wasm`));
    return adapter === undefined ? made : componentNew(made, [["wasi_snapshot_preview1", adapter]]);
  });
  return { components: await Promise.all(components), toolchain: rust.title };
}

/** What turns calls of WASI preview 1 into those of WASI 0.2. */
async function readAdapter(cargo) {
  const { code, output } = await cargo("metadata", "--locked", "--format-version", "1", "--quiet");
  if (code !== 0) throw new Error(output);
  const { packages } = JSON.parse(output.slice(output.indexOf("{")));
  const found = packages.find((item) => item.name === "wasi-preview1-component-adapter-provider");
  return readFileSync(join(dirname(found.manifest_path), "artefacts/wasi_snapshot_preview1.reactor.wasm"));
}
