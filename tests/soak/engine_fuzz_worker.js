// Runs cases of the fuzz test one after the other. The test watches `progress` and ends the worker when a case takes too long.
import { parentPort, workerData } from "node:worker_threads";
import {
  compile,
  describe,
  EngineError,
  fromTransferable,
  inspect,
  instantiate,
  ResultError,
} from "@novywave/component-engine";
import { below, mutate, pick, randomOf } from "./engine_fuzz_mutate.js";

/** @type {{ corpus: Uint8Array[], seed: number, first: number, until: number, progress: SharedArrayBuffer }} */
const { corpus, seed, first, until, progress } = workerData;
const shared = new Int32Array(progress);
const port = parentPort;
if (port === null) throw new Error("this is a worker");

const limits = {
  maxMemoryBytes: 4 << 20,
  maxLiftedBytes: 1 << 20,
  maxLiftedElements: 50_000,
  maxTableEntries: 10_000,
};
const values = [
  undefined,
  null,
  0,
  -1,
  255,
  2 ** 32,
  1n,
  -(2n ** 63n),
  true,
  "",
  "a",
  "žluťoučký 🐎",
  "\ud800",
  "red",
  [],
  ["a", "b"],
  [1, 2],
  {},
  { x: 1, y: 2.5 },
  { tag: "ok", val: 1 },
  { tag: "circle", val: 1.5 },
  { tag: "polygon", val: [{ x: 1, y: 1 }] },
  Number.NaN,
  new Uint8Array(9),
  Uint32Array.of(1, 2, 3),
  "x".repeat(5_000),
  () => undefined,
];

/** What the case is at: `engine` must end soon, `guest` may loop for ever. @param {number} at @param {"engine" | "guest"} phase */
function note(at, phase) {
  Atomics.store(shared, 1, phase === "engine" ? 0 : 1);
  Atomics.store(shared, 0, at);
}

/** @param {() => number} random @param {import("@novywave/component-engine").Component} component */
function hostOf(random, component) {
  /** @type {Record<string, unknown>} */
  const host = {};
  const func = () => {
    if (random() < 0.1) throw random() < 0.5 ? new ResultError("no") : new TypeError("a bug of the host");
    return pick(random, values);
  };
  for (const item of component.imports) {
    if (item.kind === "func") host[item.name] = func;
    if (item.kind === "instance") {
      host[item.name] = Object.fromEntries(item.type.functions.map(({ name }) => [name, func]));
    }
  }
  return host;
}

/** @param {() => number} random @param {import("@novywave/component-engine").Instance} instance */
function callAll(random, instance) {
  const functions = Object.values(instance.exports)
    .flatMap((item) => (typeof item === "function" ? [item] : Object.values(Object(item))))
    .filter((item) => typeof item === "function");
  for (let i = 0; i < 24 && functions.length > 0; i++) {
    const dead = instance.poisoned !== undefined;
    try {
      pick(random, functions)(...Array.from({ length: below(random, 4) }, () => pick(random, values)));
      if (dead) throw new Error("a dead instance answered");
    } catch (error) {
      if (error instanceof ResultError && !dead) continue;
      if (!(error instanceof EngineError)) throw error;
      if (dead !== (error.code === "poisoned") && instance.poisoned === undefined) throw error;
    }
  }
}

/** @param {number} at */
async function runCase(at) {
  const random = randomOf(seed + Math.imul(at, 0x9e3779b1));
  const original = pick(random, corpus);
  const bytes = mutate(random, original, corpus.slice(0, -1));
  note(at, "engine");
  try {
    describe(inspect(bytes, { limits }));
    // The large one takes the platform too long to compile.
    if (bytes.length > 100_000) return "inspected";
    const compiled = await compile(bytes, { limits });
    const component =
      random() < 0.5 ? compiled : fromTransferable(structuredClone(compiled.toTransferable()));
    note(at, "guest");
    callAll(random, instantiate(component, hostOf(random, component)));
    return "ran";
  } catch (error) {
    if (error instanceof EngineError) return error.code;
    throw error;
  }
}

/** @type {Record<string, number>} */
const outcomes = {};
let at = first;
try {
  for (; Date.now() < until; at++) {
    const outcome = await runCase(at);
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  }
  port.postMessage({ next: at, outcomes });
} catch (error) {
  port.postMessage({
    next: at,
    outcomes,
    failure: error instanceof Error ? (error.stack ?? error.message) : String(error),
  });
}
