import { lineBreakOf, lineEnd, lineStart, nextLine } from "../toml/position.js";
import type { ItemSyntax, SectionSyntax } from "../toml/scan.js";
import type { Body, DocumentTree } from "../toml/tree.js";
import { isArray, type Toml } from "../toml/value.js";
import { writeSection, writeSections } from "../toml/write.js";
import type { SpliceSet } from "./splice.js";

/** What was decided for one body, by index of its items. */
export interface BodyPlan {
  readonly removed: Set<number>;
  readonly replaced: Map<number, string>;
  /** Items to add after an item, -1 for the start. */
  readonly added: Map<number, string[]>;
}

/** Tables to write under headers: after the last section of `after` that stays, else where `before` begins. */
export interface NewSections {
  readonly path: readonly string[];
  /** A table for `[path]`, or tables for `[[path]]`. */
  readonly value: Toml;
  readonly after: readonly SectionSyntax[];
  readonly before: SectionSyntax | undefined;
}

interface LineWork {
  readonly tree: DocumentTree;
  readonly plans: ReadonlyMap<Body, BodyPlan>;
  readonly removedSections: ReadonlySet<SectionSyntax>;
  readonly newSections: readonly NewSections[];
  readonly splices: SpliceSet;
}

/** Adds and removes whole lines: items of sections, and sections. */
export function emitLines(work: LineWork): void {
  removeSections(work);
  for (const section of work.tree.sections) {
    const plan = work.plans.get(section);
    if (plan && !work.removedSections.has(section)) emitItems(work, section, plan);
  }
  // At the same place sub-tables come before the next table of their parent.
  const deepestFirst = [...work.newSections].sort((a, b) => b.path.length - a.path.length);
  for (const added of deepestFirst) addSections(work, added);
}

function emitItems(work: LineWork, section: SectionSyntax, plan: BodyPlan): void {
  const { text } = work.tree;
  for (const index of plan.removed) {
    const item = section.items[index];
    if (item) work.splices.deleteLines(lineStart(text, item.start), nextLine(text, item.end));
  }
  const lineBreak = lineBreakOf(text);
  for (const [after, items] of plan.added) {
    const anchor = lastLeft(section, plan, after);
    if (anchor) {
      const indent = text.slice(lineStart(text, anchor.start), anchor.start);
      const lines = items.map((item) => `${lineBreak}${indent}${item}`);
      work.splices.insert(lineEnd(text, anchor.end), lines.join(""));
    } else if (section.kind === "root") {
      insertAtTop(work, section, items);
    } else {
      const indent = text.slice(lineStart(text, section.header.start), section.header.start);
      const lines = items.map((item) => `${lineBreak}${indent}${item}`);
      work.splices.insert(lineEnd(text, section.header.end), lines.join(""));
    }
  }
}

/** Keys of the document itself, where there are none (left): before the first header and the comment that belongs to it. */
function insertAtTop(work: LineWork, root: SectionSyntax, items: readonly string[]): void {
  const { text, sections } = work.tree;
  const lineBreak = lineBreakOf(text);
  const lines = items.map((item) => `${item}${lineBreak}`).join("");
  const first = root.items[0];
  if (first) {
    work.splices.insert(lineStart(text, first.start), lines);
    return;
  }
  const header = sections[1]?.header;
  if (header) work.splices.insert(commentAbove(text, lineStart(text, header.start)), `${lines}${lineBreak}`);
  else appendAtEnd(work, items);
}

function appendAtEnd(work: LineWork, lines: readonly string[]): void {
  const { text, sections } = work.tree;
  const lineBreak = lineBreakOf(text);
  const joined = lines.join(lineBreak);
  const start = sections[0]?.header.start ?? 0;
  if (text.length === start || text.endsWith("\n")) work.splices.insert(text.length, `${joined}${lineBreak}`);
  else work.splices.insert(text.length, `${lineBreak}${joined}`);
}

function addSections(work: LineWork, added: NewSections): void {
  const { text, sections } = work.tree;
  const lineBreak = lineBreakOf(text);
  const lines = isArray(added.value)
    ? writeSections(added.path, added.value, lineBreak)
    : added.value instanceof Map
      ? writeSection("table", added.path, added.value, lineBreak)
      : [];
  const isRoot = added.after.some((section) => section.kind === "root");
  const candidates = isRoot ? sections.slice(1) : added.after;
  const anchor = candidates.findLast((section) => !work.removedSections.has(section));
  if (anchor) {
    const end = skipComments(text, endOf(anchor, work.plans.get(anchor)));
    work.splices.insert(end, ["", "", ...lines].join(lineBreak));
    return;
  }
  const before = isRoot ? sections[1] : added.before;
  if (before) {
    const removed = work.removedSections.has(before);
    const start = lineStart(text, before.header.start);
    const joined = lines.map((line) => `${line}${lineBreak}`).join("");
    work.splices.insert(
      removed ? start : commentAbove(text, start),
      removed ? joined : `${joined}${lineBreak}`,
    );
    return;
  }
  const root = sections[0];
  const blank = text.length === (root?.header.start ?? 0) ? [] : [""];
  appendAtEnd(work, [...blank, ...lines]);
}

function removeSections(work: LineWork): void {
  const { sections } = work.tree;
  for (let index = 1; index < sections.length; index++) {
    const first = sections[index];
    if (!first || !work.removedSections.has(first)) continue;
    let last = first;
    for (;;) {
      const next = sections[index + 1];
      if (!next || !work.removedSections.has(next)) break;
      last = next;
      index++;
    }
    removeRun(work, first, last);
  }
}

/** Removes neighbouring sections with all between them, and one of the two gaps around them. Comments after them stay. */
function removeRun(work: LineWork, first: SectionSyntax, last: SectionSyntax): void {
  const { text } = work.tree;
  let start = lineStart(text, first.header.start);
  let end = nextLine(text, endOf(last, undefined));
  if (isBlankLine(text, start, -1)) {
    while (end < text.length && isBlankLine(text, end, 0)) end = nextLine(text, end);
    while (end === text.length && isBlankLine(text, start, -1)) start = lineStart(text, start - 1);
  }
  work.splices.deleteLines(start, end);
}

/** Whether the line at `offset` (a start of a line), or the one before it, is empty. The top of the file counts as empty. */
function isBlankLine(text: string, offset: number, which: -1 | 0): boolean {
  if (which === 0) return /^[ \t]*$/.test(text.slice(offset, lineEnd(text, offset)));
  const start = lineStart(text, offset);
  if (start === 0 || !text.slice(0, start).endsWith("\n")) return false;
  const previous = lineStart(text, start - 1);
  return /^[ \t\r]*$/.test(text.slice(previous, start - 1));
}

/** Where the last line of a section ends, among the items that stay. */
function endOf(section: SectionSyntax, plan: BodyPlan | undefined): number {
  return lastLeft(section, plan, section.items.length - 1)?.end ?? section.header.end;
}

function lastLeft(section: SectionSyntax, plan: BodyPlan | undefined, upTo: number): ItemSyntax | undefined {
  for (let index = upTo; index >= 0; index--) {
    if (!plan?.removed.has(index)) return section.items[index];
  }
  return undefined;
}

/** From the end of a section past the comment lines right below it, unless they lead on to the next header. */
function skipComments(text: string, offset: number): number {
  let end = lineEnd(text, offset);
  let after = end;
  for (let line = nextLine(text, end); line < text.length; line = nextLine(text, line)) {
    const content = text.slice(line, lineEnd(text, line)).trim();
    if (content === "") break;
    if (!content.startsWith("#")) return end;
    after = lineEnd(text, line);
  }
  end = after;
  return end;
}

/** The start of the comment that stands right above the line at `start`. */
function commentAbove(text: string, start: number): number {
  let top = start;
  while (top > 0) {
    const previous = lineStart(text, top - 1);
    if (previous >= top || !text.slice(previous, lineEnd(text, previous)).trim().startsWith("#")) break;
    top = previous;
  }
  return top;
}
