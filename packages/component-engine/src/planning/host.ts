import { sortText } from "../validate/checks.js";
import { assert } from "@novywave/base";
import type { ComponentExtern, InterfaceFunction, InterfaceNamedType } from "../plan.js";
import { quoteName } from "../binary/names.js";
import type { Context } from "../validate/context.js";
import { isValueType, type AnyType, type Signature } from "../validate/types.js";
import { resolveResource, type ResourceType, type ValueType } from "../types/value-types.js";
import type { Entity } from "./frame.js";
import type { PlanBuilder } from "./plan-builder.js";

/**
 * An import or export of the outermost component, as the host sees it. Refuses what the host cannot be handed: modules,
 * components, instances inside instances.
 */
export function toExtern(
  context: Context,
  direction: "import" | "export",
  name: string,
  signature: Signature,
): ComponentExtern | undefined {
  switch (signature.kind) {
    case "func":
      return { kind: "func", name, type: signature.type };
    case "type":
      return isNamed(signature.type) ? { kind: "type", name, type: signature.type } : undefined;
    case "instance": {
      const functions: InterfaceFunction[] = [];
      const types: InterfaceNamedType[] = [];
      context.spend(10 * signature.type.exports.size);
      for (const [key, item] of signature.type.exports) {
        if (item.kind === "func") functions.push({ name: key, type: item.type });
        else if (item.kind !== "type") {
          context.refuse(`${sortText(item.kind)}s inside the ${direction}ed instance ${quoteName(name)}`);
        } else if (isNamed(item.type)) types.push({ name: key, type: item.type });
      }
      return { kind: "instance", name, type: { functions, types } };
    }
    default:
      context.refuse(`the ${direction}ed ${sortText(signature.kind)} ${quoteName(name)}`);
      return undefined;
  }
}

/** Types of functions, instances and components say nothing that WIT could. */
function isNamed(type: AnyType): type is ValueType | ResourceType {
  return type.kind === "resource" || isValueType(type);
}

/** What an import of the outermost component stands for; `func` is the name of a function or type in an imported instance. */
export function hostEntity(
  plan: PlanBuilder,
  host: string,
  func: string | undefined,
  signature: Signature,
): Entity {
  if (signature.kind === "func") return { kind: "func", source: { kind: "import", import: host, func } };
  if (signature.kind === "instance") {
    const exports = new Map<string, Entity>();
    for (const [name, item] of signature.type.exports) {
      plan.context.spend(10);
      exports.set(name, hostEntity(plan, host, name, item));
    }
    return { kind: "instance", exports };
  }
  assert(signature.kind === "type", signature.kind);
  const { type } = signature;
  if (type.kind !== "resource") return { kind: "type", resource: undefined };
  const resource = resolveResource(type);
  // Else it is another name of a resource that is there.
  if (resource === type) {
    resource.definition = plan.addResource({ kind: "host", import: host, type: func });
  }
  return { kind: "type", resource };
}
