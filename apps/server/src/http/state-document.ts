import type { FileStatus, PluginStatus, TopicMap } from "@novywave/protocol";
import type { ServerApi } from "./api.js";

/** What `GET /api/state` answers: the state of the program for scripts. Field names are relied on. */
export interface StateDocument {
  readonly config: { readonly state: string; readonly message?: string };
  readonly plugins: readonly Pick<PluginStatus, "id" | "state" | "message" | "since">[];
  readonly files: readonly FileEntry[];
  readonly timeline: Pick<TopicMap["timeline"], "state" | "revision">;
}

type FileEntry = Pick<FileStatus, "path" | "format" | "state" | "signals" | "start" | "end"> &
  Partial<Pick<FileStatus, "message" | "warning">>;

export function stateDocument(topics: ServerApi["topics"]): StateDocument {
  const config = topics.config.current;
  const timeline = topics.timeline.current;
  return {
    config: { state: config.state, ...(config.message === undefined ? {} : { message: config.message }) },
    plugins: topics.plugins.current.map(({ id, state, message, since }) => ({ id, state, message, since })),
    files: topics.files.current.map((file) => ({
      path: file.path,
      format: file.format,
      state: file.state,
      ...(file.message === undefined ? {} : { message: file.message }),
      ...(file.warning === undefined ? {} : { warning: file.warning }),
      signals: file.signals,
      start: file.start,
      end: file.end,
    })),
    timeline: { state: timeline.state, revision: timeline.revision },
  };
}
