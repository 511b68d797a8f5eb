import { assertNever } from "@novywave/base";
import type {
  FileStatus,
  Theme,
  TopicMap,
  ValueFormat,
  VariableInfo,
  WorkspaceView,
} from "@novywave/protocol";
import { availableFormats, parseFixed, type ValueFormat as DigitFormat } from "@novywave/waveform/format";
import type { ConnectionState } from "../connection/connection.js";
import { rescale, type Exponent } from "../model/timebase.js";
import { measuresAt, type Measures } from "../model/scale.js";
import type { Extent, View } from "../model/viewport.js";

/** Whether the variable that a row names is there. */
export type Resolution =
  | { readonly kind: "resolving" }
  | { readonly kind: "ready"; readonly info: VariableInfo }
  | { readonly kind: "missing" };

/** A selected variable. It is kept by name, so that it survives a reload of its file. */
export interface Row {
  /** Unique for as long as the page lives. */
  readonly key: string;
  /** {@link FileStatus.name}. */
  readonly file: string;
  /** Full name, scopes joined by dots. */
  readonly name: string;
  /** Chosen by a person; otherwise the default of the variable's type applies. */
  readonly format: ValueFormat | undefined;
  /** Written by a person into `.novywave`; kept for them, not used. */
  readonly height?: number;
  readonly resolution: Resolution;
}

/** Rows that were removed at once, from top to bottom. */
export type Removal = readonly { readonly index: number; readonly row: Row }[];

/** Time that a file covers, in its own ticks. Kept while the file is read again. */
export interface FileTime {
  readonly start: bigint;
  readonly end: bigint;
  readonly exponent: Exponent;
  readonly hasTimescale: boolean;
  /** When recording was switched off: from, and without, to; in the order of time. */
  readonly blackouts: readonly { readonly from: bigint; readonly to: bigint }[];
}

/** Where a person was looking in a file, from `.novywave`; in ticks of the file. */
export interface SavedPlace {
  readonly start: bigint | undefined;
  readonly end: bigint | undefined;
  readonly cursor: bigint | undefined;
  readonly marker: bigint | undefined;
}

/** A value at the cursor as the server gave it. */
export type RawValue = string | number | null;

/** Scope whose variables are listed; without `scope` all of the file. */
export interface ScopeChoice {
  readonly file: string;
  readonly scope: { readonly id: number; readonly path: string } | undefined;
}

export type Dialog = "palette" | "find-value" | "shortcuts";

export interface AppState {
  readonly connection: ConnectionState;
  /** Of the last welcome; stays while disconnected. */
  readonly workspace: string | undefined;
  /** A topic is absent until the server told it. */
  readonly topics: Partial<TopicMap>;
  /** Files by {@link FileStatus.name}. */
  readonly files: ReadonlyMap<string, FileStatus>;
  readonly fileTimes: ReadonlyMap<string, FileTime>;
  readonly progress: ReadonlyMap<string, { readonly read: number; readonly total: number }>;
  /** {@link FileStatus.name} of the file whose unit the time axis has. */
  readonly activeFile: string | undefined;
  readonly theme: Theme;
  /** Chosen by a person; one of `TEXT_SIZES`. */
  readonly textSize: number;
  /** What {@link AppState.textSize} and the width of the window come to. */
  readonly scale: number;
  readonly measures: Measures;
  readonly rows: readonly Row[];
  readonly focus: string | undefined;
  /** What was removed, the last last: rows with the places where they stood. */
  readonly removed: readonly Removal[];
  /** Tick length of the time axis; all times below count in it. */
  readonly base: Exponent;
  readonly extent: Extent | undefined;
  readonly view: View | undefined;
  readonly cursor: bigint | undefined;
  /** From where times are measured to the cursor. */
  readonly marker: bigint | undefined;
  readonly places: ReadonlyMap<string, SavedPlace>;
  /** What `.novywave` says, once it was taken over. */
  readonly restored: WorkspaceView | undefined;
  readonly values: ReadonlyMap<string, RawValue>;
  readonly scope: ScopeChoice | undefined;
  readonly dialog: Dialog | undefined;
  readonly pluginsOpen: boolean;
  /** Whether a person changed what is saved; before that nothing is written. */
  readonly touched: boolean;
}

export const initialState: AppState = {
  connection: { kind: "connecting", attempt: 1 },
  workspace: undefined,
  topics: {},
  files: new Map(),
  fileTimes: new Map(),
  progress: new Map(),
  activeFile: undefined,
  theme: "dark",
  textSize: 1,
  scale: 1,
  measures: measuresAt(1),
  rows: [],
  focus: undefined,
  removed: [],
  base: -9,
  extent: undefined,
  view: undefined,
  cursor: undefined,
  marker: undefined,
  places: new Map(),
  restored: undefined,
  values: new Map(),
  scope: undefined,
  dialog: undefined,
  pluginsOpen: false,
  touched: false,
};

/** Formats that a variable can be shown in, its default first. */
export function formatsOf(info: VariableInfo): readonly ValueFormat[] {
  switch (info.kind) {
    case "bits": {
      const formats = availableFormats("bits", info.width, info.meaning).map(viewFormat);
      return info.width === 1 ? formats : [...formats, "analog"];
    }
    case "real":
      return ["analog", "real"];
    case "string":
      return ["string"];
    case "event":
      return ["bin"];
    default:
      return assertNever(info.kind);
  }
}

/** What a format is called in a view. */
function viewFormat(format: DigitFormat): ValueFormat {
  return format === "dec-unsigned" ? "unsigned" : format === "dec-signed" ? "signed" : format;
}

/** The format that a row is shown in. */
export function formatOf(row: Row): ValueFormat {
  if (row.resolution.kind !== "ready") return row.format ?? "hex";
  const { info } = row.resolution;
  const formats = formatsOf(info);
  if (row.format === undefined) return formats[0] ?? "hex";
  // The point of a fixed-point number may stand anywhere; the list has the usual places.
  const fits = formats.includes(row.format) || (info.kind === "bits" && parseFixed(row.format) !== undefined);
  return fits ? row.format : (formats[0] ?? "hex");
}

/** When recording was switched off, around the cursor, in a file: no value there means anything. In ticks of the file. */
export function blackoutAtCursor(state: AppState, file: string): FileTime["blackouts"][number] | undefined {
  const time = state.fileTimes.get(file);
  if (!time || time.blackouts.length === 0 || state.cursor === undefined) return undefined;
  const tick = rescale(state.cursor, state.base, time.exponent);
  return time.blackouts.find(({ from, to }) => from <= tick && tick < to);
}

/** Whether the file's signals can be asked for. */
export function isUsable(file: FileStatus | undefined): file is FileStatus {
  return (
    file !== undefined &&
    file.open &&
    (file.state === "ready" || (file.state === "loading" && file.revision > 0 && file.variables > 0))
  );
}
