import { quoteName, twoNamed } from "../binary/names.js";
import type { ComponentSyntax, Definition, ExternSortIndex, SortIndex } from "../binary/syntax.js";
import type { Context } from "./context.js";
import { invalid, unsupported } from "../errors.js";
import { limitError } from "../limits.js";
import { validateAliasCoreExport, validateAliasExport, validateAliasOuter } from "./aliases.js";
import { validateCanon } from "./canon.js";
import { closeComponent } from "./close.js";
import { coreExports, coreInstantiation, coreType } from "./core.js";
import { addName } from "./extern-names.js";
import { addExtern, describedSignature } from "./externs.js";
import { FreeResources } from "./free-resources.js";
import { measure } from "./measure.js";
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
  new ComponentValidator(context).component(syntax, scope);
  return scope;
}

class ComponentValidator {
  readonly #context: Context;
  readonly #free: FreeResources;

  constructor(context: Context) {
    this.#context = context;
    this.#free = new FreeResources(context);
  }

  component(syntax: ComponentSyntax, scope: ValidationScope): ComponentSignature {
    this.#context.scopes.set(syntax, scope);
    if (scope.depth > this.#context.limits.maxDepth) {
      throw limitError("maxDepth", this.#context.limits, "components are nested too deep", syntax.offset);
    }
    for (const definition of syntax.definitions) {
      this.#context.spend(10, definition.offset);
      this.#definition(scope, definition);
    }
    return closeComponent(this.#context, this.#free, scope, syntax.offset);
  }

  #definition(scope: ValidationScope, definition: Definition): void {
    const context = this.#context;
    const { offset } = definition;
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
          this.component(definition.component, new ValidationScope("component", scope)),
        );
        return;
      case "instantiate":
        scope.spaces.instance.push(this.#instantiation(scope, definition));
        return;
      case "inline-instance":
        scope.spaces.instance.push(this.#inlineInstance(scope, definition.exports, offset));
        return;
      case "alias-export":
        validateAliasExport(scope, definition);
        return;
      case "alias-core-export":
        validateAliasCoreExport(scope, definition);
        return;
      case "alias-outer":
        validateAliasOuter(this.#free, scope, definition);
        return;
      case "type":
        scope.spaces.type.push(defineType(context, this.#free, scope, definition.type));
        return;
      case "canon":
        validateCanon(context, scope, definition.canon, offset);
        return;
      case "import": {
        const signature = describedSignature(context, scope, definition.desc, definition.name, offset);
        addExtern(context, scope, "import", definition.extern, signature, offset);
        return;
      }
      case "export":
        this.#export(scope, definition);
        return;
      case "start":
        context.refuse("a start section", offset);
        return;
      case "value":
        context.refuse("values", offset);
        return;
      case "export-decl":
        throw invalid("an export declaration outside a type", offset);
    }
  }

  #export(scope: ValidationScope, definition: Extract<Definition, { kind: "export" }>): void {
    const { name, extern, target, ascribed, offset } = definition;
    const context = this.#context;
    let signature = this.#signatureAt(scope, target, offset);
    if (signature.kind === "type") {
      signature = { kind: "type", type: context.rename(signature.type, name, offset) };
    }
    if (ascribed !== undefined) {
      const wanted = describedSignature(context, scope, ascribed, name, offset);
      const difference = new Subtyping(context, offset).difference(signature, wanted);
      if (difference !== undefined) {
        throw invalid(`the export ${quoteName(name)} is not of the type it claims: ${difference}`, offset);
      }
      signature = wanted;
    }
    addExtern(context, scope, "export", extern, signature, offset);
  }

  #signatureAt(scope: ValidationScope, item: SortIndex, offset: number): Signature {
    switch (item.sort) {
      case "func":
      case "type":
      case "component":
      case "instance":
      case "core-module":
        return scope.signature(item.sort, item.index, offset);
      case "value":
        throw unsupported("values", offset);
      default:
        throw invalid(`a ${item.sort} cannot stand here`, offset);
    }
  }

  #instantiation(
    scope: ValidationScope,
    definition: Extract<Definition, { kind: "instantiate" }>,
  ): InstanceSignature {
    const { offset } = definition;
    const component = scope.at("component", definition.component, offset);
    const args = new Map<string, Signature>();
    for (const arg of definition.args) {
      this.#context.spend(1, offset);
      if (args.has(arg.name)) throw twoNamed("argument", offset, arg.name);
      args.set(arg.name, this.#signatureAt(scope, arg, offset));
    }
    const opened = new Subtyping(this.#context, offset).open(args, component, "imports");
    if (typeof opened === "string")
      throw invalid(`argument of component ${definition.component}: ${opened}`, offset);
    for (const resource of component.fresh.keys()) {
      const made = freshResource(resource.name);
      opened.resources.set(resource, made);
      scope.ownResources.add(made);
    }
    const exports = opened.signatures(component.exports);
    return {
      kind: "instance-type",
      exports,
      fresh: new Set(),
      paths: opened.paths(component.paths),
      ...measure(this.#context, exports.values(), offset),
    };
  }

  #inlineInstance(
    scope: ValidationScope,
    items: readonly ExternSortIndex[],
    offset: number,
  ): InstanceSignature {
    const externs = new Externs();
    const paths = new Map<ResourceType, Path>();
    for (const item of items) {
      const signature = this.#signatureAt(scope, item, offset);
      if (signature.kind === "instance") {
        this.#context.spend(signature.type.paths.size, offset);
        for (const [resource, path] of signature.type.paths) paths.set(resource, [item.name, ...path]);
      } else if (signature.kind === "type" && signature.type.kind === "resource") {
        paths.set(resolveResource(signature.type), [item.name]);
      }
      addName(externs, "export", item.extern, signature, offset);
    }
    const exports = externs.items;
    return {
      kind: "instance-type",
      exports,
      fresh: new Set(),
      paths,
      ...measure(this.#context, exports.values(), offset),
    };
  }
}
