import { assertNever } from "@novywave/base";
import type { Actor, ActorContext, Flow } from "@novywave/dataflow";
import type { FileStatus, TimelineStatus } from "@novywave/protocol";
import type { Relays } from "../relays.js";

export interface TimelineState {
  readonly activeFile?: string;
  readonly status: TimelineStatus;
  /** What the last status was made of, to know when the timeline shows something else. */
  readonly shown: string;
}

export type TimelineMessage =
  | { readonly kind: "activated"; readonly path: string }
  | { readonly kind: "deactivated"; readonly path: string }
  | { readonly kind: "files-changed"; readonly files: readonly FileStatus[] };

type Context = ActorContext<TimelineState, TimelineMessage>;

/** Knows which file the timeline shows and whether there is something to show; its revision grows when that changes. */
export function createTimelineActor(flow: Flow, relays: Relays): Actor<TimelineState, TimelineMessage> {
  const emit = relays.timelineState.emitter();
  let files: readonly FileStatus[] = [];

  const follow = (state: TimelineState): TimelineState => {
    const file = files.find(({ path }) => path === state.activeFile);
    const shown = JSON.stringify([state.activeFile, file?.state, file?.open, file?.revision]);
    if (shown === state.shown) return state;
    const status = timelineStatus(state.activeFile, file, state.status.revision + 1);
    emit(status);
    return { ...state, status, shown };
  };

  return flow.actor<TimelineState, TimelineMessage>({
    name: "timeline",
    initial: {
      status: { state: "empty", revision: 0 },
      shown: JSON.stringify([undefined, undefined, undefined, undefined]),
    },
    start(context: Context) {
      context.listen(relays.filesState, (value) => ({
        kind: "files-changed",
        files: value.state === "ready" ? value.value : [],
      }));
    },
    receive(state, message) {
      switch (message.kind) {
        case "activated":
          return follow({ ...state, activeFile: message.path });
        case "deactivated": {
          if (state.activeFile !== message.path) return state;
          const { activeFile: _closed, ...rest } = state;
          return follow(rest);
        }
        case "files-changed":
          files = message.files;
          return follow(state);
        default:
          return assertNever(message);
      }
    },
  });
}

function timelineStatus(
  activeFile: string | undefined,
  file: FileStatus | undefined,
  revision: number,
): TimelineStatus {
  if (activeFile === undefined) return { state: "empty", revision };
  if (!file) return { state: "loading", revision, activeFile };
  switch (file.state) {
    case "discovered":
    case "loading":
      return { state: "loading", revision, activeFile };
    case "ready":
      return file.open
        ? { state: "ready", revision, activeFile }
        : { state: "loading", revision, activeFile };
    case "empty":
      return {
        state: "empty",
        revision,
        activeFile,
        ...(file.message !== undefined && { message: file.message }),
      };
    case "missing":
    case "error":
      return {
        state: "error",
        revision,
        activeFile,
        ...(file.message !== undefined && { message: file.message }),
      };
    default:
      return assertNever(file.state);
  }
}
