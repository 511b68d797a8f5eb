import type { MessagePort } from "node:worker_threads";
import type { ChildType } from "./frames.js";
import type { LinkedInterface, WireLimits } from "./messages.js";

/** What a worker gets when it is made. */
export interface WorkerSetup {
  /** One 32-bit word: 1 once a reply lies in `replies`. The worker sleeps on it during a host call. */
  readonly signal: SharedArrayBuffer;
  /** Carries the bodies of `reply` frames. */
  readonly replies: MessagePort;
}

/** Supervisor to worker. */
export type ToWorker =
  /** To a spare, which has time: what loading a plugin needs is to be run once. */
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
    }
  /** The body of a `call` frame, not looked at on its way. */
  | { readonly type: "call"; readonly body: Uint8Array<ArrayBuffer> };

/** Worker to supervisor. */
export type FromWorker =
  | { readonly type: "booted" }
  /** `component` is there when the worker compiled bytes. */
  | { readonly type: "compiled"; readonly component?: unknown }
  /** For the server: the body of a frame, not looked at on its way. */
  | {
      readonly type: "frame";
      readonly frame: Exclude<ChildType, "ready" | "compiled" | "exited">;
      readonly body: Uint8Array<ArrayBuffer>;
    };
