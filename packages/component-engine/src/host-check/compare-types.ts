import { membersOf, partsOf, type Member } from "../types/parts.js";
import { resolveResource, type FuncType, type ResourceType, type ValueType } from "../types/value-types.js";
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
    return (
      this.#members("parameter", "", expected.params, found.params) ??
      this.#optional(expected.result, found.result, "result")
    );
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
    const { kind } = expected;
    if (kind !== found.kind) return different(expected, found, where);
    if ("resource" in expected && "resource" in found) {
      const resource = resolveResource(found.resource);
      const same = (this.#resources.get(resource) ?? resource) === resolveResource(expected.resource);
      return same ? undefined : `${different(expected, found, where)}, another resource`;
    }
    const members = membersOf(expected);
    if (members !== undefined) {
      const what = kind === "record" ? "field" : kind === "flags" ? "flag" : "case";
      return this.#members(what, ` of ${owner(expected)}`, members, membersOf(found) ?? []);
    }
    const parts = partsOf(expected);
    const others = partsOf(found);
    if (parts.length !== others.length) return different(expected, found, where);
    for (const [i, part] of parts.entries()) {
      const difference = this.#optional(part, others[i], `${partLabel(kind, i)} of ${where}`);
      if (difference !== undefined) return difference;
    }
    return undefined;
  }

  #optional(
    expected: ValueType | undefined,
    found: ValueType | undefined,
    where: string,
  ): string | undefined {
    if (expected !== undefined && found !== undefined) return this.types(expected, found, where);
    return expected === found ? undefined : different(expected, found, where);
  }

  /** Parameters, fields, cases or flags: the same names in the same order, each with the same type. `of` is whose they are. */
  #members(
    what: string,
    of: string,
    expected: readonly Member[],
    found: readonly Member[],
  ): string | undefined {
    for (const [i, member] of expected.entries()) {
      const other = found[i];
      const where = `${what} \`${member.name}\`${of}`;
      if (other === undefined) return `${where} is missing`;
      if (other.name !== member.name) {
        return `${what} ${i + 1}${of}: expected \`${member.name}\`, found \`${other.name}\``;
      }
      const difference = this.#optional(member.type, other.type, where);
      if (difference !== undefined) return difference;
    }
    const extra = found[expected.length];
    return extra === undefined ? undefined : `${what} \`${extra.name}\` is not part${of}`;
  }
}

function different(expected: ValueType | undefined, found: ValueType | undefined, where: string): string {
  return `${where}: expected \`${typeText(expected)}\`, found \`${typeText(found)}\``;
}

/** `record \`change-notification\`` */
function owner(type: ValueType): string {
  return type.name === undefined ? `a ${type.kind}` : `${type.kind} \`${type.name}\``;
}

function partLabel(kind: ValueType["kind"], index: number): string {
  switch (kind) {
    case "list":
      return "element";
    case "option":
      return "value";
    case "result":
      return index === 0 ? "ok" : "err";
    default:
      return `item ${index + 1}`;
  }
}
