import type { MessagePort } from "node:worker_threads";
import type {
  CallOutcome,
  LinkedInterface,
  ReplyOutcome,
  WireFailure,
  WireLimits,
  WireValue,
} from "./messages.js";

/** What a worker gets when it is made. */
export interface WorkerSetup {
  /** One 32-bit word: 1 once a reply lies in `replies`. The worker sleeps on it during a host call. */
  readonly signal: SharedArrayBuffer;
  /** Carries `ReplyOutcome`. */
  readonly replies: MessagePort;
}

/** Supervisor to worker. */
export type ToWorker =
  | {
      readonly type: "load";
      /** Bytes to compile, or what another worker compiled from them. */
      readonly artifact:
        | { readonly kind: "bytes"; readonly bytes: Uint8Array }
        | { readonly kind: "compiled"; readonly component: unknown };
      readonly links: readonly LinkedInterface[];
      readonly exportName: string;
      readonly limits: WireLimits;
    }
  | {
      readonly type: "call";
      readonly call: number;
      readonly function: string;
      readonly args: readonly WireValue[];
    };

/** Worker to supervisor. */
export type FromWorker =
  | { readonly type: "booted" }
  /** `component` is there when the worker compiled bytes. */
  | { readonly type: "compiled"; readonly component?: unknown }
  | { readonly type: "loaded"; readonly memoryBytes: number }
  | { readonly type: "load-failed"; readonly failure: WireFailure; readonly compiled: boolean }
  | {
      readonly type: "result";
      readonly call: number;
      readonly outcome: CallOutcome;
      readonly memoryBytes: number;
    }
  | {
      readonly type: "host-call";
      readonly hostCall: number;
      readonly interface: string;
      readonly function: string;
      readonly args: readonly WireValue[];
    };

export type { ReplyOutcome };
