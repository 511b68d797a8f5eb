/** Why a value reached nobody. */
export type DropReason = "no-listener" | "overflow" | "failed" | "stopped";

/** What happens in a flow, as one typed stream. `time` is the clock's monotonic time in milliseconds. */
export type InspectionEvent = { readonly time: number } & InspectionDetail;

export type InspectionDetail =
  | { readonly kind: "started"; readonly actor: string }
  | { readonly kind: "stopped"; readonly actor: string }
  | { readonly kind: "sent"; readonly relay: string; readonly value: unknown; readonly subscribers: number }
  | { readonly kind: "delivered"; readonly actor: string; readonly message: unknown }
  | {
      readonly kind: "dropped";
      /** The relay (for `no-listener`) or the actor that did not take it. */
      readonly target: string;
      readonly message: unknown;
      readonly reason: DropReason;
    }
  | { readonly kind: "failed"; readonly actor: string; readonly error: unknown }
  | { readonly kind: "taskStarted"; readonly actor: string; readonly task: string }
  | {
      readonly kind: "taskEnded";
      readonly actor: string;
      readonly task: string;
      readonly outcome: "done" | "failed" | "aborted";
    };

export interface ActorSnapshot {
  readonly name: string;
  readonly state:
    | { readonly kind: "idle" }
    | { readonly kind: "running" }
    | { readonly kind: "failed"; readonly message: string };
  /** Messages that wait. */
  readonly mailbox: number;
  /** Tasks in flight. */
  readonly tasks: number;
  /** Messages received so far. */
  readonly delivered: number;
  /** Messages refused so far. */
  readonly dropped: number;
}

export interface RelaySnapshot {
  readonly name: string;
  readonly kind: "relay" | "state";
  readonly subscribers: number;
  /** Values sent so far. */
  readonly sent: number;
  /** Values that were sent while nobody listened. */
  readonly unheard: number;
}

/** The whole graph at one moment, plain data that survives JSON. */
export interface FlowSnapshot {
  readonly started: boolean;
  readonly actors: readonly ActorSnapshot[];
  readonly relays: readonly RelaySnapshot[];
}
