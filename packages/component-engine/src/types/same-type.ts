import { resolveResource, type FuncType, type ValueType } from "./value-types.js";

/** Structural equality; names of types do not count, names of fields, cases and parameters do. */
export function sameType(a: ValueType | undefined, b: ValueType | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined || a.kind !== b.kind || a.weight !== b.weight) return false;
  switch (a.kind) {
    case "record":
      return b.kind === "record" && sameNamed(a.fields, b.fields);
    case "variant":
      return b.kind === "variant" && sameNamed(a.cases, b.cases);
    case "list":
      return b.kind === "list" && sameType(a.element, b.element);
    case "tuple":
      return (
        b.kind === "tuple" &&
        a.items.length === b.items.length &&
        a.items.every((item, i) => sameType(item, b.items[i]))
      );
    case "flags":
      return b.kind === "flags" && sameLabels(a.labels, b.labels);
    case "enum":
      return b.kind === "enum" && sameLabels(a.labels, b.labels);
    case "option":
      return b.kind === "option" && sameType(a.some, b.some);
    case "result":
      return b.kind === "result" && sameType(a.ok, b.ok) && sameType(a.err, b.err);
    case "own":
    case "borrow":
      return b.kind === a.kind && resolveResource(a.resource) === resolveResource(b.resource);
    case "unsupported":
      return b.kind === "unsupported" && a.feature === b.feature;
    default:
      return true;
  }
}

export function sameFuncType(a: FuncType, b: FuncType): boolean {
  return a.async === b.async && sameNamed(a.params, b.params) && sameType(a.result, b.result);
}

interface Named {
  readonly name: string;
  readonly type: ValueType | undefined;
}

function sameNamed(a: readonly Named[], b: readonly Named[]): boolean {
  return (
    a.length === b.length && a.every((item, i) => item.name === b[i]?.name && sameType(item.type, b[i]?.type))
  );
}

function sameLabels(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((label, i) => label === b[i]);
}
