import { quoteName, quoteNames } from "../binary/names.js";
import { coreImportKey, fitsCoreExtern, showCoreExtern, type CoreExtern } from "../core/module-types.js";
import { otherSort } from "./checks.js";
import type { Context } from "./context.js";
import { isValueType } from "./types.js";
import { TypeComparison } from "../host-check/compare-types.js";
import { resolveResource, weightOf, type ResourceType } from "../types/value-types.js";
import { Substitution } from "./substitute.js";
import {
  type AnyType,
  type ComponentSignature,
  type InstanceSignature,
  type ModuleSignature,
  type Signature,
} from "./types.js";

/**
 * Whether what is given can stand where something is asked for: an instance may export more, a component may import less and
 * export more; functions and value types must be equal. Answers with the first difference.
 */
export class Subtyping {
  readonly #context: Context;
  readonly #comparison = new TypeComparison();

  constructor(context: Context) {
    this.#context = context;
  }

  difference(given: Signature, wanted: Signature): string | undefined {
    this.#context.spend(1);
    if (wanted.kind === "core-module" && given.kind === "core-module") {
      return moduleDifference(given.type, wanted.type);
    }
    if (wanted.kind === given.kind && wanted.kind !== "core-module" && given.kind !== "core-module") {
      return this.#types(given.type, wanted.type);
    }
    return otherSort(wanted.kind, given.kind);
  }

  /**
   * Gives a component its imports (or lets exports stand for what a component type promises). Answers with what puts the
   * given resources and types in the place of those that it names; throws when something is missing or does not fit.
   */
  open(
    given: ReadonlyMap<string, Signature>,
    target: ComponentSignature,
    side: "imports" | "exports",
  ): Substitution | string {
    const resources = new Map<ResourceType, ResourceType>();
    for (const [resource, path] of side === "imports" ? target.imported : target.fresh) {
      const found = follow(given, path);
      if (found !== undefined) resources.set(resource, found);
    }
    const substitution = new Substitution(this.#context, resources);
    const renamed = new Map<AnyType, AnyType>();
    for (const [name, wanted] of target[side]) {
      const item = given.get(name);
      if (item === undefined) return `${quoteName(name)} is missing`;
      const difference = this.difference(item, substitution.signature(wanted));
      if (difference !== undefined) return `${quoteName(name)}: ${difference}`;
      this.#rename(item, wanted, renamed);
    }
    return new Substitution(this.#context, resources, renamed);
  }

  #types(given: AnyType, wanted: AnyType): string | undefined {
    if (given === wanted) return undefined;
    if (wanted.kind === "resource" && given.kind === "resource") {
      return resolveResource(given) === resolveResource(wanted) ? undefined : "another resource type";
    }
    if (wanted.kind === "func" && given.kind === "func") {
      this.#context.spend(4 * weightOf(wanted));
      return this.#comparison.funcs(wanted, given);
    }
    if (wanted.kind === "instance-type" && given.kind === "instance-type") {
      return this.#instances(given, wanted);
    }
    if (wanted.kind === "component-type" && given.kind === "component-type") {
      return this.#components(given, wanted);
    }
    if (isValueType(wanted) && isValueType(given)) {
      this.#context.spend(4 * wanted.weight);
      return this.#comparison.types(wanted, given, "type");
    }
    return otherSort(wanted.kind, given.kind);
  }

  #instances(given: InstanceSignature, wanted: InstanceSignature): string | undefined {
    for (const [name, item] of wanted.exports) {
      const found = given.exports.get(name);
      if (found === undefined) return `the export ${quoteName(name)} is missing`;
      const difference = this.difference(found, item);
      if (difference !== undefined) return `export ${quoteName(name)}: ${difference}`;
    }
    return undefined;
  }

  /** Whoever has a component of the wanted type gives it what that type imports: it must be enough, and what comes out as well. */
  #components(given: ComponentSignature, wanted: ComponentSignature): string | undefined {
    const opened = this.open(wanted.imports, given, "imports");
    if (typeof opened === "string") return `import ${opened}`;
    const exported = this.open(opened.signatures(given.exports), wanted, "exports");
    return typeof exported === "string" ? `export ${exported}` : undefined;
  }

  #rename(given: Signature, wanted: Signature, renamed: Map<AnyType, AnyType>): void {
    this.#context.spend(1);
    if (wanted.kind === "type" && given.kind === "type") renamed.set(wanted.type, given.type);
    if (wanted.kind !== "instance" || given.kind !== "instance") return;
    for (const [name, item] of wanted.type.exports) {
      const found = given.type.exports.get(name);
      if (found !== undefined) this.#rename(found, item, renamed);
    }
  }
}

function follow(given: ReadonlyMap<string, Signature>, path: readonly string[]): ResourceType | undefined {
  let at: ReadonlyMap<string, Signature> | undefined = given;
  let found: Signature | undefined;
  for (const name of path) {
    found = at?.get(name);
    at = found?.kind === "instance" ? found.type.exports : undefined;
  }
  return found?.kind === "type" && found.type.kind === "resource" ? resolveResource(found.type) : undefined;
}

/** A module may import less and export more than asked for. */
function moduleDifference(given: ModuleSignature, wanted: ModuleSignature): string | undefined {
  const offered = new Map<string, CoreExtern>();
  for (const item of wanted.imports) offered.set(coreImportKey(item.module, item.name), item.type);
  for (const item of given.imports) {
    const found = offered.get(coreImportKey(item.module, item.name));
    const difference = coreDifference("import", [item.module, item.name], found, item.type);
    if (difference !== undefined) return difference;
  }
  for (const [name, item] of wanted.exports) {
    const difference = coreDifference("export", [name], given.exports.get(name), item);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

/** Why what is given for a core import or export does not fit, if it does not. */
export function coreDifference(
  direction: "import" | "export",
  names: readonly string[],
  given: CoreExtern | undefined,
  wanted: CoreExtern,
): string | undefined {
  if (given !== undefined && fitsCoreExtern(given, wanted)) return undefined;
  const what = `the core ${direction} ${quoteNames(names)}`;
  if (given === undefined) return `${what} is missing`;
  return `${what}: expected ${showCoreExtern(wanted)}, found ${showCoreExtern(given)}`;
}
