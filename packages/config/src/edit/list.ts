import { lineBreakOf, lineEnd, lineStart, nextLine } from "../toml/position.js";
import type { ListSyntax, Range } from "../toml/scan.js";
import type { SpliceSet } from "./splice.js";

/** What happens to the items of an inline array or table, by index; `insert` after an index, -1 for the start. */
export interface ListEdit {
  readonly remove: ReadonlySet<number>;
  readonly insert: ReadonlyMap<number, readonly string[]>;
}

/** Edits between `[` and `]` or `{` and `}`: the commas and lines of what stays are not touched. */
export function editList(
  text: string,
  list: ListSyntax<Range>,
  edit: ListEdit,
  splices: SpliceSet,
  pad: string,
): void {
  const kept = list.items.flatMap((_, index) => (edit.remove.has(index) ? [] : [index]));
  if (kept.length === 0 && !list.hasComments) {
    const texts = [...edit.insert.values()].flat();
    const inside = texts.length === 0 ? "" : `${pad}${texts.join(", ")}${pad}`;
    splices.replace(list.start + 1, list.end - 1, inside);
    return;
  }
  removeItems(text, list, edit.remove, kept.at(-1), splices);
  for (const [after, texts] of edit.insert) {
    // After the last item before it that stays.
    const anchor = kept.findLast((index) => index <= after);
    if (anchor === undefined) insertFirst(text, list, texts, kept.length > 0, splices);
    else insertAfter(text, list, anchor, anchor === kept.at(-1), texts, splices);
  }
}

function removeItems(
  text: string,
  list: ListSyntax<Range>,
  remove: ReadonlySet<number>,
  lastKept: number | undefined,
  splices: SpliceSet,
): void {
  const hadTrailingComma = list.commas.at(-1) !== undefined;
  const comma = lastKept === undefined ? undefined : list.commas[lastKept];
  const dropsTail = lastKept !== undefined && lastKept < list.items.length - 1;
  // Without a comma after the last item there shall be none after the item that is the last one now.
  if (dropsTail && !hadTrailingComma && comma !== undefined) splices.replace(comma, comma + 1, "");
  for (const index of remove) {
    const item = list.items[index];
    if (!item) continue;
    const end = (list.commas[index] ?? item.end - 1) + 1;
    const start = lineStart(text, item.start);
    const alone =
      isBlank(text.slice(start, item.start)) && isBlankOrComment(text.slice(end, lineEnd(text, end)));
    if (alone && start > list.start) {
      splices.deleteLines(start, nextLine(text, end));
      continue;
    }
    const next = list.items[index + 1];
    const previousComma = list.commas[index - 1];
    if (lastKept !== undefined && index > lastKept && previousComma !== undefined) {
      // Nothing after it stays: the space before it goes too.
      const spaces = isBlank(text.slice(previousComma + 1, item.start));
      splices.replace(spaces ? previousComma + 1 : item.start, end, "");
    } else {
      const spaces = next !== undefined && isBlank(text.slice(end, next.start));
      splices.replace(item.start, spaces ? next.start : end, "");
    }
  }
}

function insertFirst(
  text: string,
  list: ListSyntax<Range>,
  texts: readonly string[],
  more: boolean,
  splices: SpliceSet,
): void {
  const first = list.items[0];
  if (!more || !first) {
    splices.insert(list.start + 1, texts.join(", "));
    return;
  }
  const indent = text.slice(lineStart(text, first.start), first.start);
  const separator = isBlank(indent) ? `,${lineBreakOf(text)}${indent}` : ", ";
  splices.insert(first.start, texts.map((item) => `${item}${separator}`).join(""));
}

function insertAfter(
  text: string,
  list: ListSyntax<Range>,
  anchor: number,
  last: boolean,
  texts: readonly string[],
  splices: SpliceSet,
): void {
  const item = list.items[anchor];
  if (!item) return;
  const indent = text.slice(lineStart(text, item.start), item.start);
  const comma = list.commas[anchor];
  const end = comma === undefined ? item.end : comma + 1;
  const rest = text.slice(end, lineEnd(text, end));
  const ownLine = isBlank(indent) && isBlankOrComment(rest) && lineStart(text, item.start) > list.start;
  if (!ownLine) {
    splices.insert(item.end, texts.map((added) => `, ${added}`).join(""));
    return;
  }
  const lineBreak = lineBreakOf(text);
  const trailing = last && list.commas.at(-1) === undefined ? "" : ",";
  if (last && trailing === "") splices.insert(item.end, ",");
  const lines = texts.map((added, index) => {
    const closing = index === texts.length - 1 ? trailing : ",";
    return `${lineBreak}${indent}${added}${closing}`;
  });
  splices.insert(lineEnd(text, end), lines.join(""));
}

function isBlank(text: string): boolean {
  return /^[ \t]*$/.test(text);
}

function isBlankOrComment(text: string): boolean {
  return /^[ \t]*(#.*)?$/.test(text);
}
