import { readFile } from "node:fs/promises";
import path from "node:path";
import { WIT_FILES } from "@novywave/contract";
import { componentEmbed, componentNew, parse } from "@bytecodealliance/jco-transpile/wasm-tools";
import { repository } from "./novywave.js";

/** A plugin as a stranger hands it over: a component, and its manifest beside it. */
export interface Handed {
  readonly bytes: Uint8Array;
  readonly manifest: string;
}

const example = (name: string, file: string): string => path.join(repository, "examples", name, file);

/** The example in Rust: `file`, or what was built once and is kept with the tests. */
export async function waveformCensus(
  file = path.join(repository, "tests/fixtures/plugins/waveform_census.wasm"),
): Promise<Handed> {
  return {
    bytes: await readFile(file),
    manifest: await readFile(example("waveform_census", "Plugin.toml"), "utf8"),
  };
}

/** The example in the text format, built. */
export async function steadyReload(): Promise<Handed> {
  const contract = Object.values(WIT_FILES).map((text) => text.replace(/^package .*$/m, ""));
  const world = await readFile(example("steady_reload", "wit/world.wit"), "utf8");
  const core = await parse(await readFile(example("steady_reload", "steady_reload.wat"), "utf8"));
  const witSource = `${world}\npackage novywave:plugins@0.1.0 { ${contract.join("\n")} }`;
  return {
    bytes: await componentNew(await componentEmbed({ binary: core, witSource, world: "steady-reload" })),
    manifest: await readFile(example("steady_reload", "Plugin.toml"), "utf8"),
  };
}

/** A plugin in the manner of NovyWave 0.2, which has no manifest. */
export function oldPlugin(name: "hello_world" | "reload_watcher" | "files_discovery"): string {
  return path.join(repository, `tests/fixtures/plugins/v02/${name}.wasm`);
}
