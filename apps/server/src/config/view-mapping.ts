import type { UiSettings, WorkspaceConfig, WorkspaceView as StoredView } from "@novywave/config";
import {
  fileViewSchema,
  MAX_VIEW_FILES,
  MAX_VIEW_ROWS,
  pathSchema,
  textSchema,
  ticksSchema,
  valueFormatSchema,
  viewRowSchema,
  type FileView,
  type ViewRow,
  type WorkspaceView,
} from "@novywave/protocol";

/** What stands in the file for "as the kind of the variable suggests". */
const defaultFormat = "default";

/**
 * What the user interface restores, out of what `.novywave` says. The file may hold more, and longer texts, than the
 * protocol carries; what does not fit is left out, for one such item must not cost a person the whole page.
 */
export function viewFromConfig(config: WorkspaceConfig): WorkspaceView {
  const { workspace, ui } = config;
  const rows = workspace.selected.flatMap(viewRow).slice(0, MAX_VIEW_ROWS);
  const names = new Set([
    ...rows.map(({ file }) => file),
    ...Object.keys(workspace.cursors),
    ...Object.keys(workspace.expanded ?? {}),
  ]);
  const active = pathSchema.safeParse(workspace.activeFile);
  return {
    theme: ui.theme,
    ...(ui.panes && { panes: groupPanes(ui.panes) }),
    ...(active.success && { activeFile: active.data }),
    openFiles: fitting(pathSchema, workspace.openedFiles, MAX_VIEW_FILES),
    rows,
    files: [...names].flatMap((file) => fileView(workspace, rows, file)).slice(0, MAX_VIEW_FILES),
  };
}

function viewRow({
  file,
  variable,
  format,
  analog,
  height,
}: StoredView["selected"][number]): readonly ViewRow[] {
  const known = valueFormatSchema.safeParse(analog === true ? "analog" : format);
  const row = viewRowSchema.safeParse({
    file,
    name: variable,
    ...(known.success && { format: known.data }),
    ...(height !== undefined && { height }),
  });
  return row.success ? [row.data] : [];
}

function fileView(workspace: StoredView, rows: readonly ViewRow[], path: string): readonly FileView[] {
  const place = own(workspace.cursors, path) ?? {};
  const ticks = Object.entries(place).filter(([, value]) => ticksSchema.safeParse(value).success);
  const expanded = fitting(textSchema, own(workspace.expanded ?? {}, path) ?? [], MAX_VIEW_ROWS);
  const view = fileViewSchema.safeParse({
    path,
    selected: rows.filter(({ file }) => file === path).map(({ file: _file, ...row }) => row),
    ...Object.fromEntries(ticks),
    ...(expanded.length > 0 && { expandedScopes: expanded }),
  });
  return view.success ? [view.data] : [];
}

function own<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

function fitting(
  schema: { safeParse(value: unknown): { success: boolean } },
  texts: readonly string[],
  most: number,
): string[] {
  return texts.filter((text) => schema.safeParse(text).success).slice(0, most);
}

/** The part of a view that goes into `[workspace]`. */
export function storedView(view: WorkspaceView): StoredView {
  const rows =
    view.rows ?? view.files.flatMap(({ path, selected }) => selected.map((row) => ({ file: path, ...row })));
  return {
    openedFiles: view.openFiles,
    ...(view.activeFile !== undefined && { activeFile: view.activeFile }),
    selected: rows.map(({ file, name, format, height }) => ({
      file,
      variable: name,
      format: format ?? defaultFormat,
      ...(format === "analog" && { analog: true }),
      ...(height !== undefined && { height: Math.round(height) }),
    })),
    cursors: Object.fromEntries(
      view.files
        .map(({ path, cursor, marker, start, end }) => ({
          path,
          place: {
            ...(cursor !== undefined && { cursor }),
            ...(marker !== undefined && { marker }),
            ...(start !== undefined && { start }),
            ...(end !== undefined && { end }),
          },
        }))
        .filter(({ place }) => Object.keys(place).length > 0)
        .map(({ path, place }) => [path, place]),
    ),
    expanded: Object.fromEntries(
      view.files.flatMap(({ path, expandedScopes }) =>
        expandedScopes && expandedScopes.length > 0
          ? [[path, expandedScopes.filter((name) => name !== "")]]
          : [],
      ),
    ),
  };
}

/** The file keeps one number a key: `group.0`, `group.1`, ... */
export function storedPanes(panes: NonNullable<WorkspaceView["panes"]>): NonNullable<UiSettings["panes"]> {
  return Object.fromEntries(
    Object.entries(panes).flatMap(([group, sizes]) =>
      sizes.map((size, index): [string, number] => [`${group}.${index}`, Math.max(0, size)]),
    ),
  );
}

function groupPanes(stored: Readonly<Record<string, number>>): Record<string, number[]> {
  const panes = new Map<string, number[]>();
  for (const [key, size] of Object.entries(stored)) {
    const match = /^(.{1,64})\.(\d{1,2})$/.exec(key);
    const group = match?.[1];
    const index = Number(match?.[2]);
    if (group === undefined || index > 15) continue;
    const sizes = panes.get(group) ?? [];
    sizes[index] = size;
    panes.set(group, sizes);
  }
  return Object.fromEntries(
    [...panes].map(([group, sizes]) => [group, Array.from(sizes, (size) => size ?? 0)]),
  );
}
