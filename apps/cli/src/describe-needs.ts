import type { ConsentRequest } from "@novywave/protocol";
import { columns } from "./output.js";

/**
 * What a person is asked to agree to: a heading and aligned lines for each kind, what is new marked where an earlier build
 * was approved. Text of the plugin is not made safe here.
 */
export function describeNeeds({ capabilities, folders, limits }: ConsentRequest): readonly string[] {
  const differs = [...capabilities, ...folders, ...limits].some(({ approvedBefore }) => approvedBefore);
  const mark = ({ approvedBefore }: { readonly approvedBefore: boolean }): readonly string[] =>
    differs ? [approvedBefore ? "as before" : "NEW"] : [];
  return [
    ...section(
      "It asks for these capabilities, and gives as reasons:",
      capabilities.map((item) => [
        ...mark(item),
        item.name,
        item.reason === "" ? "(no reason)" : item.reason,
      ]),
    ),
    ...section(
      "It asks to see these folders, which lie outside of the workspace:",
      folders.map((item) => [...mark(item), item.path, `(${item.reason})`]),
    ),
    ...section(
      "It asks for more than the usual limits:",
      limits.map((item) => [
        ...mark(item),
        limitTitle(item.name),
        `${item.value} instead of ${item.default}`,
        `(${item.reason})`,
      ]),
    ),
  ];
}

/** What a person can do about a plugin that asks; one that he denied asks no more, but may be looked at again. */
export function decideAdvice(id: string, { denied }: ConsentRequest): string {
  return denied
    ? `If you have changed your mind, see what it asks for, and approve it, with: novywave plugins grant ${id}`
    : `See what it asks for, and decide, with: novywave plugins grant ${id}`;
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
