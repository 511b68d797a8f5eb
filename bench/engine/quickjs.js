import { fork } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { compile, instantiate } from "@novywave/component-engine";
import { at } from "../../tools/lib/paths.js";

const warmTurns = 150;
const turns = 101;
const processes = 9;

/**
 * A component made of JavaScript, compiled and instantiated, against the bare compile of its core modules, in milliseconds.
 *
 * V8 keeps what it has compiled and gives it out again for the same bytes, in about two thirds of the time. Whoever loads a plugin
 * brings new bytes: both sides get bytes that V8 has not seen, each turn. They take turns in a process in which the engine has run
 * often: then it is machine code, as V8 is from the start. What the first load in a process takes, while the engine's JavaScript is
 * still to be compiled and runs in the interpreter, is measured in processes of their own, for both sides.
 */
export async function quickjsTimes() {
  const component = await readPlugin();
  const unseen = versionsOf(component);
  const times = { ours: [], theirs: [] };
  for (let turn = 0; turn < warmTurns + turns; turn++) {
    for (const side of turn % 2 === 0 ? ["ours", "theirs"] : ["theirs", "ours"]) {
      const time = await loading(side, unseen());
      if (turn >= warmTurns) times[side].push(time);
    }
  }
  const firsts = { ours: [], theirs: [] };
  for (let i = 0; i < processes; i++) {
    for (const side of ["ours", "theirs"]) firsts[side].push(await firstIn(side));
  }
  return {
    bytes: component.length,
    ours: median(times.ours),
    theirs: median(times.theirs),
    first: { ours: median(firsts.ours), theirs: median(firsts.theirs) },
  };
}

/** The sections of a component or core module: where each one's body begins and ends. */
function* sections(bytes, start, end) {
  let offset = start + 8;
  while (offset < end) {
    const id = bytes[offset++];
    let size = 0;
    let shift = 0;
    let byte;
    do {
      byte = bytes[offset++];
      size |= (byte & 0x7f) << shift;
      shift += 7;
    } while (byte >= 0x80);
    yield { id, start: offset, end: offset + size };
    offset += size;
  }
}

/** Where the core modules of a component begin and end, those of nested components too. */
function* modulesIn(bytes, start = 0, end = bytes.length) {
  for (const section of sections(bytes, start, end)) {
    if (section.id === 1) yield section;
    if (section.id === 4) yield* modulesIn(bytes, section.start, section.end);
  }
}

function* coreModules(bytes) {
  for (const { start, end } of modulesIn(bytes)) yield bytes.slice(start, end);
}

/** Copies of a component that differ in two bytes of a custom section of each core module, which mean nothing to anybody. */
function versionsOf(component) {
  const places = [];
  for (const module of modulesIn(component)) {
    for (const { id, end } of sections(component, module.start, module.end)) {
      if (id === 0) places.push(end - 2);
    }
  }
  let version = 0;
  return () => {
    const copy = component.slice();
    version += 1;
    for (const place of places) copy.set([version & 0x7f, version >> 7], place);
    return copy;
  };
}

/** How long one load takes. */
async function loading(side, bytes) {
  const modules = [...coreModules(bytes)];
  const start = performance.now();
  if (side === "ours") instantiate(await compile(bytes), {});
  else await Promise.all(modules.map((module) => WebAssembly.compile(module)));
  return performance.now() - start;
}

/** One load in a process of its own. */
async function firstIn(side) {
  const execArgv = process.version.startsWith("v20.") ? ["--experimental-wasm-extended-const"] : [];
  const child = fork(fileURLToPath(import.meta.url), [side], { execArgv });
  const [milliseconds] = await once(child, "message");
  return milliseconds;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.send(await loading(process.argv[2], await readPlugin()));
}

async function readPlugin() {
  return new Uint8Array(await readFile(at("plugins/dist/hello_world_plugin.wasm")));
}

function median(times) {
  return times.sort((a, b) => a - b)[times.length >> 1];
}
