import { PlanBuilder } from "./plan-builder.js";
import { unsupported, EngineError } from "../errors.js";
import { interfacesOf, type ComponentExtern, type Plan, type Refusal } from "../plan.js";
import { validateComponent } from "../validate/validate.js";
import { toExtern } from "./host.js";
import { planComponent } from "./component.js";
import { ofKind } from "./frame.js";
import type { ComponentSyntax } from "../binary/syntax.js";
import type { CoreModule } from "../core/module-types.js";
import type { Context } from "../validate/context.js";
import type { ValidationScope } from "../validate/scope.js";

/** A component that is valid, with its core modules still to be compiled. */
export interface CheckedComponent {
  readonly imports: readonly ComponentExtern[];
  readonly exports: readonly ComponentExtern[];
  readonly modules: readonly CoreModule[];
  readonly refusals: readonly Refusal[];
  /** How to make an instance of it, or why it is refused. */
  readonly plan: Plan | Refusal;
}

/**
 * Validates a component, and plans what instantiating it makes. Every definition is validated once; nested components are planned
 * each time that they are instantiated, with what they are given.
 */
export function checkComponent(context: Context, syntax: ComponentSyntax): CheckedComponent {
  try {
    const { modules, refusals } = context;
    const scope = validated(context, syntax);
    const imports = externs(syntax, scope, "import");
    const exports = externs(syntax, scope, "export");
    const plan = refusals[0] ?? planOf(scope, syntax, imports, exports);
    return { imports, exports, modules, refusals, plan };
  } catch (thrown) {
    if (!(thrown instanceof EngineError) || thrown.offset !== undefined) throw thrown;
    const { code, message, limit } = thrown;
    throw new EngineError(code, message, { offset: context.offset, limit });
  }
}

function validated(context: Context, syntax: ComponentSyntax): ValidationScope {
  try {
    return validateComponent(context, syntax);
  } catch (thrown) {
    const [refusal] = context.refusals;
    // What follows something that is not understood may look wrong for no other reason.
    if (refusal === undefined || !(thrown instanceof EngineError) || thrown.code !== "invalid") throw thrown;
    throw unsupported(refusal.feature, refusal.offset);
  }
}

function externs(
  syntax: ComponentSyntax,
  scope: ValidationScope,
  direction: "import" | "export",
): ComponentExtern[] {
  const { context } = scope;
  const { items } = scope.externs(direction);
  const found: ComponentExtern[] = [];
  for (const definition of syntax.definitions) {
    if (definition.kind !== direction) continue;
    const signature = items.get(definition.name);
    // What is missing was refused.
    if (signature === undefined) continue;
    context.offset = definition.offset;
    const extern = toExtern(context, direction, definition.name, signature);
    if (extern !== undefined) found.push(extern);
  }
  return found;
}

function planOf(
  scope: ValidationScope,
  syntax: ComponentSyntax,
  imports: readonly ComponentExtern[],
  exports: readonly ComponentExtern[],
): Plan {
  const plan = new PlanBuilder(scope);
  const made = planComponent(plan, syntax, undefined, undefined, 0);
  const exportSources = interfacesOf(exports).map(({ name, functions }) => {
    const from = name === undefined ? made : ofKind(made.get(name), "instance").exports;
    return functions.map((func) => ofKind(from.get(func.name), "func").source);
  });
  const { instances, coreInstances, trampolines, lifts, resources } = plan;
  return { instances, coreInstances, trampolines, lifts, resources, imports, exports, exportSources };
}
