import { quoteName, twoNamed } from "../binary/names.js";
import type { ComponentSyntax, Definition, ExternSortIndex, SortIndex } from "../binary/syntax.js";
import type { Context } from "./context.js";
import { invalid, unsupported } from "../errors.js";
import { validateAliasCoreExport, validateAliasExport, validateAliasOuter } from "./aliases.js";
import { validateCanon } from "./canon.js";
import { closeComponent } from "./close.js";
import { coreExports, coreInstantiation, coreType } from "./core.js";
import { addName } from "./extern-names.js";
import { addExtern, describedSignature } from "./externs.js";
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
import { resolveResource, type ResourceType } from "../types/value-types.js";

/**
 * Checks a component and all that are nested in it, whether or not anything instantiates them. Throws `invalid` with the place.
 * The rules are those of the component model; where it leaves something open, those of wasm-tools.
 */
export function validateComponent(context: Context, syntax: ComponentSyntax): ValidationScope {
  const scope = new ValidationScope("component", undefined);
  componentSignature(context, scope, syntax);
  return scope;
}

function componentSignature(
  context: Context,
  scope: ValidationScope,
  syntax: ComponentSyntax,
): ComponentSignature {
  context.scopes.set(syntax, scope);
  context.each(syntax.definitions, scope, validateDefinition);
  return closeComponent(context, scope);
}

function validateDefinition(context: Context, scope: ValidationScope, definition: Definition): void {
  switch (definition.kind) {
    case "core-module":
      scope.spaces["core-module"].push(context.coreModule(definition.start, definition.end).module);
      return;
    case "core-instantiate":
      scope.spaces["core-instance"].push(coreInstantiation(context, scope, definition));
      return;
    case "core-inline-instance":
      scope.spaces["core-instance"].push(coreExports(context, scope, definition));
      return;
    case "core-type":
      scope.spaces["core-type"].push(coreType(context, scope, definition.type));
      return;
    case "component":
      scope.spaces.component.push(
        componentSignature(context, new ValidationScope("component", scope), definition.component),
      );
      return;
    case "instantiate":
      scope.spaces.instance.push(instantiation(context, scope, definition));
      return;
    case "inline-instance":
      scope.spaces.instance.push(inlineInstance(context, scope, definition.exports));
      return;
    case "alias-export":
      validateAliasExport(scope, definition);
      return;
    case "alias-core-export":
      validateAliasCoreExport(scope, definition);
      return;
    case "alias-outer":
      validateAliasOuter(context, scope, definition);
      return;
    case "type":
      scope.spaces.type.push(defineType(context, scope, definition.type, validateDefinition));
      return;
    case "canon":
      validateCanon(context, scope, definition.canon);
      return;
    case "import":
    case "export-decl": {
      const signature = describedSignature(context, scope, definition.desc, definition.name);
      const direction = definition.kind === "import" ? "import" : "export";
      addExtern(context, scope, direction, definition.extern, signature);
      return;
    }
    case "export":
      validateExport(context, scope, definition);
      return;
    case "start":
      context.refuse("a start section");
      return;
    case "value":
      context.refuse("values");
  }
}

function validateExport(
  context: Context,
  scope: ValidationScope,
  definition: Extract<Definition, { kind: "export" }>,
): void {
  const { name, extern, target, ascribed } = definition;
  let signature = signatureAt(scope, target);
  if (signature.kind === "type") {
    signature = { kind: "type", type: context.rename(signature.type, name) };
  }
  if (ascribed !== undefined) {
    const wanted = describedSignature(context, scope, ascribed, name);
    const difference = new Subtyping(context).difference(signature, wanted);
    if (difference !== undefined) {
      throw invalid(`the export ${quoteName(name)} is not of the type it claims: ${difference}`);
    }
    signature = wanted;
  }
  addExtern(context, scope, "export", extern, signature);
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
  context: Context,
  scope: ValidationScope,
  definition: Extract<Definition, { kind: "instantiate" }>,
): InstanceSignature {
  const component = scope.at("component", definition.component);
  const args = new Map<string, Signature>();
  for (const arg of definition.args) {
    context.spend(1);
    if (args.has(arg.name)) throw twoNamed("argument", [arg.name]);
    args.set(arg.name, signatureAt(scope, arg));
  }
  const opened = new Subtyping(context).open(args, component, "imports");
  if (typeof opened === "string") throw invalid(`argument of component ${definition.component}: ${opened}`);
  for (const resource of component.fresh.keys()) {
    const made = freshResource(resource.name);
    opened.resources.set(resource, made);
    scope.ownResources.add(made);
  }
  return instanceSignature(context, opened.signatures(component.exports), opened.paths(component.paths));
}

function inlineInstance(
  context: Context,
  scope: ValidationScope,
  items: readonly ExternSortIndex[],
): InstanceSignature {
  const externs = new Externs();
  const paths = new Map<ResourceType, Path>();
  for (const item of items) {
    const signature = signatureAt(scope, item);
    if (signature.kind === "instance") {
      context.spend(signature.type.paths.size);
      for (const [resource, path] of signature.type.paths) paths.set(resource, [item.name, ...path]);
    } else if (signature.kind === "type" && signature.type.kind === "resource") {
      paths.set(resolveResource(signature.type), [item.name]);
    }
    addName(externs, "export", item.extern, signature);
  }
  return instanceSignature(context, externs.items, paths);
}
