import { assertNever } from "@novywave/base";
import { quoteName } from "../binary/names.js";
import type {
  ComponentExtern,
  ExportSource,
  FuncSource,
  InterfaceFunction,
  InterfaceNamedType,
} from "../plan.js";
import type { Context } from "./context.js";
import { isValueType, type Entity } from "./entities.js";

/**
 * An import or export of the outermost component, as the host sees it. Refuses what the host cannot be handed:
 * modules, components, instances inside instances.
 */
export function toExtern(
  context: Context,
  name: string,
  entity: Entity,
  direction: "import" | "export",
  offset: number,
): { readonly extern: ComponentExtern; readonly source: ExportSource } | undefined {
  const refuse = (feature: string): void =>
    context.refuse(`${feature} (${direction} ${quoteName(name)})`, offset);
  switch (entity.kind) {
    case "func":
      return {
        extern: { kind: "func", name, type: entity.type },
        source: { kind: "func", source: entity.source },
      };
    case "type": {
      const { type } = entity;
      if (type.kind !== "resource" && !isValueType(type)) return undefined;
      return { extern: { kind: "type", name, type }, source: { kind: "type" } };
    }
    case "instance": {
      const functions: InterfaceFunction[] = [];
      const types: InterfaceNamedType[] = [];
      const sources: FuncSource[] = [];
      for (const [key, item] of entity.exports) {
        context.spend(10, offset);
        if (item.kind === "func") {
          functions.push({ name: key, type: item.type });
          sources.push(item.source);
        } else if (item.kind === "type") {
          const { type } = item;
          if (type.kind === "resource" || isValueType(type)) types.push({ name: key, type });
        } else {
          refuse(`a ${item.kind} inside an instance`);
        }
      }
      return {
        extern: { kind: "instance", name, type: { functions, types } },
        source: { kind: "instance", sources },
      };
    }
    case "component":
    case "core-module":
      refuse(`a ${entity.kind} at the boundary`);
      return undefined;
    default:
      return assertNever(entity);
  }
}
