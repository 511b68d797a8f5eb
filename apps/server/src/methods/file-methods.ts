import nodePath from "node:path";
import { err, ok, type Result } from "@novywave/base";
import type { Actor } from "@novywave/dataflow";
import type { Method, MethodMap, ProtocolError } from "@novywave/protocol";
import { WaveformQueryError } from "@novywave/waveform";
import type { TimelineMessage, TimelineState } from "../actors/timeline-actor.js";
import { maxOpenFiles } from "../actors/tracked-files-actor.js";
import type { TrackedFilesMessage, TrackedFilesState } from "../actors/tracked-files-messages.js";
import type { FileAccess } from "../files/file-access.js";
import type { LoadedWaveform } from "../files/waveform-port.js";

/** Pixel columns of one answer, in all its rows: it is made and sent as a whole. */
const maxCells = 2 ** 21;

export interface FileMethodsOptions {
  readonly files: Actor<TrackedFilesState, TrackedFilesMessage>;
  readonly timeline: Actor<TimelineState, TimelineMessage>;
  readonly access: FileAccess;
}

export type Handler<M extends Method> = (
  params: MethodMap[M]["params"],
  signal: AbortSignal,
) => Promise<Result<MethodMap[M]["result"], ProtocolError>>;

type FileMethod =
  | "file.open"
  | "file.close"
  | "file.activate"
  | "scopes.children"
  | "variables.list"
  | "variables.resolve"
  | "columns.query"
  | "values.at"
  | "transition.find"
  | "value.find";

/** Questions about files. A path that a client names passes the same check as one that a plugin names. */
export function fileMethods(options: FileMethodsOptions): { readonly [M in FileMethod]: Handler<M> } {
  const { files, timeline, access } = options;

  const mayOpen = async (path: string): Promise<Result<void, ProtocolError>> => {
    // A file has one name here: other spellings of it would be other files.
    if (nodePath.resolve(path) !== path) {
      return err({ code: "bad-request", message: `${path} is not an absolute path without detours` });
    }
    const looked = await access.look(path);
    // A file that was found before may be missing by now: then its state says so.
    if (!looked.ok && !files.state.files.has(path)) return looked;
    const open = [...files.state.files.values()].filter((file) => file.open).length;
    if (open >= maxOpenFiles && files.state.files.get(path)?.open !== true) {
      return err({ code: "too-many-files", message: `${maxOpenFiles} files are open; close one first` });
    }
    return ok();
  };

  const loaded = (path: string, revision?: number): Result<LoadedWaveform, ProtocolError> => {
    const file = files.state.files.get(path);
    if (!file?.loaded) return err({ code: "not-open", message: `${path} is not open, or not read yet` });
    if (revision !== undefined && revision !== file.revision) {
      return err({ code: "stale", message: `${path} is at revision ${file.revision}, not ${revision}` });
    }
    return ok(file.loaded);
  };

  /** Asks the waveform; what was reloaded or closed while it worked is told as such, what makes no sense as well. */
  const ask = async <T>(
    path: string,
    revision: number | undefined,
    question: (waveform: LoadedWaveform) => Promise<T>,
  ): Promise<Result<T, ProtocolError>> => {
    const waveform = loaded(path, revision);
    if (!waveform.ok) return waveform;
    try {
      return ok(await question(waveform.value));
    } catch (error) {
      const now = loaded(path, revision);
      if (now.ok && now.value === waveform.value) {
        if (!(error instanceof WaveformQueryError) || !error.senseless) throw error;
        return err({ code: "bad-request", message: error.message });
      }
      return now.ok ? err({ code: "stale", message: `${path} was read again meanwhile` }) : now;
    }
  };

  return {
    async "file.open"({ path }) {
      const allowed = await mayOpen(path);
      if (allowed.ok) files.send({ kind: "open-asked", path });
      return allowed.ok ? ok({}) : allowed;
    },
    async "file.close"({ path }) {
      files.send({ kind: "close-asked", path });
      timeline.send({ kind: "deactivated", path });
      return ok({});
    },
    async "file.activate"({ path }) {
      const allowed = await mayOpen(path);
      if (!allowed.ok) return allowed;
      files.send({ kind: "open-asked", path });
      timeline.send({ kind: "activated", path });
      return ok({});
    },
    "scopes.children": ({ path, parent, offset, limit }) =>
      ask(path, undefined, async (waveform) => {
        const { total, items } = await waveform.scopes(parent, offset, limit);
        return { total, items: [...items] };
      }),
    "variables.list": ({ path, ...query }) =>
      ask(path, undefined, async (waveform) => {
        const { total, items } = await waveform.variables(query);
        return { total, items: [...items] };
      }),
    "variables.resolve": ({ path, names }) =>
      ask(path, undefined, async (waveform) => ({ items: [...(await waveform.resolve(names))] })),
    "columns.query": async ({ path, revision, start, end, columns, rows }) => {
      if (BigInt(end) < BigInt(start)) {
        return err({ code: "bad-request", message: "the span ends before it starts" });
      }
      if (rows.length * columns > maxCells) {
        return err({
          code: "too-large",
          message: `at most ${maxCells} columns are answered, in all rows together`,
        });
      }
      return ask(path, revision, (waveform) =>
        waveform.columns({ start: BigInt(start), end: BigInt(end), columns, rows }),
      );
    },
    "values.at": ({ path, signals, time }) =>
      ask(path, undefined, async (waveform) => ({
        values: [...(await waveform.valuesAt(signals, BigInt(time)))],
      })),
    "transition.find": ({ path, signal, time, direction }) =>
      ask(path, undefined, async (waveform) => {
        const found = await waveform.transition(signal, BigInt(time), direction);
        return { time: found === undefined ? null : found.toString() };
      }),
    "value.find": ({ path, time, ...query }) =>
      ask(path, undefined, async (waveform) => {
        const found = await waveform.findValue({ ...query, time: BigInt(time) });
        return { time: found === undefined ? null : found.toString() };
      }),
  };
}
