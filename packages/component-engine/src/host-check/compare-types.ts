import { membersOf, partsOf, type Member } from "../types/parts.js";
import { sameList } from "../types/same-list.js";
import { resolveResource, type FuncType, type ResourceType, type ValueType } from "../types/value-types.js";
import { funcText, typeText } from "./type-text.js";

/**
 * Compares types of a component with those of a host. Structure and the names of fields, cases and parameters count, names of
 * types do not. Resources have no structure: the component's resource stands for the host's that the same interface names.
 */
export class TypeComparison {
  readonly #resources = new Map<ResourceType, ResourceType>();
  /** Pairs that were found equal: shared types are compared once, however often they are used. */
  readonly #equal = new Map<ValueType, Set<ValueType>>();

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
      this.#members("parameter", undefined, expected.params, found.params) ??
      this.#optional(expected.result, found.result, "result")
    );
  }

  /** The first difference of two types, after where it is: `where` until a named part is reached. */
  types(expected: ValueType, found: ValueType, where: string): string | undefined {
    if (this.#known(expected, found)) return undefined;
    const difference = this.#compare(expected, found, where);
    if (difference === undefined) {
      const known = this.#equal.get(expected);
      if (known === undefined) this.#equal.set(expected, new Set<ValueType>().add(found));
      else known.add(found);
    }
    return difference;
  }

  /** Whether two types are known to be equal: then no text has to say where they are. */
  #known(expected: ValueType | undefined, found: ValueType | undefined): boolean {
    if (expected === found) return true;
    if (expected === undefined || found === undefined) return false;
    return this.#equal.get(expected)?.has(found) === true;
  }

  #compare(expected: ValueType, found: ValueType, where: string): string | undefined {
    const { kind } = expected;
    if (kind !== found.kind) return different(expected, found, where);
    if ("resource" in expected && "resource" in found) {
      const resource = resolveResource(found.resource);
      const same = (this.#resources.get(resource) ?? resource) === resolveResource(expected.resource);
      return same ? undefined : `${different(expected, found, where)}, another resource`;
    }
    if ("labels" in expected && "labels" in found && sameList(expected.labels, found.labels))
      return undefined;
    const members = membersOf(expected);
    if (members !== undefined) {
      const what = kind === "record" ? "field" : kind === "flags" ? "flag" : "case";
      return this.#members(what, expected, members, membersOf(found) ?? []);
    }
    const parts = partsOf(expected);
    const others = partsOf(found);
    if (parts.length !== others.length) return different(expected, found, where);
    for (let i = 0; i < parts.length; i++) {
      if (this.#known(parts[i], others[i])) continue;
      const difference = this.#optional(parts[i], others[i], `${partLabel(kind, i)} of ${where}`);
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

  /** Parameters, fields, cases or flags: the same names in the same order, each with the same type. `whole` is whose they are. */
  #members(
    what: string,
    whole: ValueType | undefined,
    expected: readonly Member[],
    found: readonly Member[],
  ): string | undefined {
    let i = 0;
    for (const { name, type } of expected) {
      const other = found[i];
      i += 1;
      if (other?.name === name && this.#known(type, other.type)) continue;
      const of = ofWhole(whole);
      const where = `${what} \`${name}\`${of}`;
      if (other === undefined) return `${where} is missing`;
      if (other.name !== name) {
        return `${what} ${i}${of}: expected \`${name}\`, found \`${other.name}\``;
      }
      const difference = this.#optional(type, other.type, where);
      if (difference !== undefined) return difference;
    }
    const extra = found[expected.length];
    return extra === undefined ? undefined : `${what} \`${extra.name}\` is not part${ofWhole(whole)}`;
  }
}

function different(expected: ValueType | undefined, found: ValueType | undefined, where: string): string {
  return `${where}: expected \`${typeText(expected)}\`, found \`${typeText(found)}\``;
}

/** ` of record \`change-notification\``; nothing for a function, whose parameters are compared. */
function ofWhole(type: ValueType | undefined): string {
  if (type === undefined) return "";
  return type.name === undefined ? ` of a ${type.kind}` : ` of ${type.kind} \`${type.name}\``;
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
