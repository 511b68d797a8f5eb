import { linkInstance, type Instance } from "./link/instantiate.js";
import type { PassedTexts } from "./abi/passed-texts.js";
import type { CustomSection } from "./binary/syntax.js";
import { EngineError } from "./errors.js";
import { resolveLimits, type EngineLimits } from "./limits.js";
import type { ComponentExport, ComponentImport, Plan } from "./plan.js";

/** A checked and compiled component. Instances share it. */
export interface Component {
  readonly imports: readonly ComponentImport[];
  readonly exports: readonly ComponentExport[];
  readonly customSections: readonly CustomSection[];
  readonly coreModuleCount: number;
  /** A form that can be posted to a worker; its modules are shared, not compiled again. See {@link fromTransferable}. */
  toTransferable(): TransferableComponent;
}

/** What {@link Component.toTransferable} makes. Only for `postMessage`, between programs of the same version. */
export interface TransferableComponent {
  readonly format: "novywave-component-1";
  readonly plan: Plan;
  readonly modules: readonly WebAssembly.Module[];
  readonly customSections: readonly CustomSection[];
  readonly limits: EngineLimits;
}

export interface EngineOptions {
  readonly limits?: Partial<EngineLimits>;
}

export interface InstanceOptions extends EngineOptions {
  /** Lets texts pass as something else than strings, `new Utf8Texts(4_096)` say. For one instance. */
  readonly texts?: PassedTexts;
}

export class CompiledComponent implements Component {
  readonly #plan: Plan;
  readonly #modules: readonly WebAssembly.Module[];
  readonly #limits: EngineLimits;
  readonly customSections: readonly CustomSection[];

  constructor(
    plan: Plan,
    modules: readonly WebAssembly.Module[],
    customSections: readonly CustomSection[],
    limits: EngineLimits,
  ) {
    this.#plan = plan;
    this.#modules = modules;
    this.#limits = limits;
    this.customSections = customSections;
  }

  get imports(): readonly ComponentImport[] {
    return this.#plan.imports;
  }

  get exports(): readonly ComponentExport[] {
    return this.#plan.exports;
  }

  get coreModuleCount(): number {
    return this.#modules.length;
  }

  toTransferable(): TransferableComponent {
    return {
      format: "novywave-component-1",
      plan: this.#plan,
      modules: this.#modules,
      customSections: this.customSections,
      limits: this.#limits,
    };
  }

  /** Instances run under the limits of the component unless they are given their own. */
  instantiate(imports: Record<string, unknown>, { limits, texts }: InstanceOptions): Instance {
    const resolved = resolveLimits(limits, this.#limits);
    return linkInstance(this.#plan, this.#modules, imports, resolved, texts);
  }
}

/** The component that was posted. */
export function fromTransferable(posted: TransferableComponent): Component {
  if (posted.format !== "novywave-component-1") {
    throw new EngineError("invalid", "the component comes from another version of the engine");
  }
  return new CompiledComponent(posted.plan, posted.modules, posted.customSections, posted.limits);
}

/**
 * Links a component with the host's imports: functions of interfaces under the interface's full name, functions of the world
 * under their own name. Throws `missing-import`, `bad-import`, `link-failed`, `trap`.
 */
export function instantiate(
  component: Component,
  imports: Record<string, unknown>,
  options: InstanceOptions = {},
): Instance {
  if (!(component instanceof CompiledComponent)) {
    throw new EngineError("invalid", "instantiate takes what compile or fromTransferable returned");
  }
  return component.instantiate(imports, options);
}
