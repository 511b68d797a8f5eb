/** Generated TOML documents in all the layouts that the format allows, for property tests. */
import * as fc from "fast-check";

/** A value with the way in which it is written. */
export type Piece =
  | { readonly kind: "scalar"; readonly text: string }
  | { readonly kind: "array"; readonly items: readonly Piece[]; readonly layout: ArrayLayout }
  | { readonly kind: "table"; readonly style: TableStyle; readonly entries: readonly Entry[] }
  | { readonly kind: "tables"; readonly elements: readonly (readonly Entry[])[] };

export type Entry = readonly [key: string, value: Piece];
export type TableStyle = "inline" | "section" | "implicit" | "dotted";
export type ArrayLayout = "line" | "lines" | "lines-comma" | "lines-comments";

/** How a document is laid out beside its content. */
export interface Layout {
  readonly lineBreak: "\n" | "\r\n";
  readonly bom: boolean;
  readonly finalBreak: boolean;
  readonly indent: string;
  readonly comments: boolean;
  readonly blank: boolean;
}

const key = fc.constantFrom("a", "b", "c", "id", "name-1", "é 𝄞", "x.y", "", 'q"q', "tab\t");
const scalar = fc
  .oneof(
    fc.integer().map(String),
    fc.constantFrom("0xFF", "1_000", "+7", "9007199254740993", "9223372036854775807", "-9223372036854775808"),
    fc.constantFrom("1.0", "-0.0", "6.02e23", "inf", "-inf", "nan", "1e3"),
    fc.constantFrom("true", "false"),
    fc.constantFrom("1979-05-27", "1979-05-27T07:32:00Z", "1979-05-27 07:32:00", "07:32:00"),
    fc.constantFrom(
      '"plain"',
      "'lit # eral'",
      '"esc \\" \\u00e9 \\\\"',
      '"𝄞, ] } #"',
      '""',
      '"""a "" # ] b"""',
      "'''it''s = { '''",
    ),
    fc
      .string({ unit: "grapheme", maxLength: 6 })
      .map((text) => JSON.stringify(text.replaceAll("\u007f", ""))),
  )
  .map((text): Piece => ({ kind: "scalar", text }));

const layout = fc.constantFrom<ArrayLayout>("line", "lines", "lines-comma", "lines-comments");

type Pieces = fc.Arbitrary<Piece>;

function entries(value: Pieces, maxLength: number): fc.Arbitrary<readonly Entry[]> {
  return fc.uniqueArray(fc.tuple(key, value), { selector: ([name]) => name, maxLength });
}

function arrays(items: Pieces): Pieces {
  return fc
    .tuple(fc.array(items, { maxLength: 3 }), layout)
    .map(([found, how]) => ({ kind: "array", items: found, layout: how }));
}

function tables(value: Pieces, styles: readonly TableStyle[], maxLength: number): Pieces {
  return fc
    .tuple(entries(value, maxLength), fc.constantFrom(...styles))
    .map(([found, style]) => ({ kind: "table", style, entries: found }));
}

function sectionArrays(value: Pieces): Pieces {
  return fc
    .array(entries(value, 3), { minLength: 1, maxLength: 3 })
    .map((elements) => ({ kind: "tables", elements }));
}

/** What can stand between brackets and braces, `depth` levels at most. */
function inlinePieces(depth: number): Pieces {
  if (depth === 0) return scalar;
  const inner = inlinePieces(depth - 1);
  return fc.oneof(
    { arbitrary: scalar, weight: 4 },
    { arbitrary: arrays(inner), weight: 1 },
    { arbitrary: tables(inner, ["inline", "inline", "dotted"], 3), weight: 1 },
  );
}

/** Anything, `depth` levels at most. */
function allPieces(depth: number): Pieces {
  if (depth === 0) return inlinePieces(2);
  const inner = allPieces(depth - 1);
  return fc.oneof(
    { arbitrary: inlinePieces(2), weight: 3 },
    { arbitrary: tables(inner, ["inline", "section", "implicit", "dotted"], 4), weight: 2 },
    { arbitrary: sectionArrays(inner), weight: 1 },
  );
}

const layouts: fc.Arbitrary<Layout> = fc.record({
  lineBreak: fc.constantFrom("\n", "\r\n"),
  bom: fc.boolean(),
  finalBreak: fc.boolean(),
  indent: fc.constantFrom("", "  ", "\t"),
  comments: fc.boolean(),
  blank: fc.boolean(),
});

/** Text of a valid document. */
export const documents: fc.Arbitrary<string> = fc
  .tuple(entries(allPieces(3), 5), layouts)
  .map(([root, how]) => renderDocument(root, how));

function renderDocument(root: readonly Entry[], how: Layout): string {
  const lines: string[] = how.comments ? ["# top", ""] : [];
  renderBody(root, [], how, lines, "");
  if (how.comments) lines.push("", "# end");
  const text = lines.join(how.lineBreak) + (how.finalBreak && lines.length > 0 ? how.lineBreak : "");
  return (how.bom ? "\uFEFF" : "") + text;
}

function renderBody(
  body: readonly Entry[],
  path: readonly string[],
  how: Layout,
  lines: string[],
  indent: string,
) {
  const sections = body.filter(([, value]) => isSection(value));
  for (const [name, value] of body) {
    if (isSection(value)) continue;
    for (const [dotted, text] of flatten([name], value, how)) {
      lines.push(
        `${indent}${dotted.map(writeKey).join(" . ")}  =  ${text}${how.comments ? " # of the line" : ""}`,
      );
    }
  }
  for (const [name, value] of sections) renderSection([...path, name], value, how, lines);
}

function renderSection(path: readonly string[], value: Piece, how: Layout, lines: string[]) {
  const name = path.map(writeKey).join(".");
  if (value.kind === "tables") {
    for (const element of value.elements) {
      gap(how, lines);
      lines.push(`[[ ${name} ]]`);
      renderBody(element, path, how, lines, how.indent);
    }
  } else if (value.kind === "table") {
    if (!isImplicit(value)) {
      gap(how, lines);
      lines.push(`[${name}]${how.comments ? " # header" : ""}`);
    }
    renderBody(value.entries, path, how, lines, how.indent);
  }
}

function gap(how: Layout, lines: string[]) {
  if (how.blank) lines.push("");
  if (how.comments) lines.push("# above");
}

function isSection(value: Piece): boolean {
  return value.kind === "tables" || (value.kind === "table" && !isFlat(value));
}

/** A table can do without a header if only sub-tables with headers are in it. */
function isImplicit(table: Piece & { kind: "table" }): boolean {
  return (
    table.style === "implicit" &&
    table.entries.length > 0 &&
    table.entries.every(([, value]) => isSection(value))
  );
}

/** Inline and dotted tables stay so only if all below them can be written inline. */
function isFlat(value: Piece): boolean {
  if (value.kind === "tables") return false;
  if (value.kind !== "table") return true;
  return (
    (value.style === "inline" || value.style === "dotted") &&
    value.entries.every(([, child]) => isFlat(child))
  );
}

function flatten(
  path: readonly string[],
  value: Piece,
  how: Layout,
): (readonly [readonly string[], string])[] {
  if (value.kind === "table" && value.style === "dotted" && value.entries.length > 0) {
    return value.entries.flatMap(([name, child]) => flatten([...path, name], child, how));
  }
  return [[path, renderInline(value, how)]];
}

function renderInline(value: Piece, how: Layout): string {
  if (value.kind === "scalar") return value.text;
  if (value.kind === "array") return renderArray(value.items, value.layout, how);
  if (value.kind === "tables") throw new Error("not inline");
  const items = value.entries.flatMap(([name, child]) => flatten([name], child, how));
  const texts = items.map(([path, text]) => `${path.map(writeKey).join(".")} = ${text}`);
  return texts.length === 0 ? "{}" : `{ ${texts.join(" , ")} }`;
}

function renderArray(items: readonly Piece[], how: ArrayLayout, outer: Layout): string {
  const texts = items.map((item) => renderInline(item, outer));
  if (how === "line" || texts.length === 0) return `[${texts.join(", ")}]`;
  const lines = texts.map((text, index) => {
    const comma = how !== "lines" || index < texts.length - 1 ? "," : "";
    return `    ${text}${comma}${how === "lines-comments" ? ` # ${index}, "it" [}` : ""}`;
  });
  return `[${[how === "lines-comments" ? " # open" : "", ...lines].join(outer.lineBreak)}${outer.lineBreak}  ]`;
}

function writeKey(name: string): string {
  return /^[A-Za-z0-9_-]+$/.test(name) ? name : JSON.stringify(name);
}
