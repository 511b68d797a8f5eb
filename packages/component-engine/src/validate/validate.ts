import { quoteName, twoNamed } from "../binary/names.js";
import type { ComponentSyntax, Definition, ExternSortIndex, SortIndex } from "../binary/syntax.js";
import type { Context } from "./context.js";
import { invalid, unsupported } from "../errors.js";
import {
  validateAliasCoreExport,
  validateAliasExport,
  validateAliasOuter,
  requireAliasable,
} from "./aliases.js";
import { validateCanon } from "./canon.js";
import { closeComponent } from "./close.js";
import { coreExports, coreInstantiation, moduleType } from "./core.js";
import { addName } from "./extern-names.js";
import { addExtern, addPaths, describedSignature } from "./externs.js";
import { instanceSignature } from "./measure.js";
import { Externs, ValidationScope } from "./scope.js";
import { Subtyping } from "./subtype.js";
import { defineType } from "./type-definitions.js";
import {
  freshResource,
  type ComponentSignature,
  type InstanceSignature,
  type Path,
  type Signature,
} from "./types.js";
import type { ResourceType } from "../types/value-types.js";

/**
 * Checks a component and all that are nested in it, whether or not anything instantiates them. Throws `invalid` with the place.
 * The rules are those of the component model; where it leaves something open, those of wasm-tools.
 */
export function validateComponent(context: Context, syntax: ComponentSyntax): ValidationScope {
  const scope = new ValidationScope(context, "component", undefined);
  componentSignature(scope, syntax);
  return scope;
}

function componentSignature(scope: ValidationScope, syntax: ComponentSyntax): ComponentSignature {
  scope.components.set(syntax, scope);
  scope.context.each(syntax.definitions, scope, validateDefinition);
  return closeComponent(scope);
}

function validateDefinition(scope: ValidationScope, definition: Definition): void {
  if (scope.kind !== "component" && "sort" in definition) requireAliasable(definition);
  switch (definition.kind) {
    case "core-module":
      scope.push("core-module", scope.context.coreModule(definition.start, definition.end).module);
      return;
    case "core-instantiate":
      scope.push("core-instance", coreInstantiation(scope, definition));
      return;
    case "core-inline-instance":
      scope.push("core-instance", coreExports(scope, definition));
      return;
    case "core-type": {
      const { type } = definition;
      scope.push("core-type", type.kind === "func" ? type.type : moduleType(scope, type));
      return;
    }
    case "component":
      scope.push(
        "component",
        componentSignature(new ValidationScope(scope.context, "component", scope), definition.component),
      );
      return;
    case "instantiate":
      scope.push("instance", instantiation(scope, definition));
      return;
    case "inline-instance":
      scope.push("instance", inlineInstance(scope, definition.exports));
      return;
    case "alias-export":
      validateAliasExport(scope, definition);
      return;
    case "alias-core-export":
      validateAliasCoreExport(scope, definition);
      return;
    case "alias-outer":
      validateAliasOuter(scope, definition);
      return;
    case "type":
      scope.push("type", defineType(scope, definition.type, validateDefinition));
      return;
    case "canon":
      validateCanon(scope, definition.canon);
      return;
    case "import":
    case "export-decl": {
      const signature = describedSignature(scope, definition.desc, definition.name);
      const direction = definition.kind === "import" ? "import" : "export";
      addExtern(scope, direction, definition.extern, signature);
      return;
    }
    case "export":
      validateExport(scope, definition);
      return;
    case "start":
      scope.context.refuse("a start section");
      return;
    case "value":
      scope.context.refuse("values");
  }
}

function validateExport(scope: ValidationScope, definition: Extract<Definition, { kind: "export" }>): void {
  const { name, extern, target, ascribed } = definition;
  let signature = signatureAt(scope, target);
  if (signature.kind === "type") {
    signature = { kind: "type", type: scope.context.rename(signature.type, name) };
  }
  if (ascribed !== undefined) {
    const wanted = describedSignature(scope, ascribed, name);
    const difference = new Subtyping(scope.context).difference(signature, wanted);
    if (difference !== undefined) {
      throw invalid(`the export ${quoteName(name)} claims another type: ${difference}`);
    }
    signature = wanted;
  }
  addExtern(scope, "export", extern, signature);
}

function signatureAt(scope: ValidationScope, item: SortIndex): Signature {
  switch (item.sort) {
    case "func":
    case "type":
    case "component":
    case "instance":
    case "core-module":
      return scope.signature(item.sort, item.index);
    case "value":
      throw unsupported("values");
    default:
      throw invalid(`a ${item.sort} cannot stand here`);
  }
}

function instantiation(
  scope: ValidationScope,
  definition: Extract<Definition, { kind: "instantiate" }>,
): InstanceSignature {
  const component = scope.at("component", definition.component);
  const args = new Map<string, Signature>();
  for (const arg of definition.args) {
    scope.context.spend(1);
    if (args.has(arg.name)) throw twoNamed("argument", [arg.name]);
    args.set(arg.name, signatureAt(scope, arg));
  }
  const opened = new Subtyping(scope.context).open(args, component, "imports");
  if (typeof opened === "string") throw invalid(`argument of component ${definition.component}: ${opened}`);
  for (const resource of component.fresh.keys()) {
    const made = freshResource(resource.name);
    opened.resources.set(resource, made);
    scope.ownResources.add(made);
  }
  return instanceSignature(
    scope.context,
    opened.signatures(component.exports),
    opened.paths(component.paths),
  );
}

function inlineInstance(scope: ValidationScope, items: readonly ExternSortIndex[]): InstanceSignature {
  const externs = new Externs();
  const paths = new Map<ResourceType, Path>();
  for (const item of items) {
    const signature = signatureAt(scope, item);
    addPaths(scope.context, paths, item.name, signature);
    addName(externs, "export", item.extern, signature);
  }
  return instanceSignature(scope.context, externs.items, paths);
}
