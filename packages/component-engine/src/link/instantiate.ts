import { Guest, type CoreFunction } from "../abi/guest.js";
import { EngineError } from "../errors.js";
import type { EngineLimits } from "../limits.js";
import { functionKey } from "../names.js";
import type { AbiOptions, CoreRef, FuncSource, Plan } from "../plan.js";
import type { FuncType } from "../types/value-types.js";
import { callLifted, conversionsOf, scratchFor, type LiftedFunction } from "./call-lifted.js";
import { guestFailure, messageOf } from "./failure.js";
import { ComponentInstanceState, reentered } from "./handles.js";
import { hostExport, type HostCallable } from "./host-exports.js";
import { resolveImports, type ImportFunctions } from "./host-imports.js";
import { InstanceState } from "./instance-state.js";
import { hostImport, lowered, resourceBuiltin, type ComponentCall } from "./trampolines.js";

/** A running component. Not thread-safe, not re-entrant; dead for good once `poisoned` is set. */
export interface Instance {
  /**
   * Functions by camelCase name, interfaces by full name. All objects here have no prototype. A function named `then` is
   * reached as `then_`, so that no object here can be taken for a promise.
   */
  readonly exports: Readonly<Record<string, unknown>>;
  /** The error that ended the instance, if one did. */
  readonly poisoned: EngineError | undefined;
  /** Bytes of all linear memories of the instance. */
  readonly memoryBytes: number;
}

/** Links a component with its imports. Runs the start functions of its core modules. */
export function linkInstance(
  plan: Plan,
  modules: readonly WebAssembly.Module[],
  imports: Record<string, unknown>,
  limits: EngineLimits,
): Instance {
  const functions = resolveImports(plan.imports, imports);
  return new Linker(plan, modules, functions, limits).run();
}

class Linker {
  readonly #plan: Plan;
  readonly #modules: readonly WebAssembly.Module[];
  readonly #imports: ImportFunctions;
  readonly #state: InstanceState;
  readonly #instances: ComponentInstanceState[] = [];
  readonly #coreInstances: WebAssembly.Instance[] = [];
  readonly #trampolines: (CoreFunction | undefined)[] = [];
  readonly #lifts: (LiftedFunction | undefined)[] = [];

  constructor(
    plan: Plan,
    modules: readonly WebAssembly.Module[],
    imports: ImportFunctions,
    limits: EngineLimits,
  ) {
    this.#plan = plan;
    this.#modules = modules;
    this.#imports = imports;
    this.#state = new InstanceState(limits);
    const defines = Array.from({ length: plan.instances }, () => new Set<number>());
    for (const [i, resource] of plan.resources.entries()) defines[resource.instance]?.add(i);
    for (const set of defines) this.#instances.push(new ComponentInstanceState(limits, set));
  }

  run(): Instance {
    for (const { module, args } of this.#plan.coreInstances) {
      const importObject: Record<string, Record<string, WebAssembly.ImportValue>> = Object.create(null);
      for (const arg of args) {
        const namespace = (importObject[arg.module] ??= Object.create(null) as Record<
          string,
          WebAssembly.ImportValue
        >);
        namespace[arg.name] = this.#coreValue(arg.value);
      }
      this.#coreInstances.push(this.#instantiate(at(this.#modules, module), importObject));
    }
    const state = this.#state;
    // A start function can catch the exception that ended the instance.
    if (state.poisoned !== undefined) throw state.poisoned;
    const exports = this.#exports();
    const memories = this.#memories();
    return {
      exports,
      get poisoned() {
        return state.poisoned;
      },
      get memoryBytes() {
        let bytes = 0;
        for (const memory of memories) bytes += memory.buffer.byteLength;
        return bytes;
      },
    };
  }

  #instantiate(module: WebAssembly.Module, importObject: WebAssembly.Imports): WebAssembly.Instance {
    try {
      return new WebAssembly.Instance(module, importObject);
    } catch (thrown) {
      if (thrown instanceof WebAssembly.LinkError) {
        throw new EngineError("link-failed", `a core module could not be linked: ${thrown.message}`, {
          cause: thrown,
        });
      }
      if (thrown instanceof RangeError && /memory/i.test(thrown.message)) {
        throw new EngineError(
          "link-failed",
          `${thrown.message}: each WebAssembly memory reserves about 10 GiB of address space; is virtual memory limited here (ulimit -v)?`,
          { cause: thrown },
        );
      }
      throw guestFailure(thrown, "the start of a core module");
    }
  }

  #memories(): ReadonlySet<WebAssembly.Memory> {
    const memories = new Set<WebAssembly.Memory>();
    for (const instance of this.#coreInstances) {
      for (const value of Object.values(instance.exports)) {
        if (value instanceof WebAssembly.Memory) memories.add(value);
      }
    }
    return memories;
  }

  #exports(): Record<string, unknown> {
    const exports: Record<string, unknown> = Object.create(null);
    for (const [i, extern] of this.#plan.exports.entries()) {
      const source = this.#plan.exportSources[i];
      if (extern.kind === "func" && source?.kind === "func") {
        exports[functionKey(extern.name)] = this.#hostFunction(source.source, extern.type, extern.name);
      } else if (extern.kind === "instance" && source?.kind === "instance") {
        const functions: Record<string, HostCallable> = Object.create(null);
        for (const [j, func] of extern.type.functions.entries()) {
          const name = `${extern.name}#${func.name}`;
          functions[functionKey(func.name)] = this.#hostFunction(at(source.sources, j), func.type, name);
        }
        exports[extern.name] = Object.freeze(functions);
      }
    }
    return Object.freeze(exports);
  }

  #hostFunction(source: FuncSource, type: FuncType, name: string): HostCallable {
    if (source.kind === "lift") return hostExport({ ...this.#lift(source.index), type }, name);
    // The component exports what it imports: nothing of the guest runs.
    const func = this.#imports.get(source.import, source.func);
    return (...args) => func(...args);
  }

  #coreValue(ref: CoreRef): WebAssembly.ImportValue {
    if (ref.kind === "trampoline") return this.#trampoline(ref.index);
    const value = at(this.#coreInstances, ref.instance).exports[ref.name];
    if (value === undefined)
      throw new EngineError("link-failed", `a core instance has no export ${ref.name}`);
    return value;
  }

  #coreFunction(ref: CoreRef): CoreFunction {
    const value = this.#coreValue(ref);
    if (typeof value !== "function") throw new EngineError("link-failed", "a core export is no function");
    return value as CoreFunction;
  }

  #guest(options: AbiOptions, instance: number): Guest {
    const memory = options.memory === undefined ? undefined : this.#coreValue(options.memory);
    if (memory !== undefined && !(memory instanceof WebAssembly.Memory)) {
      throw new EngineError("link-failed", "a core export is no memory");
    }
    const realloc = options.realloc === undefined ? undefined : this.#coreFunction(options.realloc);
    return new Guest(this.#state, at(this.#instances, instance), options.encoding, memory, realloc);
  }

  #lift(index: number): LiftedFunction {
    const known = this.#lifts[index];
    if (known !== undefined) return known;
    const { core, type, options, instance } = at(this.#plan.lifts, index);
    const made: LiftedFunction = {
      type,
      guest: this.#guest(options, instance),
      core: this.#coreFunction(core),
      postReturn: options.postReturn === undefined ? undefined : this.#coreFunction(options.postReturn),
      conversions: conversionsOf(type),
      scratch: scratchFor(type),
    };
    this.#lifts[index] = made;
    return made;
  }

  #trampoline(index: number): CoreFunction {
    const known = this.#trampolines[index];
    if (known !== undefined) return known;
    const made = this.#makeTrampoline(index);
    this.#trampolines[index] = made;
    return made;
  }

  #makeTrampoline(index: number): CoreFunction {
    const trampoline = at(this.#plan.trampolines, index);
    if (trampoline.kind === "lower") {
      const { source, type, options, instance } = trampoline;
      const name = nameOf(source);
      return lowered(this.#guest(options, instance), type, this.#call(source, type, name), name);
    }
    const { kind, resource, instance } = trampoline;
    const definition = at(this.#plan.resources, resource);
    return resourceBuiltin(kind, resource, this.#state, at(this.#instances, instance), (rep) => {
      if (definition.dtor === undefined) return;
      const owner = at(this.#instances, definition.instance);
      const dtor = this.#coreFunction(definition.dtor);
      if (definition.instance === instance) {
        dtor(rep);
        return;
      }
      if (owner.entered) throw reentered("a destructor");
      owner.entered = true;
      dtor(rep);
      owner.entered = false;
    });
  }

  /** How a component calls a function that another one, or the host, has given it. */
  #call(source: FuncSource, type: FuncType, name: string): ComponentCall {
    if (source.kind === "import") {
      return hostImport(this.#state, this.#imports.get(source.import, source.func), type, name);
    }
    const lift = this.#lift(source.index);
    return (args) => {
      try {
        return callLifted(lift, args);
      } catch (thrown) {
        throw thrown instanceof EngineError || thrown instanceof WebAssembly.RuntimeError
          ? thrown
          : guestFailure(thrown, `${name} (${messageOf(thrown)})`);
      }
    };
  }
}

function nameOf(source: FuncSource): string {
  if (source.kind === "lift") return "a function of a nested component";
  return source.func === undefined ? source.import : `${source.import}#${source.func}`;
}

function at<T>(items: readonly T[], index: number): T {
  const item = items[index];
  if (item === undefined)
    throw new EngineError("link-failed", `the plan of the component refers to ${index}, which is not there`);
  return item;
}
