import { resolveResource, type FuncType, type ValueType } from "../types/value-types.js";

/** Longest text of a type in a message. */
const maxText = 80;

/** A type as WIT, cut when it is long: by its name if it has one. */
export function typeText(type: ValueType | undefined): string {
  if (type === undefined) return "nothing";
  const text = write(type, maxText);
  return text.length > maxText ? `${text.slice(0, maxText)}…` : text;
}

/** `func(a: u32) -> string`, cut when it is long. */
export function funcText(type: FuncType): string {
  const params = type.params.slice(0, 16).map((param) => `${param.name}: ${typeText(param.type)}`);
  const result = type.result === undefined ? "" : ` -> ${typeText(type.result)}`;
  return `${type.async ? "async " : ""}func(${params.join(", ")})${result}`;
}

/** Stops going deeper when `room` characters are used up: a type's expansion may be huge. */
function write(type: ValueType, room: number): string {
  if (room <= 0) return "…";
  const inner = (part: ValueType | undefined): string => (part === undefined ? "_" : write(part, room - 8));
  if (type.kind !== "own" && type.kind !== "borrow" && type.name !== undefined) return type.name;
  switch (type.kind) {
    case "record":
      return `record { ${list(type.fields.map((field) => field.name))} }`;
    case "variant":
      return `variant { ${list(type.cases.map((item) => item.name))} }`;
    case "enum":
    case "flags":
      return `${type.kind} { ${list(type.labels)} }`;
    case "list":
      return `list<${inner(type.element)}>`;
    case "tuple":
      return `tuple<${type.items.slice(0, 8).map(inner).join(", ")}${type.items.length > 8 ? ", …" : ""}>`;
    case "option":
      return `option<${inner(type.some)}>`;
    case "result":
      if (type.ok === undefined && type.err === undefined) return "result";
      return type.err === undefined
        ? `result<${inner(type.ok)}>`
        : `result<${inner(type.ok)}, ${inner(type.err)}>`;
    case "own":
      return resolveResource(type.resource).name ?? "resource";
    case "borrow":
      return `borrow<${resolveResource(type.resource).name ?? "resource"}>`;
    case "unsupported":
      return type.feature;
    default:
      return type.kind;
  }
}

function list(names: readonly string[]): string {
  return names.length > 4 ? `${names.slice(0, 4).join(", ")}, …` : names.join(", ");
}
