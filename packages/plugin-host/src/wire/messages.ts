// What travels between the server and the process (or thread) in which plugins live. The supervisor trusts the server;
// the server trusts nothing that comes back, see `schemas.ts`. This file is types only: the child loads no schema library.

/** The value of an export or import call, as structured clone carries it. */
export type WireValue = unknown;

/** An interface that is linked: what the guest imports, and how the broker knows it. */
export interface LinkedInterface {
  /** The guest's import, e.g. `novywave:plugins/logging@0.1.0`. */
  readonly import: string;
  /** The broker's name, e.g. `logging`. */
  readonly interface: string;
  readonly functions: readonly string[];
}

/** Limits that the engine applies inside the worker. */
export interface WireLimits {
  readonly memoryBytes: number;
  readonly liftedBytes: number;
}

/** Why loading or a call failed, in the engine's words. */
export interface WireFailure {
  /** An `EngineError` code, or `internal`. */
  readonly code: string;
  readonly message: string;
  readonly backtrace?: string | undefined;
  /** The engine's limit that was reached. */
  readonly limit?: string | undefined;
}

export type CallOutcome =
  | { readonly kind: "ok"; readonly value: WireValue }
  | { readonly kind: "err"; readonly payload: WireValue }
  | { readonly kind: "trap"; readonly failure: WireFailure };

/** The answer to a host call. */
export type ReplyOutcome =
  | { readonly kind: "ok"; readonly value: WireValue }
  | { readonly kind: "err"; readonly payload: WireValue }
  | { readonly kind: "refused"; readonly message: string };

/** Server to supervisor. */
export type ServerMessage =
  /** A `start` is about to come: a thread may boot meanwhile. */
  | { readonly type: "prepare" }
  /** Keep these bytes until they are forgotten; who starts them first has these limits. */
  | {
      readonly type: "artifact";
      readonly sha256: string;
      readonly bytes: Uint8Array;
      readonly limits: WireLimits;
    }
  | {
      readonly type: "start";
      readonly instance: number;
      /** Of an artifact that is kept. */
      readonly sha256: string;
      readonly links: readonly LinkedInterface[];
      /** The guest's export, e.g. `novywave:plugins/lifecycle@0.1.0`; empty for functions of the component itself. */
      readonly exportName: string;
      readonly limits: WireLimits;
    }
  | {
      readonly type: "call";
      readonly instance: number;
      readonly call: number;
      readonly function: string;
      readonly args: readonly WireValue[];
    }
  | {
      readonly type: "reply";
      readonly instance: number;
      readonly hostCall: number;
      readonly outcome: ReplyOutcome;
    }
  | { readonly type: "terminate"; readonly instance: number }
  | { readonly type: "forget"; readonly sha256: string };

/** Supervisor to server. */
export type ChildMessage =
  | { readonly type: "ready" }
  /** The artifact is compiled; guest code may run from here on. */
  | { readonly type: "compiled"; readonly instance: number }
  | { readonly type: "loaded"; readonly instance: number; readonly memoryBytes: number }
  | { readonly type: "load-failed"; readonly instance: number; readonly failure: WireFailure }
  | {
      readonly type: "result";
      readonly instance: number;
      readonly call: number;
      readonly outcome: CallOutcome;
      readonly memoryBytes: number;
      /** Out of the guest, since it was loaded. */
      readonly liftedBytes: number;
    }
  | {
      readonly type: "host-call";
      readonly instance: number;
      readonly hostCall: number;
      readonly interface: string;
      readonly function: string;
      readonly args: readonly WireValue[];
    }
  /** The worker is gone; the last word on this instance. */
  | {
      readonly type: "exited";
      readonly instance: number;
      readonly reason: string;
      readonly outOfMemory: boolean;
    };
