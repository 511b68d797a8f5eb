import { assert } from "@novywave/base";
import { lineBreakOf, lineStart } from "../toml/position.js";
import type { InlineTableSyntax, SectionSyntax } from "../toml/scan.js";
import type {
  Body,
  DocumentTree,
  InlineArrayNode,
  Node,
  Placed,
  SectionArrayNode,
  TableNode,
} from "../toml/tree.js";
import { fingerprint, isArray, isTable, sameToml, type Toml, type TomlTable } from "../toml/value.js";
import { fitsLiteral, wantsSection, writeBlock, writeInline, writeItem, writeKey } from "../toml/write.js";
import { align } from "./align.js";
import { editList } from "./list.js";
import { emitLines, type BodyPlan, type NewSections } from "./lines.js";
import { SpliceSet } from "./splice.js";

/**
 * Turns `tree`, whose value is `before`, into a text whose value is `after`, touching only what differs. The outcome is
 * a proposal: the caller parses it and compares. Throws a `Refusal` where changes would overlap.
 */
export function rewrite(tree: DocumentTree, before: TomlTable, after: TomlTable): string {
  const planner = new Planner(tree);
  planner.table(tree.root, before, after);
  return planner.emit();
}

class Planner {
  readonly #tree: DocumentTree;
  readonly #lineBreak: string;
  readonly #splices: SpliceSet;
  readonly #bodies = new Map<Body, BodyPlan>();
  readonly #removedSections = new Set<SectionSyntax>();
  readonly #newSections: NewSections[] = [];
  /** Tables with new keys, or with none left; innermost first. */
  readonly #touched: { table: TableNode; added: [string, Toml][] }[] = [];

  constructor(tree: DocumentTree) {
    this.#tree = tree;
    this.#lineBreak = lineBreakOf(tree.text);
    this.#splices = new SpliceSet(tree.text);
  }

  table(node: TableNode, before: TomlTable, after: TomlTable): void {
    const added: [string, Toml][] = [];
    let removed = false;
    for (const [key, child] of node.children) {
      const value = after.get(key);
      const old = before.get(key);
      assert(old !== undefined, `the value of ${key}`);
      if (value === undefined) {
        this.#remove(child);
        removed = true;
      } else if (!sameToml(old, value) && !this.#node(child, old, value)) {
        this.#remove(child);
        removed = true;
        added.push([key, value]);
      }
    }
    for (const [key, value] of after) if (!before.has(key)) added.push([key, value]);
    if (added.length > 0 || removed) this.#touched.push({ table: node, added });
  }

  emit(): string {
    for (const { table, added } of this.#touched) this.#fill(table, added);
    const { text } = this.#tree;
    for (const [body, plan] of this.#bodies) {
      for (const index of plan.replaced.keys()) plan.removed.delete(index);
      for (const [index, replacement] of plan.replaced) {
        const item = body.items[index];
        if (item) this.#splices.replace(item.start, item.end, replacement);
      }
      if (isInline(body) && (plan.removed.size > 0 || plan.added.size > 0)) {
        editList(text, body, { remove: plan.removed, insert: plan.added }, this.#splices, " ");
      }
    }
    emitLines({
      tree: this.#tree,
      plans: this.#bodies,
      removedSections: this.#removedSections,
      newSections: this.#newSections,
      splices: this.#splices,
    });
    return this.#splices.apply();
  }

  /** Changes a node in place; false if it must be removed and added anew. */
  #node(node: Node, before: Toml, after: Toml): boolean {
    if (node.kind === "table" && isTable(before) && isTable(after)) {
      this.table(node, before, after);
      return true;
    }
    if (node.kind === "section-array") return this.#sectionArray(node, before, after);
    if (node.kind === "inline-array" && isArray(before) && isArray(after)) {
      if (before.length > 0 && after.length > 0) this.#inlineArray(node, before, after);
      else this.#value(node.syntax, after, node.item !== undefined && !isInline(node.item.body));
      return true;
    }
    if (node.kind === "scalar" || node.kind === "inline-array") {
      this.#value(node.syntax, after, node.item !== undefined && !isInline(node.item.body));
      return true;
    }
    if (node.origin.form === "inline") {
      const { syntax, item } = node.origin;
      this.#value(syntax, after, item !== undefined && !isInline(item.body));
      return true;
    }
    if (node.origin.form !== "dotted") return false;
    this.#remove(node);
    this.#replaceDotted(node, [writeInline(after)]);
    return true;
  }

  #value(syntax: { start: number; end: number }, value: Toml, ownLine: boolean): void {
    const { text } = this.#tree;
    const old = text.slice(syntax.start, syntax.end);
    const literal =
      typeof value === "string" && old.startsWith("'") && !old.startsWith("'''") && fitsLiteral(value);
    const line = text.slice(lineStart(text, syntax.start), syntax.start);
    const indent = /^[ \t]*/.exec(line)?.[0] ?? "";
    let written = ownLine ? writeBlock(value, indent, this.#lineBreak) : writeInline(value);
    if (literal) written = `'${value}'`;
    this.#splices.replace(syntax.start, syntax.end, written);
  }

  #inlineArray(node: InlineArrayNode, before: readonly Toml[], after: readonly Toml[]): void {
    const plan = align(before.map(fingerprint), after.map(fingerprint));
    for (const { oldIndex, newIndex } of plan.replace) {
      const element = node.elements[oldIndex];
      const old = before[oldIndex];
      const value = after[newIndex];
      assert(element !== undefined && old !== undefined && value !== undefined, "aligned elements exist");
      const changed = this.#node(element, old, value);
      assert(changed, "an inline element changes in place");
    }
    if (plan.remove.length === 0 && plan.insert.length === 0) return;
    const insert = new Map(
      plan.insert.map(({ after: anchor, newIndices }) => [
        anchor,
        newIndices.map((index) => writeInline(after[index] ?? "")),
      ]),
    );
    editList(this.#tree.text, node.syntax, { remove: new Set(plan.remove), insert }, this.#splices, "");
  }

  #sectionArray(node: SectionArrayNode, before: Toml, after: Toml): boolean {
    if (!isArray(before) || !isArray(after) || after.length === 0 || !after.every(isTable)) return false;
    const plan = align(before.map(fingerprint), after.map(fingerprint));
    for (const { oldIndex, newIndex } of plan.replace) {
      const element = node.elements[oldIndex];
      const old = before[oldIndex];
      const value = after[newIndex];
      assert(element !== undefined && isTable(old) && isTable(value), "aligned elements are tables");
      this.table(element, old, value);
    }
    for (const index of plan.remove) {
      const element = node.elements[index];
      if (element) this.#remove(element);
    }
    for (const { after: anchor, newIndices } of plan.insert) {
      const tables = newIndices.map((index) => after[index] ?? "");
      const previous = node.elements[anchor];
      const next = node.elements[anchor + 1] ?? node.elements[0];
      this.#newSections.push({
        path: node.path,
        value: tables,
        after: previous ? sectionsOf(previous) : [],
        before: next ? sectionsOf(next)[0] : undefined,
      });
    }
    return true;
  }

  /** Removes whatever defines `node`. */
  #remove(node: Node): void {
    if (node.kind === "section-array") {
      for (const element of node.elements) this.#remove(element);
      return;
    }
    const item = node.kind === "table" ? inlineItem(node) : node.item;
    if (item) {
      this.#body(item.body).removed.add(item.index);
      return;
    }
    if (node.kind !== "table") return;
    if (node.origin.form === "section") this.#removedSections.add(node.origin.section);
    for (const child of node.children.values()) this.#remove(child);
  }

  /** Adds keys to a table, and keeps it there if it lost its last one. */
  #fill(table: TableNode, added: readonly [string, Toml][]): void {
    switch (table.origin.form) {
      case "inline": {
        const items = added.map(([key, value]) => writeItem([key], writeInline(value)));
        if (items.length > 0) this.#append(table.origin.syntax, table.origin.syntax.items.length - 1, items);
        return;
      }
      case "dotted":
        this.#fillDotted(table, added);
        return;
      case "section": {
        const { section } = table.origin;
        if (this.#removedSections.has(section)) return;
        const lines = added.filter(([, value]) => !this.#asSection(table, value));
        const items = lines.map(([key, value]) => writeItem([key], writeBlock(value, "", this.#lineBreak)));
        if (items.length > 0) this.#append(section, section.items.length - 1, items);
        for (const [key, value] of added) {
          if (this.#asSection(table, value)) this.#addSections(table, [...table.path, key], value);
        }
        return;
      }
      case "implicit": {
        const sections = sectionsOf(table);
        const left = sections.some((section) => !this.#removedSections.has(section));
        if (added.length === 0 && left) return;
        // A header of its own, before those of its sub-tables.
        this.#newSections.push({ path: table.path, value: new Map(added), after: [], before: sections[0] });
      }
    }
  }

  #asSection(table: TableNode, value: Toml): boolean {
    return wantsSection(value) || (table.path.length === 0 && isTable(value));
  }

  #addSections(table: TableNode, path: readonly string[], value: Toml): void {
    const sections = sectionsOf(table);
    this.#newSections.push({ path, value, after: sections, before: sections[0] });
  }

  #fillDotted(table: TableNode, added: readonly [string, Toml][]): void {
    assert(table.origin.form === "dotted", "a table of dotted keys");
    const { body, depth, firstItem } = table.origin;
    const prefix = this.#prefix(table);
    const items = added.map(([key, value]) => `${prefix}.${writeKey(key)} = ${writeInline(value)}`);
    const plan = this.#body(body);
    const parts = body.items[firstItem]?.key.slice(0, depth).map((part) => part.name) ?? [];
    const left = body.items.flatMap((item, index) => {
      const mine = item.key.length > depth && parts.every((name, part) => item.key[part]?.name === name);
      return mine && (!plan.removed.has(index) || plan.replaced.has(index)) ? [index] : [];
    });
    const last = left.at(-1);
    if (last !== undefined) {
      if (items.length > 0) this.#append(body, last, items);
      return;
    }
    const hasSections = sectionsOf(table).some((section) => !this.#removedSections.has(section));
    if (items.length > 0) this.#replaceItem(body, firstItem, items);
    else if (!hasSections) this.#replaceItem(body, firstItem, [`${prefix} = {}`]);
  }

  #replaceDotted(table: TableNode, values: readonly string[]): void {
    assert(table.origin.form === "dotted", "a table of dotted keys");
    const prefix = this.#prefix(table);
    this.#replaceItem(
      table.origin.body,
      table.origin.firstItem,
      values.map((value) => `${prefix} = ${value}`),
    );
  }

  #replaceItem(body: Body, index: number, items: readonly string[]): void {
    this.#body(body).replaced.set(index, items.join(isInline(body) ? ", " : this.#lineBreak));
  }

  /** The source text of the keys that name a table of dotted keys. */
  #prefix(table: TableNode): string {
    assert(table.origin.form === "dotted", "a table of dotted keys");
    const { body, firstItem, depth } = table.origin;
    const key = body.items[firstItem]?.key ?? [];
    return this.#tree.text.slice(key[0]?.start, key[depth - 1]?.end);
  }

  #append(body: Body, index: number, items: readonly string[]): void {
    const { added } = this.#body(body);
    added.set(index, [...(added.get(index) ?? []), ...items]);
  }

  #body(body: Body): BodyPlan {
    const known = this.#bodies.get(body);
    if (known) return known;
    const plan: BodyPlan = { removed: new Set(), replaced: new Map(), added: new Map() };
    this.#bodies.set(body, plan);
    return plan;
  }
}

function isInline(body: Body): body is InlineTableSyntax {
  return body.kind === "inline-table";
}

function inlineItem(table: TableNode): Placed | undefined {
  return table.origin.form === "inline" ? table.origin.item : undefined;
}

/** The sections of a table and of all below it, in the order of the document. */
function sectionsOf(table: TableNode): SectionSyntax[] {
  const found: SectionSyntax[] = [];
  const visit = (node: Node): void => {
    if (node.kind === "section-array") for (const element of node.elements) visit(element);
    if (node.kind !== "table") return;
    if (node.origin.form === "section") found.push(node.origin.section);
    for (const child of node.children.values()) visit(child);
  };
  visit(table);
  return found.sort((a, b) => a.index - b.index);
}
