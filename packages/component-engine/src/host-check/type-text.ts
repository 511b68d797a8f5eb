import { listed } from "../names.js";
import { membersOf, partsOf } from "../types/parts.js";
import { resolveResource, type FuncType, type ResourceType, type ValueType } from "../types/value-types.js";

/** Longest text of a type in a message. */
const maxText = 80;
/** How many parts and how many names of members are shown. */
const maxItems = 8;
const maxMembers = 4;

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
  if (type.kind === "own") return resourceText(type.resource);
  if (type.kind === "borrow") return `borrow<${resourceText(type.resource)}>`;
  if (type.name !== undefined) return type.name;
  if (type.kind === "unsupported") return type.feature;
  const members = membersOf(type)?.map((member) => member.name);
  if (members !== undefined) return `${type.kind} { ${listed(members, maxMembers)} }`;
  const shown = partsOf(type).slice(0, maxItems + 1);
  const parts = shown.map((part) => (part === undefined ? "_" : write(part, room - 8)));
  while (parts.at(-1) === "_") parts.pop();
  return parts.length === 0 ? type.kind : `${type.kind}<${listed(parts, maxItems)}>`;
}

function resourceText(type: ResourceType): string {
  return resolveResource(type).name ?? "resource";
}
