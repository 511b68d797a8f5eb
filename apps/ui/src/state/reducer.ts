import { assertNever } from "@novywave/base";
import type {
  FileStatus,
  Theme,
  TopicMap,
  ValueFormat,
  VariableInfo,
  WorkspaceView,
} from "@novywave/protocol";
import type { ConnectionState } from "../connection/connection.js";
import { unionRange } from "@novywave/waveform/format";
import { exponentOf, rescale } from "../model/timebase.js";
import { measuresAt } from "../model/scale.js";
import { afterReload, fit, type Extent, type View } from "../model/viewport.js";
import {
  type AppState,
  type Dialog,
  type FileTime,
  type RawValue,
  type Row,
  type SavedPlace,
  type ScopeChoice,
} from "./app-state.js";

export type TopicAction = {
  [T in keyof TopicMap]: { type: "topic"; topic: T; value: TopicMap[T] };
}[keyof TopicMap];

/** Everything that can happen to the state of the page. */
export type Action =
  | TopicAction
  | { type: "connection"; state: ConnectionState }
  | { type: "progress"; path: string; read: number; total: number }
  | { type: "view"; view: View }
  | { type: "cursor"; cursor: bigint }
  | { type: "marker"; marker: bigint | undefined }
  | { type: "theme"; theme: Theme }
  | { type: "text-size"; size: number }
  | { type: "scale"; scale: number }
  | { type: "rows-added"; rows: readonly { file: string; info: VariableInfo }[]; at?: number }
  | { type: "rows-removed"; keys: readonly string[] }
  | { type: "rows-restored" }
  | { type: "row-moved"; key: string; to: number }
  | { type: "row-formatted"; key: string; format: ValueFormat }
  | { type: "rows-resolved"; file: string; items: ReadonlyMap<string, VariableInfo | null> }
  | { type: "focused"; key: string | undefined }
  | { type: "values"; values: ReadonlyMap<string, RawValue> }
  | { type: "scope"; choice: ScopeChoice }
  | { type: "dialog"; dialog: Dialog | undefined }
  | { type: "plugins-open"; open: boolean };

/** What a person does that belongs into `.novywave`. */
const SAVED: ReadonlySet<Action["type"]> = new Set([
  "view",
  "cursor",
  "marker",
  "rows-added",
  "rows-removed",
  "rows-restored",
  "row-moved",
  "row-formatted",
]);

/** The state after `action`. Pure, but for row keys, which only have to be unique. */
export function reduce(state: AppState, action: Action): AppState {
  const next = step(state, action);
  return next !== state && !next.touched && SAVED.has(action.type) ? { ...next, touched: true } : next;
}

function step(state: AppState, action: Action): AppState {
  switch (action.type) {
    case "topic":
      return topic(state, action);
    case "connection":
      return {
        ...state,
        connection: action.state,
        workspace: action.state.kind === "open" ? action.state.workspace : state.workspace,
      };
    case "progress": {
      const progress = new Map(state.progress);
      progress.set(action.path, { read: action.read, total: action.total });
      return { ...state, progress };
    }
    case "view":
      return sameView(state.view, action.view) ? state : { ...state, view: action.view };
    case "cursor":
      return state.cursor === action.cursor ? state : { ...state, cursor: action.cursor };
    case "marker":
      return state.marker === action.marker ? state : { ...state, marker: action.marker };
    case "theme":
      return { ...state, theme: action.theme };
    case "text-size":
      return { ...state, textSize: action.size };
    case "scale":
      return state.scale === action.scale
        ? state
        : { ...state, scale: action.scale, measures: measuresAt(action.scale) };
    case "rows-added": {
      const added = action.rows.map(({ file, info }): Row => ({
        key: newKey(),
        file,
        name: info.fullName,
        format: undefined,
        resolution: { kind: "ready", info },
      }));
      if (added.length === 0) return state;
      const at = action.at ?? state.rows.length;
      const rows = [...state.rows.slice(0, at), ...added, ...state.rows.slice(at)];
      return settleTime({ ...state, rows, focus: added.at(-1)?.key });
    }
    case "rows-removed": {
      const gone = new Set(action.keys);
      const removal = state.rows.flatMap((row, at) => (gone.has(row.key) ? [{ index: at, row }] : []));
      if (removal.length === 0) return state;
      const removed = [...state.removed, removal].slice(-MOST_REMOVALS);
      const rows = state.rows.filter((row) => !gone.has(row.key));
      const index = state.rows.findIndex((row) => gone.has(row.key));
      const focus =
        state.focus !== undefined && gone.has(state.focus)
          ? (rows[Math.min(index, rows.length - 1)]?.key ?? undefined)
          : state.focus;
      return settleTime({ ...state, rows, focus, removed });
    }
    case "rows-restored": {
      const last = state.removed.at(-1);
      if (!last) return state;
      const rows = [...state.rows];
      // Their file may have been read again since.
      for (const { index, row } of last) rows.splice(index, 0, { ...row, resolution: { kind: "resolving" } });
      return settleTime({ ...state, rows, focus: last[0]?.row.key, removed: state.removed.slice(0, -1) });
    }
    case "row-moved": {
      const from = state.rows.findIndex((row) => row.key === action.key);
      const row = state.rows[from];
      if (!row) return state;
      const rest = state.rows.filter((other) => other !== row);
      const to = Math.max(0, Math.min(action.to, rest.length));
      return to === from ? state : { ...state, rows: [...rest.slice(0, to), row, ...rest.slice(to)] };
    }
    case "row-formatted":
      return mapRows(state, (row) => (row.key === action.key ? { ...row, format: action.format } : row));
    case "rows-resolved":
      return mapRows(state, (row) => {
        if (row.file !== action.file) return row;
        const info = action.items.get(row.name);
        if (info === undefined) return row;
        if (info === null) return { ...row, resolution: { kind: "missing" } };
        // A vector that has another range now goes on under its new name.
        return { ...row, name: info.fullName, resolution: { kind: "ready", info } };
      });
    case "focused":
      return state.focus === action.key ? state : { ...state, focus: action.key };
    case "values":
      return { ...state, values: action.values };
    case "scope":
      return { ...state, scope: action.choice };
    case "dialog":
      return { ...state, dialog: action.dialog };
    case "plugins-open":
      return { ...state, pluginsOpen: action.open };
    default:
      return assertNever(action);
  }
}

/** How many removals can be taken back. */
const MOST_REMOVALS = 20;

let lastKey = 0;
function newKey(): string {
  lastKey += 1;
  return `row${lastKey}`;
}

function mapRows(state: AppState, change: (row: Row) => Row): AppState {
  let changed = false;
  const rows = state.rows.map((row) => {
    const next = change(row);
    if (next !== row) changed = true;
    return next;
  });
  return changed ? { ...state, rows } : state;
}

function topic(state: AppState, action: TopicAction): AppState {
  const next: AppState = { ...state, topics: { ...state.topics, [action.topic]: action.value } };
  switch (action.topic) {
    case "files":
      return settleActive(files(next, action.value));
    case "timeline":
      return settleActive(next);
    case "view": {
      const known = state.topics.view;
      if (known && action.value.revision <= known.revision) return next;
      return settleActive(restore(next, action.value.value));
    }
    case "config":
    case "plugins":
    case "discovery":
      return next;
    default:
      return assertNever(action);
  }
}

function files(state: AppState, list: readonly FileStatus[]): AppState {
  const byName = new Map(list.map((file) => [file.name, file]));
  const times = new Map<string, FileTime>();
  const progress = new Map(state.progress);
  for (const file of list) {
    if (file.state !== "loading") progress.delete(file.path);
    const time = timeOf(file) ?? state.fileTimes.get(file.name);
    if (time) times.set(file.name, time);
  }
  // A file that was read again may have other variables under the same names.
  const next = mapRows({ ...state, files: byName, fileTimes: times, progress }, (row) => {
    const before = state.files.get(row.file);
    const now = byName.get(row.file);
    if (!now || before?.revision === now.revision || row.resolution.kind === "resolving") return row;
    return { ...row, resolution: { kind: "resolving" } };
  });
  return next;
}

function timeOf(file: FileStatus): FileTime | undefined {
  if (file.state !== "ready") return undefined;
  return {
    start: BigInt(file.start),
    end: BigInt(file.end),
    exponent: exponentOf(file.timescale),
    hasTimescale: file.timescale !== undefined,
    blackouts: (file.blackouts ?? []).map(({ from, to }) => ({
      from: BigInt(from),
      // The last tick of the file is one in which nothing was recorded either.
      to: to === undefined ? BigInt(file.end) + 1n : BigInt(to),
    })),
  };
}

function restore(state: AppState, saved: WorkspaceView): AppState {
  // Rows of several files may take turns; a file written by hand may list them per file only.
  const listed =
    saved.rows ??
    saved.files.flatMap((file) => file.selected.map((variable) => ({ file: file.path, ...variable })));
  const rows = listed.map(({ file, name, format, height }): Row => ({
    key: newKey(),
    file,
    name,
    format,
    ...(height === undefined ? {} : { height }),
    resolution: { kind: "resolving" },
  }));
  const places = new Map<string, SavedPlace>();
  for (const file of saved.files) {
    places.set(file.path, {
      start: file.start === undefined ? undefined : BigInt(file.start),
      end: file.end === undefined ? undefined : BigInt(file.end),
      cursor: file.cursor === undefined ? undefined : BigInt(file.cursor),
      marker: file.marker === undefined ? undefined : BigInt(file.marker),
    });
  }
  return {
    ...state,
    restored: saved,
    places,
    rows,
    focus: rows[0]?.key,
    theme: saved.theme ?? state.theme,
    view: undefined,
    cursor: undefined,
    marker: undefined,
    extent: undefined,
  };
}

/** Takes over which file the timeline is about. */
function settleActive(state: AppState): AppState {
  const path = state.topics.timeline?.activeFile;
  let active: string | undefined;
  if (path !== undefined) {
    for (const file of state.files.values()) if (file.path === path || file.name === path) active = file.name;
  }
  const scope =
    active !== undefined && (state.scope === undefined || active !== state.activeFile)
      ? { file: active, scope: state.scope?.file === active ? state.scope.scope : undefined }
      : state.scope;
  return settleTime(
    active === state.activeFile ? { ...state, scope } : { ...state, activeFile: active, scope },
  );
}

/**
 * Makes time axis, extent, view and cursor agree with the files in use: the finest ticks among them, the union of
 * their spans. A fitted view stays fitted, any other keeps its place.
 */
export function settleTime(state: AppState): AppState {
  // What was saved has the first word; until it is known there is nothing to show.
  if (state.topics.view === undefined && state.restored === undefined) return state;
  const names = new Set(state.rows.map((row) => row.file));
  if (state.activeFile !== undefined) names.add(state.activeFile);
  const times: FileTime[] = [];
  for (const name of names) {
    const time = state.fileTimes.get(name);
    if (time) times.push(time);
  }
  const activeReady = state.activeFile !== undefined && state.fileTimes.has(state.activeFile);
  if (!activeReady && state.view === undefined) return state;
  const union = unionRange(times);
  if (union === undefined) return state;
  const { exponent: base } = union;
  const extent: Extent = { start: union.start, end: union.end };
  if (state.view === undefined || state.extent === undefined) {
    const place = state.activeFile === undefined ? undefined : state.places.get(state.activeFile);
    const time = state.activeFile === undefined ? undefined : state.fileTimes.get(state.activeFile);
    const convert = (ticks: bigint | undefined): bigint | undefined =>
      ticks === undefined || !time ? undefined : rescale(ticks, time.exponent, base);
    const start = convert(place?.start);
    const end = convert(place?.end);
    const view = start !== undefined && end !== undefined && end > start ? { start, end } : fit(extent);
    const cursor = convert(place?.cursor) ?? state.cursor ?? extent.start;
    return { ...state, base, extent, view, cursor, marker: convert(place?.marker) ?? state.marker };
  }
  const move = (ticks: bigint): bigint => rescale(ticks, state.base, base);
  const oldExtent = { start: move(state.extent.start), end: move(state.extent.end) };
  const oldView = { start: move(state.view.start), end: move(state.view.end) };
  if (oldView.end <= oldView.start) oldView.end = oldView.start + 1n;
  const view = afterReload(oldView, oldExtent, extent);
  const cursor = state.cursor === undefined ? extent.start : move(state.cursor);
  const marker = state.marker === undefined ? undefined : move(state.marker);
  if (
    base === state.base &&
    extent.start === state.extent.start &&
    extent.end === state.extent.end &&
    sameView(view, state.view) &&
    cursor === state.cursor &&
    marker === state.marker
  ) {
    return state;
  }
  return { ...state, base, extent, view, cursor, marker };
}

function sameView(a: View | undefined, b: View): boolean {
  return a !== undefined && a.start === b.start && a.end === b.end;
}
