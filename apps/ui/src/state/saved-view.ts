import type { FileView, ViewRow, WorkspaceView } from "@novywave/protocol";
import { rescale } from "../model/timebase.js";
import { isFitted } from "../model/viewport.js";
import type { AppState } from "./app-state.js";

/** Rows of a timeline: more would not come back. */
export const MOST_ROWS = 1_024;
const MOST_FILES = 256;

/**
 * What to write into `.novywave` so that {@link AppState} comes back: the rows by name and, for the active file, where
 * a person was looking. A fitted view is saved as no span, so that it is fitted again when the file grew.
 */
export function savedView(state: AppState, expanded: ReadonlyMap<string, readonly string[]>): WorkspaceView {
  const names = new Set<string>(state.rows.map((row) => row.file));
  for (const name of state.places.keys()) names.add(name);
  for (const [name, paths] of expanded) if (paths.length > 0) names.add(name);
  if (state.activeFile !== undefined) names.add(state.activeFile);
  const files: FileView[] = [];
  for (const name of [...names].slice(0, MOST_FILES)) {
    const selected = state.rows
      .filter((row) => row.file === name)
      .slice(0, MOST_ROWS)
      .map((row) => ({
        name: row.name,
        ...(row.format ? { format: row.format } : {}),
        ...(row.height === undefined ? {} : { height: row.height }),
      }));
    const view: FileView = { path: name, selected };
    const scopes = expanded.get(name);
    if (scopes && scopes.length > 0) view.expandedScopes = [...scopes].slice(0, MOST_ROWS);
    const time = state.fileTimes.get(name);
    if (name === state.activeFile && time) {
      const ticks = (value: bigint): string => rescale(value, state.base, time.exponent).toString();
      if (state.cursor !== undefined) view.cursor = ticks(state.cursor);
      if (state.marker !== undefined) view.marker = ticks(state.marker);
      if (state.view && state.extent && !isFitted(state.view, state.extent)) {
        view.start = ticks(state.view.start);
        view.end = ticks(state.view.end);
      }
    } else {
      const place = state.places.get(name);
      if (place?.cursor !== undefined) view.cursor = place.cursor.toString();
      if (place?.marker !== undefined) view.marker = place.marker.toString();
      if (place?.start !== undefined) view.start = place.start.toString();
      if (place?.end !== undefined) view.end = place.end.toString();
    }
    files.push(view);
  }
  const openFiles = [...state.files.values()].filter((file) => file.open).map((file) => file.name);
  const rows = state.rows.slice(0, MOST_ROWS).map((row): ViewRow => ({
    file: row.file,
    name: row.name,
    ...(row.format ? { format: row.format } : {}),
    ...(row.height === undefined ? {} : { height: row.height }),
  }));
  return {
    rows,
    openFiles: openFiles.slice(0, MOST_FILES),
    files,
    ...(state.activeFile === undefined ? {} : { activeFile: state.activeFile }),
  };
}
