import type { ResourceType, ValueType, FuncType, Param } from "../types/value-types.js";
import { resolveResource } from "../types/value-types.js";
import { funcText, typeText } from "./type-text.js";

/**
 * Compares types of a component with those of a host. Structure and the names of fields, cases and parameters count, names of
 * types do not. Resources have no structure: the component's resource stands for the host's that the same interface names.
 */
export class TypeComparison {
  readonly #resources = new Map<ResourceType, ResourceType>();
  /** Pairs that were found equal: shared types are compared once, however often they are used. */
  readonly #equal = new WeakMap<ValueType, WeakSet<ValueType>>();

  /** From here on `found` of the component is `expected` of the host. */
  pair(expected: ResourceType, found: ResourceType): void {
    this.#resources.set(resolveResource(found), resolveResource(expected));
  }

  /** The first difference of two functions, `undefined` if there is none. */
  funcs(expected: FuncType, found: FuncType): string | undefined {
    if (expected.async !== found.async || expected.params.length !== found.params.length) {
      return `expected \`${funcText(expected)}\`, found \`${funcText(found)}\``;
    }
    for (const [i, param] of expected.params.entries()) {
      const other: Param | undefined = found.params[i];
      if (other === undefined || other.name !== param.name) {
        return `parameter ${i + 1}: expected \`${param.name}\`, found \`${other?.name ?? "none"}\``;
      }
      const difference = this.types(param.type, other.type, `parameter \`${param.name}\``);
      if (difference !== undefined) return difference;
    }
    return this.#optional(expected.result, found.result, "result");
  }

  /** The first difference of two types, after where it is: `where` until a named part is reached. */
  types(expected: ValueType, found: ValueType, where: string): string | undefined {
    if (expected === found || this.#equal.get(expected)?.has(found) === true) return undefined;
    const difference = this.#compare(expected, found, where);
    if (difference === undefined) {
      const known = this.#equal.get(expected);
      if (known === undefined) this.#equal.set(expected, new WeakSet([found]));
      else known.add(found);
    }
    return difference;
  }

  #compare(expected: ValueType, found: ValueType, where: string): string | undefined {
    const differs = (): string =>
      `${where}: expected \`${typeText(expected)}\`, found \`${typeText(found)}\``;
    switch (expected.kind) {
      case "record":
        return found.kind === "record"
          ? this.#parts("field", owner(expected), expected.fields, found.fields)
          : differs();
      case "variant":
        return found.kind === "variant"
          ? this.#parts("case", owner(expected), expected.cases, found.cases)
          : differs();
      case "enum":
      case "flags": {
        if (found.kind !== expected.kind) return differs();
        const what = expected.kind === "enum" ? "case" : "flag";
        return this.#parts(what, owner(expected), labelled(expected.labels), labelled(found.labels));
      }
      case "list":
        return found.kind === "list"
          ? this.types(expected.element, found.element, `element of ${where}`)
          : differs();
      case "option":
        return found.kind === "option"
          ? this.types(expected.some, found.some, `value of ${where}`)
          : differs();
      case "tuple": {
        if (found.kind !== "tuple" || found.items.length !== expected.items.length) return differs();
        for (const [i, item] of expected.items.entries()) {
          const difference = this.#optional(item, found.items[i], `item ${i + 1} of ${where}`);
          if (difference !== undefined) return difference;
        }
        return undefined;
      }
      case "result":
        if (found.kind !== "result") return differs();
        return (
          this.#optional(expected.ok, found.ok, `ok of ${where}`) ??
          this.#optional(expected.err, found.err, `err of ${where}`)
        );
      case "own":
      case "borrow": {
        if (found.kind !== expected.kind) return differs();
        const resource = resolveResource(found.resource);
        const same = (this.#resources.get(resource) ?? resource) === resolveResource(expected.resource);
        return same ? undefined : `${differs()}, another resource`;
      }
      case "unsupported":
        return found.kind === "unsupported" && found.feature === expected.feature ? undefined : differs();
      default:
        return found.kind === expected.kind ? undefined : differs();
    }
  }

  #optional(
    expected: ValueType | undefined,
    found: ValueType | undefined,
    where: string,
  ): string | undefined {
    if (expected !== undefined && found !== undefined) return this.types(expected, found, where);
    if (expected === found) return undefined;
    return `${where}: expected \`${typeText(expected)}\`, found \`${typeText(found)}\``;
  }

  /** Fields, cases or flags: the same names in the same order, each with the same type. */
  #parts(what: string, of: string, expected: readonly Part[], found: readonly Part[]): string | undefined {
    for (const [i, part] of expected.entries()) {
      const other = found[i];
      if (other === undefined) return `${what} \`${part.name}\` of ${of} is missing`;
      if (other.name !== part.name) {
        return `${what} ${i + 1} of ${of}: expected \`${part.name}\`, found \`${other.name}\``;
      }
      const difference = this.#optional(part.type, other.type, `${what} \`${part.name}\` of ${of}`);
      if (difference !== undefined) return difference;
    }
    const extra = found[expected.length];
    return extra === undefined ? undefined : `${what} \`${extra.name}\` is not part of ${of}`;
  }
}

interface Part {
  readonly name: string;
  readonly type: ValueType | undefined;
}

/** `record \`change-notification\`` */
function owner(type: ValueType): string {
  return type.name === undefined ? `a ${type.kind}` : `${type.kind} \`${type.name}\``;
}

function labelled(labels: readonly string[]): Part[] {
  return labels.map((name) => ({ name, type: undefined }));
}
