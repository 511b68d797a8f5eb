import type { ConsentRequest } from "@novywave/protocol";
import { columns } from "./output.js";

/** What a person is asked to agree to: a heading and aligned lines for each kind. Text of the plugin is not made safe here. */
export function describeNeeds({ capabilities, folders, limits }: ConsentRequest): readonly string[] {
  return [
    ...section(
      "It asks for these capabilities, and gives as reasons:",
      capabilities.map(({ name, reason }) => [name, reason === "" ? "(no reason)" : reason]),
    ),
    ...section(
      "It asks to see these folders, which lie outside of the workspace:",
      folders.map((folder) => [folder]),
    ),
    ...section(
      "It asks for more than the usual limits:",
      limits.map(({ name, value, default: usual }) => [limitTitle(name), `${value} instead of ${usual}`]),
    ),
  ];
}

function section(heading: string, rows: readonly (readonly string[])[]): readonly string[] {
  if (rows.length === 0) return [];
  return [
    heading,
    ...columns(rows)
      .split("\n")
      .map((line) => `  ${line}`),
  ];
}

/** `memoryMib` as in the entry: `memory_mib`. */
function limitTitle(name: string): string {
  return name.replace(/[A-Z]/gu, (letter) => `_${letter.toLowerCase()}`);
}
