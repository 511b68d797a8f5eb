import type { ComponentInfo } from "@novywave/component-engine";

/** The world of a component as WIT. */
export function describeWit(info: ComponentInfo): string {
  const lines = ["world component {"];
  for (const item of info.imports) lines.push(`  import ${item.name};`);
  for (const item of info.exports) lines.push(`  export ${item.name};`);
  lines.push("}");
  return lines.join("\n");
}
