import { invalid } from "../errors.js";
import { quoteName, type ExternName } from "../binary/names.js";
import type { MemberName } from "../names.js";
import type { FuncType, ResourceType, ValueType } from "../types/value-types.js";
import type { Direction, Externs } from "./scope.js";
import type { Signature } from "./types.js";

/** Checks that a name is new, and that what it says of an import or export is so; then notes it. */
export function addName(
  externs: Externs,
  direction: Direction,
  extern: ExternName,
  signature: Signature,
): void {
  const { name, key } = extern;
  const problem = problemOf(externs, extern, signature);
  if (problem !== undefined) throw invalid(`the ${direction} ${quoteName(name)} ${problem}`);
  externs.keys.set(key, name);
  externs.items.set(name, signature);
}

function problemOf(externs: Externs, extern: ExternName, signature: Signature): string | undefined {
  const { name, form, key } = extern;
  if (extern.implements !== undefined && (form.kind !== "label" || signature.kind !== "instance")) {
    return "implements an interface and is no instance with a plain name";
  }
  if (extern.versionSuffix !== undefined && signature.kind !== "instance") {
    return "has a version suffix and is no instance";
  }
  if ("resource" in form) {
    if (signature.kind !== "func") return "is no function";
    const problem = memberProblem(externs, form, signature.type);
    if (problem !== undefined) return problem;
  }
  const other = externs.keys.get(key);
  if (other === undefined) return undefined;
  return other === name
    ? "is there twice"
    : `conflicts with ${quoteName(other)}: case and hyphens do not count`;
}

function memberProblem(externs: Externs, form: MemberName, type: FuncType): string | undefined {
  if (form.kind === "constructor") {
    if (type.async) return "is a constructor and async";
    const made = madeBy(type.result);
    if (made === undefined) return "is a constructor and does not return own<T> or a result of it";
    return ownerProblem(externs, made, form.resource);
  }
  if (form.kind === "static") {
    const owner = externs.items.get(form.resource);
    if (owner?.kind === "type" && owner.type.kind === "resource") return undefined;
    return `is of the resource ${quoteName(form.resource)}, which is not known here`;
  }
  const [self] = type.params;
  if (self?.name !== "self") return 'is a method and has no first parameter "self"';
  if (self.type.kind !== "borrow") return 'is a method and does not take borrow<T> as "self"';
  return ownerProblem(externs, self.type.resource, form.resource);
}

function madeBy(result: ValueType | undefined): ResourceType | undefined {
  const value = result?.kind === "result" ? result.ok : result;
  return value?.kind === "own" ? value.resource : undefined;
}

function ownerProblem(externs: Externs, resource: ResourceType, named: string): string | undefined {
  const name = externs.nameOfResource.get(resource);
  if (name === undefined) return "uses a resource that has no name here";
  return name === named ? undefined : `is for the resource ${quoteName(name)}, not ${quoteName(named)}`;
}
