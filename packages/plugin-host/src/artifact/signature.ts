import type { FuncType, ValueType } from "@novywave/component-engine";

/** A function's type as text, structure only: two functions fit each other if and only if their texts are equal. */
export function signature(type: FuncType): string {
  const params = type.params.map(({ name, type: param }) => `${name}: ${shape(param)}`).join(", ");
  return `${type.async ? "async " : ""}(${params})${type.result === undefined ? "" : ` -> ${shape(type.result)}`}`;
}

function shape(type: ValueType): string {
  switch (type.kind) {
    case "record":
      return `{${type.fields.map((field) => `${field.name}: ${shape(field.type)}`).join(", ")}}`;
    case "variant":
      return `variant(${type.cases.map((item) => (item.type ? `${item.name}(${shape(item.type)})` : item.name)).join(" | ")})`;
    case "list":
      return `list<${shape(type.element)}>`;
    case "tuple":
      return `tuple<${type.items.map(shape).join(", ")}>`;
    case "flags":
    case "enum":
      return `${type.kind}(${type.labels.join(" | ")})`;
    case "option":
      return `option<${shape(type.some)}>`;
    case "result":
      return `result<${type.ok ? shape(type.ok) : "_"}, ${type.err ? shape(type.err) : "_"}>`;
    case "own":
    case "borrow":
      return `${type.kind}<resource>`;
    case "unsupported":
      return type.feature;
    default:
      return type.kind;
  }
}
