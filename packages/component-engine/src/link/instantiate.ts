import { assert, defined } from "@novywave/base";
import { EngineError } from "../errors.js";
import { memoized } from "../types/memoized.js";
import { callLifted, type LiftedFunction } from "./call-lifted.js";
import { ComponentInstanceState, reentered } from "./component-instance.js";
import { failure, guestFailure, messageOf } from "./failure.js";
import { hostExport } from "./host-exports.js";
import { HostImports, labelOf } from "./host-imports.js";
import { resourceBuiltin } from "./resource-builtins.js";
import { makeExports } from "./instance-exports.js";
import { hostImport, lowered, type ComponentCall } from "./trampolines.js";
import { Guest, type CoreFunction } from "../abi/guest.js";
import { InstanceState } from "./instance-state.js";
import { HostSide, type Destructor } from "./host-side.js";
import type { PassedTexts } from "../abi/passed-texts.js";
import type { EngineLimits } from "../limits.js";
import type {
  AbiOptions,
  CoreArgument,
  CoreRef,
  FuncSource,
  Lift,
  Plan,
  ResourceDefinition,
  Trampoline,
} from "../plan.js";
import type { FuncType } from "../types/value-types.js";
import type { HostCallable } from "./host-class.js";

/** A running component. Not thread-safe, not re-entrant; dead for good once `poisoned` is set. */
export interface Instance {
  /**
   * Functions by camelCase name, resource types as classes by PascalCase name, interfaces by full name. All objects here have no
   * prototype. A function named `then` is reached as `then_`, so that no object here can be taken for a promise.
   */
  readonly exports: Readonly<Record<string, unknown>>;
  /** The error that ended the instance, if one did. */
  readonly poisoned: EngineError | undefined;
  /**
   * Bytes of the linear memories that core modules export. One that a module keeps to itself cannot be seen: it is bounded by
   * `maxMemoryBytes` like any other, and not counted here.
   */
  readonly memoryBytes: number;
  /** Bytes that were lifted out of the instance so far: what lies behind pointers, counted each time. */
  readonly liftedBytes: number;
  /**
   * Ends the instance, dead or alive, and drops the host's resources that it still owns (`Symbol.dispose`). Destructors of the guest do
   * not run. Throws `import-failed` if one of the host's threw, after all are done.
   */
  dispose(): void;
}

/** Links a component with its imports. Runs the start functions of its core modules. */
export function linkInstance(
  plan: Plan,
  modules: readonly WebAssembly.Module[],
  imports: Record<string, unknown>,
  limits: EngineLimits,
  texts: PassedTexts | undefined,
): Instance {
  return new Linker(
    plan,
    modules,
    new HostImports(plan.imports, imports),
    new InstanceState(limits, texts),
  ).run();
}

class Linker {
  readonly #plan: Plan;
  readonly #modules: readonly WebAssembly.Module[];
  readonly #imports: HostImports;
  readonly #state: InstanceState;
  readonly #host: HostSide;
  readonly #instances: ComponentInstanceState[] = [];
  readonly #coreInstances: WebAssembly.Instance[] = [];
  readonly #trampoline = memoized((trampoline: Trampoline) => this.#makeTrampoline(trampoline));
  /** Functions that are lifted for other component instances. */
  readonly #inner = memoized((lift: Lift) => this.#lift(lift, undefined));

  constructor(
    plan: Plan,
    modules: readonly WebAssembly.Module[],
    imports: HostImports,
    state: InstanceState,
  ) {
    this.#plan = plan;
    this.#modules = modules;
    this.#imports = imports;
    this.#state = state;
    this.#host = new HostSide(
      this.#state,
      plan.resources,
      imports,
      plan.resources.map((definition) => this.#destructor(definition)),
    );
    const defines = Array.from({ length: plan.instances }, () => new Set<number>());
    for (const [i, resource] of plan.resources.entries()) {
      if (resource.kind === "guest") defines[resource.instance]?.add(i);
    }
    for (const set of defines) this.#instances.push(new ComponentInstanceState(this.#state, set));
  }

  run(): Instance {
    const state = this.#state;
    // Nothing of the component can be called before it is whole.
    state.running = true;
    try {
      for (const { module, args } of this.#plan.coreInstances) this.#addCoreInstance(module, args);
      // A start function can catch the exception that ended the instance.
      if (state.cause !== undefined) throw state.cause;
    } catch (thrown) {
      state.dead = true;
      this.#host.release(this.#instances);
      throw thrown;
    }
    state.running = false;
    const exports = makeExports(
      this.#plan.exports,
      this.#plan.exportSources,
      (source, type, label) => this.#hostFunction(source, type, label),
      this.#host,
    );
    const memories = this.#memories();
    return {
      exports,
      get poisoned() {
        return state.cause;
      },
      get memoryBytes() {
        let bytes = 0;
        for (const memory of memories) bytes += memory.buffer.byteLength;
        return bytes;
      },
      get liftedBytes() {
        return state.bytesLifted;
      },
      dispose: () => this.#dispose(),
    };
  }

  #dispose(): void {
    const state = this.#state;
    if (state.running) throw reentered("dispose");
    if (!state.dead) state.poison(new EngineError("disposed", "the instance was disposed"));
    const failed = this.#host.release(this.#instances);
    if (failed !== undefined) throw failed;
  }

  #addCoreInstance(module: number, args: readonly CoreArgument[]): void {
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

  #instantiate(module: WebAssembly.Module, importObject: WebAssembly.Imports): WebAssembly.Instance {
    try {
      return new WebAssembly.Instance(module, importObject);
    } catch (thrown) {
      if (thrown instanceof WebAssembly.LinkError) {
        throw failure("link-failed", `a core module could not be linked: ${thrown.message}`, thrown);
      }
      if (thrown instanceof RangeError && /memory/i.test(thrown.message)) {
        throw failure(
          "link-failed",
          `${thrown.message}: a memory reserves 10 GiB of address space, is that limited (ulimit -v)?`,
          thrown,
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

  #hostFunction(source: FuncSource, type: FuncType, name: string): HostCallable {
    if (source.kind === "lift") {
      return hostExport({ ...this.#lift(at(this.#plan.lifts, source.index), this.#host), type }, name);
    }
    // The component exports what it imports: nothing of the guest runs.
    const state = this.#state;
    const func = this.#imports.function(source.import, source.func);
    return (...args) => {
      if (state.dead) throw state.deadError();
      return func(...args);
    };
  }

  #coreValue(ref: CoreRef): WebAssembly.ImportValue {
    if (ref.kind === "trampoline") return this.#trampoline(at(this.#plan.trampolines, ref.index));
    return defined(at(this.#coreInstances, ref.instance).exports[ref.name], ref.name);
  }

  #coreFunction(ref: CoreRef): CoreFunction {
    const value = this.#coreValue(ref);
    assert(typeof value === "function", ref.kind);
    return value as CoreFunction;
  }

  #guest(options: AbiOptions, instance: number, host: HostSide | undefined): Guest {
    const memory = options.memory && this.#coreValue(options.memory);
    assert(memory === undefined || memory instanceof WebAssembly.Memory, "a memory");
    const realloc = options.realloc && this.#coreFunction(options.realloc);
    return new Guest(this.#state, at(this.#instances, instance), options.encoding, memory, realloc, host);
  }

  /** A lifted function, for other component instances or for the host. */
  #lift({ core, type, options, instance }: Lift, host: HostSide | undefined): LiftedFunction {
    return {
      type,
      guest: this.#guest(options, instance, host),
      core: this.#coreFunction(core),
      postReturn: options.postReturn && this.#coreFunction(options.postReturn),
      conversions: undefined,
      scratch: undefined,
    };
  }

  #makeTrampoline(trampoline: Trampoline): CoreFunction {
    if (trampoline.kind === "lower") {
      const { source, type, options, instance } = trampoline;
      const name = nameOf(source);
      const host = source.kind === "import" ? this.#host : undefined;
      return lowered(this.#guest(options, instance, host), type, this.#call(source, type, name), name);
    }
    const { kind, resource, instance } = trampoline;
    const user = at(this.#instances, instance);
    return resourceBuiltin(kind, resource, this.#state, user, this.#host.destroyer(resource, user));
  }

  /** What runs when an owned handle is dropped. The core function may not be there yet: it is looked up at the first drop. */
  #destructor(definition: ResourceDefinition): Destructor | undefined {
    if (definition.kind === "host") return undefined;
    const { dtor } = definition;
    let core: CoreFunction | undefined;
    return (rep, user) => {
      const owner = at(this.#instances, definition.instance);
      if (owner !== user && owner.entered) throw reentered("a destructor");
      if (dtor === undefined) return;
      core ??= this.#coreFunction(dtor);
      if (owner === user) {
        core(rep);
        return;
      }
      owner.entered = true;
      core(rep);
      owner.entered = false;
    };
  }

  /** How a component calls a function that another one, or the host, has given it. */
  #call(source: FuncSource, type: FuncType, name: string): ComponentCall {
    if (source.kind === "import") {
      return hostImport(this.#state, this.#imports.function(source.import, source.func), type, name);
    }
    const lift = this.#inner(at(this.#plan.lifts, source.index));
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
  return labelOf(source.import, source.func);
}

/** What the plan refers to. */
function at<T>(items: readonly T[], index: number): T {
  return defined(items[index], `${index}`);
}
