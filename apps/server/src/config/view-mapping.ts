import type { UiSettings, WorkspaceConfig, WorkspaceView as StoredView } from "@novywave/config";
import { valueFormatSchema, type FileView, type WorkspaceView } from "@novywave/protocol";

/** What stands in the file for "as the kind of the variable suggests". */
const defaultFormat = "default";

/** What the user interface restores, out of what `.novywave` says. */
export function viewFromConfig(config: WorkspaceConfig): WorkspaceView {
  const { workspace, ui } = config;
  const names = new Set([...workspace.selected.map(({ file }) => file), ...Object.keys(workspace.cursors)]);
  return {
    theme: ui.theme,
    ...(ui.panes && { panes: groupPanes(ui.panes) }),
    ...(workspace.activeFile !== undefined && { activeFile: workspace.activeFile }),
    openFiles: workspace.openedFiles.slice(0, 256),
    files: [...names].slice(0, 256).map((file) => fileView(workspace, file)),
  };
}

function fileView(workspace: StoredView, file: string): FileView {
  const cursor = Object.hasOwn(workspace.cursors, file) ? workspace.cursors[file] : undefined;
  return {
    path: file,
    selected: workspace.selected
      .filter((row) => row.file === file)
      .slice(0, 1_024)
      .map(({ variable, format, analog }) => {
        const known = valueFormatSchema.safeParse(analog === true ? "analog" : format);
        return { name: variable, ...(known.success && { format: known.data }) };
      }),
    ...cursor,
  };
}

/** The part of a view that goes into `[workspace]`. */
export function storedView(view: WorkspaceView): StoredView {
  return {
    openedFiles: view.openFiles,
    ...(view.activeFile !== undefined && { activeFile: view.activeFile }),
    selected: view.files.flatMap((file) =>
      file.selected.map(({ name, format }) => ({
        file: file.path,
        variable: name,
        format: format ?? defaultFormat,
        ...(format === "analog" && { analog: true }),
      })),
    ),
    cursors: Object.fromEntries(
      view.files
        .filter(({ cursor, start, end }) => cursor !== undefined || start !== undefined || end !== undefined)
        .map(({ path, cursor, start, end }) => [
          path,
          {
            ...(cursor !== undefined && { cursor }),
            ...(start !== undefined && { start }),
            ...(end !== undefined && { end }),
          },
        ]),
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
