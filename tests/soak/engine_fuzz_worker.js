// Runs cases of the fuzz test one after the other. The test watches `progress` and ends the worker when a case takes too long.
import { parentPort, workerData } from "node:worker_threads";
import {
  camelCase,
  checkHost,
  compile,
  describe,
  EngineError,
  fromTransferable,
  inspect,
  instantiate,
  ResultError,
} from "@novywave/component-engine";
import { below, mutate, pick, randomOf } from "./engine_fuzz_mutate.js";

/** @type {{ corpus: Uint8Array[], seed: number, first: number, end: number, until: number, progress: SharedArrayBuffer }} */
const { corpus, seed, first, end, until, progress } = workerData;
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

class HostResource {
  ofHost = true;
}

/** Comes back as it is from a function that a component imports and exports again. */
class HostBug extends TypeError {}

/**
 * Classes for the resources of an import, and functions, which answer with anything: `pool` holds resources met so far.
 * @param {() => number} random @param {import("@novywave/component-engine").Component} component @param {unknown[]} pool
 */
function hostOf(random, component, pool) {
  /** @type {Record<string, unknown>} */
  const host = {};
  /** @param {unknown[]} given */
  const func = (...given) => {
    pool.push(...given.filter((item) => typeof item === "object" && item !== null).slice(0, 2));
    if (random() < 0.1) throw random() < 0.5 ? new ResultError("no") : new HostBug();
    return anyValue(random, pool);
  };
  /** @param {string} name @param {readonly { readonly name: string }[]} functions */
  const classOf = (name, functions) => {
    class Resource extends HostResource {
      [Symbol.dispose]() {
        if (random() < 0.05) throw new HostBug();
      }
    }
    for (const item of functions) {
      const [, kind, member] = new RegExp(`^\\[(method|static)\\]${name}\\.(.+)$`, "u").exec(item.name) ?? [];
      if (member === undefined) continue;
      Object.defineProperty(kind === "static" ? Resource : Resource.prototype, camelCase(member), {
        value: func,
        configurable: true,
      });
    }
    pool.push(new Resource(), new Resource());
    return Resource;
  };
  for (const item of component.imports) {
    if (item.kind === "func") host[item.name] = func;
    if (item.kind === "instance") {
      const { functions, types } = item.type;
      const resources = types.filter(({ type }) => type.kind === "resource");
      host[item.name] = Object.fromEntries([
        ...functions.map(({ name }) => [name, func]),
        ...resources.map(({ name }) => [pascalCase(name), classOf(name, functions)]),
      ]);
    }
    if (item.kind === "type" && item.type.kind === "resource") {
      host[pascalCase(item.name)] = classOf(item.name, component.imports);
    }
  }
  return host;
}

/** @param {string} name */
function pascalCase(name) {
  const camel = camelCase(name);
  return camel.slice(0, 1).toUpperCase() + camel.slice(1);
}

/** @param {() => number} random @param {readonly unknown[]} pool */
function anyValue(random, pool) {
  return pool.length > 0 && random() < 0.3 ? pick(random, pool) : pick(random, values);
}

/** A resource of the guest. @param {unknown} value @returns {value is object} */
function isResource(value) {
  return (
    typeof value === "object" && value !== null && Symbol.dispose in value && !(value instanceof HostResource)
  );
}

/** Dropping a resource says nothing, whatever became of its instance. */
const dropped = Symbol("dropped");

/** @param {() => number} random @param {Function} func @param {unknown[]} args @param {unknown[]} pool @returns {unknown} */
function callAny(random, func, args, pool) {
  const resource = random() < 0.3 ? pool.find(isResource) : undefined;
  if (resource !== undefined) {
    const methods = Object.getOwnPropertyNames(Object.getPrototypeOf(resource)).slice(1);
    if (methods.length > 0 && random() < 0.7) {
      return Reflect.apply(Reflect.get(resource, pick(random, methods)), resource, args);
    }
    Reflect.apply(Reflect.get(resource, Symbol.dispose), resource, []);
    return dropped;
  }
  // Classes have a prototype; the engine's functions have none.
  return "prototype" in func ? Reflect.construct(func, args) : Reflect.apply(func, undefined, args);
}

/** @param {() => number} random @param {import("@novywave/component-engine").Instance} instance @param {unknown[]} pool */
function callAll(random, instance, pool) {
  const functions = Object.values(instance.exports)
    .flatMap((item) => (typeof item === "function" ? [item] : Object.values(Object(item))))
    .filter((item) => typeof item === "function" && !(item.prototype instanceof HostResource))
    .flatMap((item) => [item, ...Object.getOwnPropertyNames(item).map((key) => item[key])])
    .filter((item) => typeof item === "function");
  for (let i = 0; i < 24 && functions.length > 0; i++) {
    const dead = instance.poisoned !== undefined;
    try {
      const args = Array.from({ length: below(random, 4) }, () => anyValue(random, pool));
      const answer = callAny(random, pick(random, functions), args, pool);
      if (dead && answer !== dropped) throw new Error("a dead instance answered");
      if (isResource(answer)) pool.unshift(answer);
    } catch (error) {
      if ((error instanceof ResultError || error instanceof HostBug) && !dead) continue;
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
    const info = inspect(bytes, { limits });
    describe(info);
    checkHost(info, inspect(original));
    checkHost(inspect(original), info);
    // The large one takes the platform too long to compile.
    if (bytes.length > 200_000) return "inspected";
    const compiled = await compile(bytes, { limits });
    const component =
      random() < 0.5 ? compiled : fromTransferable(structuredClone(compiled.toTransferable()));
    note(at, "guest");
    /** @type {unknown[]} */
    const pool = [];
    const instance = instantiate(component, hostOf(random, component, pool));
    callAll(random, instance, pool);
    try {
      instance.dispose();
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
    }
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
  for (; at < end && Date.now() < until; at++) {
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
