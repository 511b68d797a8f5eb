import { LineIndex, type Position } from "./position.js";
import {
  scan,
  ScanError,
  type ArraySyntax,
  type InlineTableSyntax,
  type ItemSyntax,
  type ScalarSyntax,
  type SectionSyntax,
  type ValueSyntax,
} from "./scan.js";

/** The items of a section (one per line) or of an inline table. */
export type Body = SectionSyntax | InlineTableSyntax;

/** The item of a body that gives a node its value. */
export interface Placed {
  readonly body: Body;
  readonly index: number;
}

export interface ScalarNode {
  readonly kind: "scalar";
  readonly syntax: ScalarSyntax;
  readonly item: Placed | undefined;
}

export interface InlineArrayNode {
  readonly kind: "inline-array";
  readonly syntax: ArraySyntax;
  readonly elements: readonly Node[];
  readonly item: Placed | undefined;
}

/** An array of tables, written as `[[path]]`. */
export interface SectionArrayNode {
  readonly kind: "section-array";
  readonly path: readonly string[];
  readonly elements: TableNode[];
}

/**
 * How a table came to be: the document itself; a header; only the headers of its sub-tables; braces; or dotted keys in
 * the body `body`, of which `firstItem` is the first, with `depth` parts naming this table.
 */
export type TableOrigin =
  | { readonly form: "section"; readonly section: SectionSyntax }
  | { readonly form: "implicit" }
  | { readonly form: "inline"; readonly syntax: InlineTableSyntax; readonly item: Placed | undefined }
  | { readonly form: "dotted"; readonly body: Body; readonly firstItem: number; readonly depth: number };

export interface TableNode {
  readonly kind: "table";
  /** Names as a header would spell them, without indices. */
  readonly path: readonly string[];
  origin: TableOrigin;
  readonly children: Map<string, Node>;
}

export type Node = ScalarNode | InlineArrayNode | SectionArrayNode | TableNode;

/** A document with the places of its values. */
export interface DocumentTree {
  readonly text: string;
  readonly sections: readonly SectionSyntax[];
  readonly root: TableNode;
  readonly lines: LineIndex;
}

/** Reads where the values of `text` stand. Throws {@link ScanError} for text that is no valid document. */
export function buildTree(text: string): DocumentTree {
  const sections = scan(text);
  const first = sections[0];
  if (!first) throw new ScanError(0, "a document");
  const root: TableNode = {
    kind: "table",
    path: [],
    origin: { form: "section", section: first },
    children: new Map(),
  };
  addItems(root, first);
  for (const section of sections.slice(1)) addItems(tableOfHeader(root, section), section);
  return { text, sections, root, lines: new LineIndex(text) };
}

/** The node at `path` (names and indices), or the deepest one on the way to it. */
export function nodeAt(
  root: TableNode,
  path: readonly (string | number)[],
): { readonly node: Node; readonly depth: number } {
  let node: Node = root;
  let depth = 0;
  for (const step of path) {
    const next: Node | undefined =
      node.kind === "table"
        ? node.children.get(String(step))
        : node.kind === "scalar"
          ? undefined
          : typeof step === "number"
            ? node.elements[step]
            : undefined;
    if (!next) break;
    node = next;
    depth++;
  }
  return { node, depth };
}

/** Where the value at `path` stands; for a value that is not there, its nearest parent. */
export function locate(tree: DocumentTree, path: readonly (string | number)[]): Position {
  const { node, depth } = nodeAt(tree.root, path);
  return tree.lines.at(depth === 0 && path.length > 0 ? 0 : offsetOf(node));
}

function offsetOf(node: Node): number {
  if (node.kind === "section-array") return node.elements[0] ? offsetOf(node.elements[0]) : 0;
  if (node.kind !== "table") return node.syntax.start;
  const { origin } = node;
  if (origin.form === "section") return origin.section.header.start;
  if (origin.form === "inline") return origin.syntax.start;
  if (origin.form === "dotted") return origin.body.items[origin.firstItem]?.start ?? 0;
  const [child] = node.children.values();
  return child ? offsetOf(child) : 0;
}

function tableOfHeader(root: TableNode, section: SectionSyntax): TableNode {
  let table = root;
  const last = section.key.length - 1;
  for (const [index, part] of section.key.entries()) {
    const child: Node | undefined = table.children.get(part.name);
    const path: readonly string[] = [...table.path, part.name];
    const origin: TableOrigin = index === last ? { form: "section", section } : { form: "implicit" };
    if (index === last && section.kind === "array-element") {
      const element: TableNode = { kind: "table", path, origin, children: new Map() };
      if (!child) table.children.set(part.name, { kind: "section-array", path, elements: [element] });
      else if (child.kind === "section-array") child.elements.push(element);
      else throw new ScanError(part.start, "an array of tables");
      return element;
    }
    if (!child) {
      const created: TableNode = { kind: "table", path, origin, children: new Map() };
      table.children.set(part.name, created);
      table = created;
      continue;
    }
    const next = child.kind === "section-array" ? child.elements.at(-1) : child;
    if (next?.kind !== "table") throw new ScanError(part.start, "a table");
    if (index === last) {
      if (next.origin.form !== "implicit") throw new ScanError(part.start, "a new table");
      next.origin = origin;
    }
    table = next;
  }
  return table;
}

function addItems(table: TableNode, body: Body): void {
  for (const [index, item] of body.items.entries()) addItem(table, body, index, item);
}

function addItem(table: TableNode, body: Body, index: number, item: ItemSyntax): void {
  let parent = table;
  for (const [depth, part] of item.key.slice(0, -1).entries()) {
    const child = parent.children.get(part.name);
    if (child && child.kind !== "table") throw new ScanError(part.start, "a table");
    const next: TableNode = child ?? {
      kind: "table",
      path: [...parent.path, part.name],
      origin: { form: "dotted", body, firstItem: index, depth: depth + 1 },
      children: new Map(),
    };
    parent.children.set(part.name, next);
    parent = next;
  }
  const name = item.key.at(-1)?.name;
  if (name === undefined || parent.children.has(name)) throw new ScanError(item.start, "a new key");
  parent.children.set(name, nodeOf(item.value, [...parent.path, name], { body, index }));
}

function nodeOf(syntax: ValueSyntax, path: readonly string[], item: Placed | undefined): Node {
  if (syntax.kind === "scalar") return { kind: "scalar", syntax, item };
  if (syntax.kind === "array") {
    const elements = syntax.items.map((element) => nodeOf(element, path, undefined));
    return { kind: "inline-array", syntax, elements, item };
  }
  const origin: TableOrigin = { form: "inline", syntax, item };
  const table: TableNode = { kind: "table", path, origin, children: new Map() };
  addItems(table, syntax);
  return table;
}
