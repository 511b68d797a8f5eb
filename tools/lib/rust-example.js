import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { componentNew } from "@bytecodealliance/jco-transpile/wasm-tools";
import { at } from "./paths.js";
import { run } from "./run.js";
import { findRust } from "./rust-toolchain.js";

const name = "waveform_census";
const source = at("examples", name);
const built = at(`.cache/examples/${name}.wasm`);
const stamp = at(`.cache/examples/${name}.source`);

/** This machine lacks what the build needs; the message says what. */
export class CannotBuild extends Error {
  name = "CannotBuild";
}

/**
 * The component, if it was built from the source as it is now.
 * @returns {string | undefined} its path
 */
export function freshRustExample() {
  if (!existsSync(built) || !existsSync(stamp)) return undefined;
  return readFileSync(stamp, "utf8") === sourceHash() ? built : undefined;
}

/**
 * Builds the example in Rust with the toolchain that is found: one with the target wasm32-wasip2 makes the component
 * itself; with Debian's the standard library is built for wasm32-wasip1 and its calls of WASI are adapted.
 *
 * @param {(text: string) => void} say
 * @returns {Promise<{ file: string, toolchain: string }>}
 * @throws {CannotBuild}
 */
export async function buildRustExample(say) {
  const rust = findRust();
  if (rust.kind === "none") throw new CannotBuild(rust.reason);
  const env = { ...rust.env, CARGO_TARGET_DIR: at(".cache/rust") };
  const cargo = (...args) => run(rust.cargo, args, { env, cwd: source });
  say("Fetching crates …");
  const fetched = await cargo("fetch", "--locked");
  if (fetched.code !== 0) throw new CannotBuild(`its crates cannot be fetched:\n${fetched.output.trim()}`);
  const hash = sourceHash();
  say(`Building examples/${name} with ${rust.title} …`);
  const outcome = await cargo("build", "--release", "--locked", "--target", rust.target, ...rust.flags);
  if (outcome.code !== 0) throw new Error(outcome.output);
  const core = readFileSync(at(`.cache/rust/${rust.target}/release/${name}.wasm`));
  mkdirSync(dirname(built), { recursive: true });
  writeFileSync(built, rust.adapt ? await adapted(core, cargo) : core);
  writeFileSync(stamp, hash);
  return { file: built, toolchain: rust.title };
}

/** A component made of a core module that calls WASI preview 1. */
async function adapted(core, cargo) {
  const { code, output } = await cargo("metadata", "--locked", "--format-version", "1", "--quiet");
  if (code !== 0) throw new Error(output);
  const { packages } = JSON.parse(output.slice(output.indexOf("{")));
  const found = packages.find((item) => item.name === "wasi-preview1-component-adapter-provider");
  const adapter = join(dirname(found.manifest_path), "artefacts/wasi_snapshot_preview1.reactor.wasm");
  return componentNew(core, [["wasi_snapshot_preview1", readFileSync(adapter)]]);
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
