import { MAX_BLACKOUTS, type FileState, type FileStatus, type FileWarning } from "@novywave/protocol";
import type { Blackout, Warning, WaveformInfo } from "@novywave/waveform";
import { displayName } from "../workspace.js";
import type { FileStamp } from "./look-file.js";
import type { LoadedWaveform } from "./waveform-port.js";

/** A file that a plugin found or a person opened. */
export interface TrackedFile {
  readonly path: string;
  /** Ids of the plugins that found it. */
  readonly discoveredBy: readonly string[];
  /** Whether a person wants its signals. */
  readonly open: boolean;
  readonly state: FileState;
  readonly message?: string;
  readonly warning?: FileWarning;
  readonly progress?: { readonly read: number; readonly total: number };
  readonly format: string;
  /** What was learnt the last time that it was read. */
  readonly info?: WaveformInfo;
  /** Its signals, while it is open and was read. */
  readonly loaded?: LoadedWaveform;
  /** Of the version that `info` and `state` are about. */
  readonly stamp?: FileStamp;
  readonly revision: number;
  /** The work in flight for this file; there is never more than one. */
  readonly work?: Work;
  /** Something happened to it while work was in flight: look again afterwards. */
  readonly again: boolean;
  /** A look is scheduled. */
  readonly waiting: boolean;
  /** Milliseconds that the last read took, and when it ended on the monotonic clock. */
  readonly lastReadMs: number;
  readonly lastReadEnd: number;
  /** Looks in a row that found it gone although a plugin lists it. */
  readonly misses: number;
  /** Whether its content was examined since `stamp`. */
  readonly probed: boolean;
}

export interface Work {
  readonly kind: "look" | "open" | "probe";
  /** Answers with another token are stale. */
  readonly token: number;
  readonly stop: AbortController;
}

export function newTrackedFile(path: string): TrackedFile {
  return {
    path,
    discoveredBy: [],
    open: false,
    state: "discovered",
    format: "unknown",
    revision: 0,
    again: false,
    waiting: false,
    lastReadMs: 0,
    lastReadEnd: -Infinity,
    misses: 0,
    probed: false,
  };
}

/** The same file without what it loses when it is gone, replaced or not readable. */
export function withoutContent(file: TrackedFile): TrackedFile {
  const { info: _info, loaded: _loaded, stamp: _stamp, warning: _warning, message: _message, ...rest } = file;
  return withoutProgress(rest);
}

export function withoutProgress(file: TrackedFile): TrackedFile {
  const { progress: _progress, ...rest } = file;
  return rest;
}

export function withoutWork(file: TrackedFile): TrackedFile {
  const { work: _work, ...rest } = file;
  return rest;
}

export function toFileWarning(warning: Warning): FileWarning {
  return {
    code: warning.code,
    message: warning.message,
    byte: warning.byte,
    ...(warning.time !== undefined && { time: warning.time.toString() }),
  };
}

function toBlackout({ from, to }: Blackout): { from: string; to?: string } {
  return { from: from.toString(), ...(to !== undefined && { to: to.toString() }) };
}

/** What the world is told about the file. */
export function fileStatus(file: TrackedFile, root: string): FileStatus {
  const { info } = file;
  return {
    path: file.path,
    name: displayName(root, file.path),
    format: file.format,
    state: file.state,
    ...(file.message !== undefined && { message: file.message }),
    ...(file.warning && { warning: file.warning }),
    ...(file.progress && { progress: { ...file.progress } }),
    signals: info?.signals ?? 0,
    variables: info?.variables ?? 0,
    scopes: info?.scopes ?? 0,
    start: (info?.start ?? 0n).toString(),
    end: (info?.end ?? 0n).toString(),
    ...(info && { timescale: { magnitude: info.timescale.magnitude, unit: info.timescale.unit } }),
    ...(info?.blackouts && { blackouts: info.blackouts.slice(0, MAX_BLACKOUTS).map(toBlackout) }),
    open: file.open,
    revision: file.revision,
    ...(file.discoveredBy.length > 0 && { discoveredBy: [...file.discoveredBy] }),
  };
}

/** Whether a file is one of `paths` or lies below one of them. */
export function below(
  paths: readonly string[],
  which: (file: TrackedFile) => boolean = () => true,
): (file: TrackedFile) => boolean {
  const named = new Set(paths);
  return (file) => {
    if (!which(file)) return false;
    for (let at = file.path; at.length > 1; at = at.slice(0, Math.max(at.lastIndexOf("/"), 0))) {
      if (named.has(at)) return true;
    }
    return false;
  };
}
