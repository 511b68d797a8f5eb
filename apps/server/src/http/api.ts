import type { Event, Result } from "@novywave/base";
import type {
  CheckedRequest,
  MethodMap,
  ProtocolError,
  ServerEvent,
  Topic,
  TopicMap,
} from "@novywave/protocol";

/** A state that is read now and followed from now on. */
export interface Source<T> {
  readonly current: T;
  readonly subscribe: Event<T>;
}

/** Bytes of a file that were read so far. */
export interface FileProgress {
  readonly path: string;
  readonly read: number;
  readonly total: number;
}

/** What the HTTP side needs of the program behind it. */
export interface ServerApi {
  readonly version: string;
  /** Absolute path of the workspace. */
  readonly workspace: string;
  readonly topics: { readonly [T in Topic]: Source<TopicMap[T]> };
  readonly events: Event<ServerEvent>;
  readonly progress: Event<FileProgress>;
  /** Answers a question. `signal` aborts when the client withdraws it or goes away. */
  call(request: CheckedRequest, signal: AbortSignal): Promise<Result<Answer, ProtocolError>>;
  /** Text in the OpenMetrics format. */
  metrics(): string;
}

export type Answer = MethodMap[keyof MethodMap]["result"];
