import type { ComponentSyntax } from "../binary/syntax.js";
import type { CoreModule } from "../core/module-types.js";
import { EngineError } from "../errors.js";
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
 * Validates a component, then evaluates its definitions of a component with abstract imports: checks indices, types and signatures, and writes down the
 * core instances that have to be made. Nested components are evaluated where they are instantiated, with what they are given.
 */
export function elaborate(bytes: Uint8Array, syntax: ComponentSyntax, limits: EngineLimits): Elaborated {
  const context = new Context(bytes, limits);
  try {
    validateComponent(context, syntax);
    return plan(context, syntax);
  } catch (thrown) {
    const [refusal] = context.refusals;
    // What follows something that is not understood may look wrong for no other reason.
    if (refusal === undefined || !(thrown instanceof EngineError) || thrown.code !== "invalid") throw thrown;
    throw new EngineError("unsupported", refusal.feature, { offset: refusal.offset });
  }
}

function plan(context: Context, syntax: ComponentSyntax): Elaborated {
  const exports: ComponentExtern[] = [];
  const exportSources: ExportSource[] = [];
  for (const [name, { entity, offset }] of evaluateComponent(context, syntax, undefined, undefined, 0)) {
    const found = toExtern(context, name, entity, "export", offset);
    if (found === undefined) continue;
    exports.push(found.extern);
    exportSources.push(found.source);
  }
  const { instances, coreInstances, trampolines, lifts, resources, imports, modules, refusals } = context;
  return {
    plan: { instances, coreInstances, trampolines, lifts, resources, imports, exports, exportSources },
    modules,
    refusals,
  };
}
