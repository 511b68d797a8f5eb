import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/**
 * @typedef {object} Rust
 * @property {"found"} kind
 * @property {string} title
 * @property {string} cargo
 * @property {string} target
 * @property {string[]} flags of `cargo build`
 * @property {Record<string, string>} env
 * @property {boolean} adapt whether what it makes is a core module that calls WASI preview 1
 */

/**
 * A Rust that makes WebAssembly with the standard library: one with the target wasm32-wasip2, else Debian's, which has
 * the library's source and the C library for WASI.
 *
 * @returns {Rust | { kind: "none", reason: string }}
 */
export function findRust() {
  return (
    withTarget() ??
    debian() ?? {
      kind: "none",
      reason:
        "there is no Rust with the target wasm32-wasip2 (`rustup target add wasm32-wasip2`), nor Debian's " +
        "(`apt-get install rustc-web cargo-web rust-web-src wasi-libc lld-19`)",
    }
  );
}

/** @returns {Rust | undefined} */
function withTarget() {
  const target = "wasm32-wasip2";
  const folder = answer("rustc", ["--print", "target-libdir", "--target", target]);
  if (folder === undefined || !existsSync(folder)) return undefined;
  const title = answer("rustc", ["--version"]) ?? "rustc";
  return { kind: "found", title, cargo: "cargo", target, flags: [], env: {}, adapt: false };
}

/** @returns {Rust | undefined} */
function debian() {
  const [cargo, rustc, libc] = ["/usr/bin/cargo", "/usr/bin/rustc", "/usr/lib/wasm32-wasi"];
  const linker = ["/usr/bin/wasm-ld-19", "/usr/bin/wasm-ld"].find(existsSync);
  if (linker === undefined || ![cargo, rustc, join(libc, "libc.a")].every(existsSync)) return undefined;
  const sysroot = answer(rustc, ["--print", "sysroot"]);
  if (sysroot === undefined || !existsSync(join(sysroot, "lib/rustlib/src/rust/library"))) return undefined;
  return {
    kind: "found",
    title: `${answer(rustc, ["--version"]) ?? "rustc"}, of Debian`,
    cargo,
    target: "wasm32-wasip1",
    flags: ["-Zbuild-std=std,panic_abort"],
    env: {
      RUSTC: rustc,
      // `-Zbuild-std` is not stable yet.
      RUSTC_BOOTSTRAP: "1",
      // The texts of panics name files: not where this machine keeps them.
      RUSTFLAGS: `-L${libc} -Clinker=${linker} -Clink-self-contained=no --remap-path-prefix=${cargoHome()}=cargo`,
    },
    adapt: true,
  };
}

function cargoHome() {
  return process.env["CARGO_HOME"] ?? join(homedir(), ".cargo");
}

/** What a program prints, or undefined if it is not there or fails. */
function answer(command, args) {
  const { status, stdout } = spawnSync(command, args, { encoding: "utf8" });
  return status === 0 ? stdout.trim() : undefined;
}
