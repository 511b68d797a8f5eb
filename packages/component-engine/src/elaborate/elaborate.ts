import type { ComponentSyntax } from "../binary/syntax.js";
import type { CoreModule } from "../core/module-types.js";
import type { EngineLimits } from "../limits.js";
import type { ComponentExtern, ExportSource, Plan, Refusal } from "../plan.js";
import { validateComponent } from "../validate/validate.js";
import { evaluateComponent } from "./component.js";
import { Context } from "./context.js";
import { toExtern } from "./externs.js";

/** A component, checked and flattened, with its core modules still to be compiled. */
export interface Elaborated {
  readonly plan: Plan;
  readonly modules: readonly CoreModule[];
  readonly refusals: readonly Refusal[];
}

/**
 * Evaluates the definitions of a component with abstract imports: checks indices, types and signatures, and writes down the
 * core instances that have to be made. Nested components are evaluated where they are instantiated, with what they are given.
 */
export function elaborate(bytes: Uint8Array, syntax: ComponentSyntax, limits: EngineLimits): Elaborated {
  const context = new Context(bytes, limits);
  validateComponent(context, syntax);
  const exports: ComponentExtern[] = [];
  const exportSources: ExportSource[] = [];
  for (const [name, { entity, offset }] of evaluateComponent(context, syntax, undefined, undefined, 0)) {
    const found = toExtern(context, name, entity, "export", offset);
    if (found === undefined) continue;
    exports.push(found.extern);
    exportSources.push(found.source);
  }
  const { instances, coreInstances, trampolines, lifts, resources, imports, modules, refusals } = context;
  const plan = { instances, coreInstances, trampolines, lifts, resources, imports, exports, exportSources };
  return { plan, modules, refusals };
}
