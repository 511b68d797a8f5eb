import type { MessagePort } from "node:worker_threads";
import type { CompiledProgram } from "../supervisor/worker-program.js";
import type { LinkedInterface, WireLimits } from "./messages.js";

/** What a worker gets when it is made. */
export interface WorkerSetup {
  /** One 32-bit word: 1 once a reply lies in `replies`. The worker sleeps on it during a host call. */
  readonly signal: SharedArrayBuffer;
  /** Carries the bodies of `reply` frames. */
  readonly replies: MessagePort;
  /** How many the runtime can use. */
  readonly processors: number;
}

/** Supervisor to worker: the body of a `call` frame, not looked at on its way, or something to do for the worker itself. */
export type ToWorker = Uint8Array<ArrayBuffer> | WorkerTask;

export type WorkerTask =
  /** To a spare, which has time: what loading a plugin needs is to be run once, and compiled code to be given. */
  | { readonly type: "warm-up" }
  | {
      readonly type: "load";
      /** Bytes to compile, or what another worker compiled from them. */
      readonly artifact:
        | { readonly kind: "bytes"; readonly bytes: Uint8Array }
        | { readonly kind: "compiled"; readonly component: unknown };
      readonly links: readonly LinkedInterface[];
      readonly exportName: string;
      readonly limits: WireLimits;
    };

/** Worker to supervisor: a written frame for the server, or something for the supervisor. */
export type FromWorker = Uint8Array<ArrayBuffer> | WorkerNews;

export type WorkerNews =
  | { readonly type: "code"; readonly code: CompiledProgram }
  /** `component` is there when the worker compiled bytes. */
  | { readonly type: "compiled"; readonly component?: unknown };
