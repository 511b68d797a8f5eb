import type { ConfigEdit } from "../edit/model.js";
import { parseToml } from "../toml/parse.js";
import { isArray, isTable, toEditValue, type Toml, type TomlTable, type TomlValue } from "../toml/value.js";
import type { Path, Reader, StringRule } from "./reader.js";

/** `[workspace]`: what was open and how it was looked at. Paths are as the program wrote them, usually relative to the file. */
export interface WorkspaceView {
  readonly openedFiles: readonly string[];
  readonly activeFile?: string;
  readonly selected: readonly SelectedVariable[];
  /** By file. */
  readonly cursors: Readonly<Record<string, FileCursor>>;
  /** By file: the scopes that are unfolded in its tree, by their full names. */
  readonly expanded?: Readonly<Record<string, readonly string[]>>;
}

/** A variable in the list of selected ones. */
export interface SelectedVariable {
  readonly file: string;
  /** Full name, scopes included. */
  readonly variable: string;
  /** Name of a display format, as `hex`. */
  readonly format: string;
  readonly analog?: boolean;
  /** Of its row, in pixels. */
  readonly height?: number;
}

/** Where a file was looked at. Decimal numbers of the file's own ticks, as text, so that no digit is lost. */
export interface FileCursor {
  readonly cursor?: string;
  /** From where times are measured to the cursor. */
  readonly marker?: string;
  readonly start?: string;
  readonly end?: string;
}

const FILE: StringRule = { expected: "the path of a file", maxLength: 4096, test: (value) => value !== "" };
const VARIABLE: StringRule = {
  expected: "the full name of a variable",
  maxLength: 16_384,
  required: true,
  test: (value) => value !== "",
};
const SCOPE: StringRule = {
  expected: "the full name of a scope",
  maxLength: 16_384,
  test: (value) => value !== "",
};
const FORMAT: StringRule = {
  expected: 'a display format such as "hex"',
  maxLength: 64,
  required: true,
  test: (value) => value !== "",
};
/** Pixels of a row. */
const HEIGHT = { min: 8, max: 1_000 } as const;
const TICKS_EXPECTED = 'a whole number of ticks in quotes, such as "1500"';

/** The view of a workspace in which nothing was opened yet. */
export function emptyWorkspace(): WorkspaceView {
  return { openedFiles: [], selected: [], cursors: {} };
}

/** Reads `[workspace]`; what is wrong is reported to `reader`. */
export function readWorkspace(reader: Reader, workspace: TomlTable): WorkspaceView {
  const path: Path = ["workspace"];
  const activeFile = reader.string(workspace, "active_file", path, FILE);
  const selected = reader.array(workspace, "selected", path, "an array of tables") ?? [];
  const expanded = readExpanded(reader, workspace, path);
  return {
    openedFiles: reader.strings(workspace, "opened_files", path, FILE) ?? [],
    ...(activeFile !== undefined && { activeFile }),
    selected: selected.flatMap(
      (value, index) => readSelected(reader, value, [...path, "selected", index]) ?? [],
    ),
    cursors: readCursors(reader, workspace, path),
    ...(expanded && { expanded }),
  };
}

function readSelected(reader: Reader, value: Toml, path: Path): SelectedVariable | undefined {
  if (!isTable(value)) return reader.invalid(path, "a table with file, variable and format", value);
  const file = reader.string(value, "file", path, { ...FILE, required: true });
  const variable = reader.string(value, "variable", path, VARIABLE);
  const format = reader.string(value, "format", path, FORMAT);
  const analog = reader.boolean(value, "analog", path, false);
  const height = reader.integer(value, "height", path, HEIGHT.min, HEIGHT.max);
  if (file === undefined || variable === undefined || format === undefined) return undefined;
  return {
    file,
    variable,
    format,
    ...(analog !== undefined && { analog }),
    ...(height !== undefined && { height }),
  };
}

function readExpanded(
  reader: Reader,
  workspace: TomlTable,
  parent: Path,
): Record<string, readonly string[]> | undefined {
  const table = reader.table(workspace, "expanded", parent);
  if (!table) return undefined;
  const path = [...parent, "expanded"];
  const expanded: Record<string, readonly string[]> = {};
  for (const file of table.keys()) {
    if (file === "__proto__") {
      reader.report("invalid-value", [...path, file], "the key __proto__ cannot be used; rename it");
    } else {
      expanded[file] = reader.strings(table, file, path, SCOPE) ?? [];
    }
  }
  return expanded;
}

function readCursors(reader: Reader, workspace: TomlTable, parent: Path): Record<string, FileCursor> {
  const path = [...parent, "cursors"];
  const cursors: Record<string, FileCursor> = {};
  for (const [file, value] of reader.table(workspace, "cursors", parent) ?? []) {
    const at = [...path, file];
    if (file === "__proto__") {
      reader.report("invalid-value", at, "the key __proto__ cannot be used; rename it");
    } else if (isTable(value)) {
      const cursor = readTicks(reader, value, "cursor", at);
      const marker = readTicks(reader, value, "marker", at);
      const start = readTicks(reader, value, "start", at);
      const end = readTicks(reader, value, "end", at);
      cursors[file] = {
        ...(cursor !== undefined && { cursor }),
        ...(marker !== undefined && { marker }),
        ...(start !== undefined && { start }),
        ...(end !== undefined && { end }),
      };
    } else {
      reader.invalid(at, "a table with cursor, marker, start and end", value);
    }
  }
  return cursors;
}

function readTicks(reader: Reader, table: TomlTable, key: string, path: Path): string | undefined {
  const value = table.get(key);
  if (value === undefined) return undefined;
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "string" && /^-?\d{1,40}$/.test(value)) return value;
  return reader.invalid([...path, key], TICKS_EXPECTED, value);
}

/**
 * The edits that make `[workspace]` of the document `text` say `view`. Keys that this program does not know stay, in the section
 * and in each selected variable and file that are still there.
 */
export function workspaceEdits(text: string, view: WorkspaceView): readonly ConfigEdit[] {
  const document = parseToml(text);
  const workspace = document.ok ? document.value.get("workspace") : undefined;
  const before: TomlTable = isTable(workspace) ? workspace : new Map();
  const edits: ConfigEdit[] = [
    { path: ["workspace", "opened_files"], value: view.openedFiles },
    { path: ["workspace", "selected"], value: mergeSelected(before, view.selected) },
  ];
  if (view.activeFile !== undefined)
    edits.push({ path: ["workspace", "active_file"], value: view.activeFile });
  else if (before.has("active_file")) edits.push({ path: ["workspace", "active_file"], remove: true });
  return [
    ...edits,
    ...cursorEdits(before, view.cursors),
    ...(view.expanded ? expandedEdits(before, view.expanded) : []),
  ];
}

function mergeSelected(before: TomlTable, selected: readonly SelectedVariable[]): readonly TomlValue[] {
  const found = before.get("selected");
  const known = new Map<string, TomlTable>();
  for (const element of isArray(found) ? found : []) {
    if (!isTable(element)) continue;
    const file = element.get("file");
    const variable = element.get("variable");
    if (typeof file === "string" && typeof variable === "string") known.set(`${file}\0${variable}`, element);
  }
  return selected.map(({ file, variable, format, analog, height }) => {
    const old = known.get(`${file}\0${variable}`);
    const unknown = [...(old ?? [])].filter(
      ([key]) => !["file", "variable", "format", "analog", "height"].includes(key),
    );
    return {
      file,
      variable,
      format,
      ...(analog !== undefined && { analog }),
      ...(height !== undefined && { height }),
      ...Object.fromEntries(unknown.map(([key, value]) => [key, toEditValue(value)])),
    };
  });
}

function cursorEdits(
  before: TomlTable,
  cursors: Readonly<Record<string, FileCursor>>,
): readonly ConfigEdit[] {
  const found = before.get("cursors");
  const known: TomlTable = isTable(found) ? found : new Map();
  const edits: ConfigEdit[] = [];
  for (const [file, cursor] of Object.entries(cursors)) {
    const old = known.get(file);
    if (!isTable(old)) {
      edits.push({ path: ["workspace", "cursors", file], value: { ...cursor } });
      continue;
    }
    for (const key of ["cursor", "marker", "start", "end"] as const) {
      const path = ["workspace", "cursors", file, key];
      const value = cursor[key];
      const now = old.get(key);
      if (value === undefined) {
        if (now !== undefined) edits.push({ path, remove: true });
      } else if (typeof now !== "bigint" || now.toString() !== value) {
        edits.push({ path, value });
      }
    }
  }
  for (const file of known.keys()) {
    if (!Object.hasOwn(cursors, file)) edits.push({ path: ["workspace", "cursors", file], remove: true });
  }
  return edits;
}

function expandedEdits(
  before: TomlTable,
  expanded: Readonly<Record<string, readonly string[]>>,
): readonly ConfigEdit[] {
  const found = before.get("expanded");
  const known: TomlTable = isTable(found) ? found : new Map();
  const gone = [...known.keys()].filter((file) => !Object.hasOwn(expanded, file));
  return [
    ...Object.entries(expanded).map(([file, scopes]) => ({
      path: ["workspace", "expanded", file],
      value: scopes,
    })),
    ...gone.map((file) => ({ path: ["workspace", "expanded", file], remove: true as const })),
  ];
}
