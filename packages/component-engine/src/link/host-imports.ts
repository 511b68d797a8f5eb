import { EngineError } from "../errors.js";
import { camelCase, findCompatibleName, functionKey } from "../names.js";
import type { ComponentImport } from "../plan.js";
import type { HostCallable } from "./host-exports.js";

/** The host's functions, found and checked. */
export interface ImportFunctions {
  get(name: string, func: string | undefined): HostCallable;
}

/**
 * Looks up every function that the component imports. Interfaces are found by name, or by a version that is compatible;
 * functions by camelCase name, or by their WIT name. Throws `missing-import` or `bad-import`.
 */
export function resolveImports(
  wanted: readonly ComponentImport[],
  given: Record<string, unknown>,
): ImportFunctions {
  const found = new Map<string, HostCallable>();
  for (const item of wanted) {
    if (item.kind === "type") continue;
    if (item.kind === "func") {
      found.set(item.name, findFunction(given, item.name, item.name, undefined));
      continue;
    }
    if (item.type.functions.length === 0) continue;
    const key = findCompatibleName(ownNames(given), item.name);
    const object = key === undefined ? undefined : given[key];
    if (object === undefined) {
      throw new EngineError("missing-import", `the component imports ${item.name}, which is not given`);
    }
    if ((typeof object !== "object" && typeof object !== "function") || object === null) {
      throw new EngineError("bad-import", `the import ${item.name} must be an object of functions`);
    }
    for (const func of item.type.functions) {
      const label = `${item.name}#${func.name}`;
      found.set(label, findFunction(object, func.name, label, object));
    }
  }
  return {
    get(name, func) {
      const label = func === undefined ? name : `${name}#${func}`;
      const callable = found.get(label);
      if (callable === undefined)
        throw new EngineError("missing-import", `the component imports ${label}, which is not given`);
      return callable;
    },
  };
}

function ownNames(given: object): string[] {
  return Object.keys(given);
}

function findFunction(
  holder: object,
  name: string,
  label: string,
  receiver: object | undefined,
): HostCallable {
  for (const key of [functionKey(name), camelCase(name), name]) {
    const value = property(holder, key);
    if (value === undefined) continue;
    if (typeof value !== "function")
      throw new EngineError("bad-import", `the import ${label} must be a function`);
    const func = value as HostCallable;
    return receiver === undefined ? func : func.bind(receiver);
  }
  throw new EngineError("missing-import", `the component imports ${label}, which is not given`);
}

/** A property of the object or of its class, but not what every object has or every function has (`toString`, `constructor`, `call`). */
function property(holder: object, key: string): unknown {
  let object: object | null = holder;
  while (object !== null && object !== Object.prototype && object !== Function.prototype) {
    if (Object.hasOwn(object, key) && key !== "constructor") return (object as Record<string, unknown>)[key];
    if (Object.hasOwn(object, key) && object === holder) return (object as Record<string, unknown>)[key];
    object = Object.getPrototypeOf(object) as object | null;
  }
  return undefined;
}
