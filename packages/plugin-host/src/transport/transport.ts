import type { ServerMessage } from "../wire/messages.js";

/** The way to a supervisor. Messages arrive as they were sent and have not been checked. */
export interface Transport {
  /** The process that runs the plugins. */
  readonly processId: number | undefined;
  send(message: ServerMessage): void;
  /** Ends it at once, as after a hang; `onExit` follows. In-process there is nothing to kill but the workers. */
  kill(): void;
  /** Ends it in order; `onExit` follows. */
  close(): Promise<void>;
}

export interface TransportEvents {
  readonly onMessage: (message: unknown) => void;
  /** Bytes of the largest message that may come for an instance; asked before any of it is kept. */
  readonly maxMessageBytes: (instance: number) => number;
  /** What came is no message, or one that is too large; nothing follows. */
  readonly onBroken: (what: string) => void;
  /** Called once; `reason` is for people. */
  readonly onExit: (reason: string) => void;
  /** What the process printed, line by line: only when something is wrong with it. */
  readonly onOutput: (line: string) => void;
}

export type OpenTransport = (events: TransportEvents) => Transport;
