import { DisposableStore, Emitter, err, ok, type Clock, type Disposable, type Result } from "@novywave/base";
import {
  PROTOCOL_VERSION,
  MAX_PENDING_REQUESTS,
  checkResult,
  decodeBinaryFrame,
  decodeServerMessage,
  encodeClientMessage,
  methodSchemas,
  binaryResult,
  type ClientMessage,
  type Method,
  type MethodMap,
  type ProtocolError,
  type ServerMessage,
} from "@novywave/protocol";

/** What the connection needs of a WebSocket; tests hand in a fake. */
export interface Socket {
  send(text: string): void;
  close(): void;
}

/** Whom a socket tells. */
export interface SocketListener {
  opened(): void;
  closed(reason: string): void;
  /** Text, or a buffer. */
  received(data: unknown): void;
}

/** Opens a socket to the server; may throw. The listener is called later, never from within. */
export type OpenSocket = (listener: SocketListener) => Socket;

/** Where the connection stands. Requests are only sent while `open`. */
export type ConnectionState =
  | { readonly kind: "connecting"; readonly attempt: number }
  | { readonly kind: "open"; readonly version: string; readonly workspace: string }
  | { readonly kind: "retrying"; readonly attempt: number; readonly retryAt: number; readonly reason: string }
  | { readonly kind: "unauthorized"; readonly message: string }
  | { readonly kind: "incompatible"; readonly message: string }
  | { readonly kind: "closed" };

/** Options of {@link Connection}. */
export interface ConnectionOptions {
  readonly token: string | undefined;
  readonly clock: Clock;
  readonly open: OpenSocket;
  /** Between 0 and 1, for jitter. */
  readonly random: () => number;
}

/** Answer of a request. Code `disconnected` when the connection went away first, `cancelled` when the caller did. */
export type Answer<M extends Method> = Result<MethodMap[M]["result"], ProtocolError>;

/** Asks the server. What the rest of the interface sees of a connection. */
export interface Requester {
  request<M extends Method>(
    method: M,
    params: MethodMap[M]["params"],
    signal?: AbortSignal,
  ): Promise<Answer<M>>;
}

interface Pending {
  readonly method: Method;
  readonly settle: (answer: Result<unknown, ProtocolError>) => void;
}

const WELCOME_DEADLINE_MS = 10_000;
const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 8_000;

/** Milliseconds to wait before attempt `attempt` (counted from 1): doubling, capped, with up to a quarter of jitter. */
export function retryDelay(attempt: number, random: number): number {
  const base = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(attempt - 1, 20));
  return Math.round(base * (1 + random / 4));
}

/**
 * The line to the server: says hello with the token, matches answers to questions, comes back by itself after it was
 * cut. Without a valid token it stops and says so instead of trying for ever.
 */
export class Connection implements Requester, Disposable {
  readonly #options: ConnectionOptions;
  readonly #states = new Emitter<ConnectionState>();
  readonly #messages = new Emitter<ServerMessage>();
  #state: ConnectionState = { kind: "connecting", attempt: 1 };
  #socket: Socket | undefined;
  #timer = new DisposableStore();
  #nextId = 1;
  readonly #pending = new Map<number, Pending>();
  #waiting: { id: number; message: ClientMessage; pending: Pending }[] = [];

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  readonly changed = this.#states.event;
  /** States of topics, events and progress; answers are not among them. */
  readonly message = this.#messages.event;

  get state(): ConnectionState {
    return this.#state;
  }

  /** Connects. Call once. */
  start(): void {
    if (this.#options.token === undefined) {
      this.#enter({ kind: "unauthorized", message: "The address of this page carries no token." });
      return;
    }
    this.#connect(1);
  }

  /** Tries at once instead of waiting for the next retry. */
  retryNow(): void {
    if (this.#state.kind === "retrying") this.#connect(this.#state.attempt);
  }

  request<M extends Method>(
    method: M,
    params: MethodMap[M]["params"],
    signal?: AbortSignal,
  ): Promise<Answer<M>> {
    return new Promise((resolve) => {
      if (this.#state.kind !== "open") {
        resolve(err({ code: "disconnected", message: "There is no connection to the server." }));
        return;
      }
      if (signal?.aborted) {
        resolve(err({ code: "cancelled", message: "Cancelled." }));
        return;
      }
      const id = this.#nextId;
      this.#nextId = this.#nextId >= 0xffff_ffff ? 1 : this.#nextId + 1;
      const abort = (): void => this.#cancel(id);
      const pending: Pending = {
        method,
        settle: (answer) => {
          signal?.removeEventListener("abort", abort);
          resolve(answer.ok ? checkResult(method, answer.value) : answer);
        },
      };
      signal?.addEventListener("abort", abort, { once: true });
      const message: ClientMessage = { type: "request", id, method, params };
      if (this.#pending.size >= MAX_PENDING_REQUESTS) this.#waiting.push({ id, message, pending });
      else this.#ask(id, message, pending);
    });
  }

  [Symbol.dispose](): void {
    this.#enter({ kind: "closed" });
    this.#drop("The page was closed.");
  }

  #ask(id: number, message: ClientMessage, pending: Pending): void {
    const text = encodeClientMessage(message);
    if (!text.ok) {
      pending.settle(text);
      return;
    }
    this.#pending.set(id, pending);
    this.#socket?.send(text.value);
  }

  #cancel(id: number): void {
    const answer = err({ code: "cancelled", message: "Cancelled." });
    const queued = this.#waiting.findIndex((entry) => entry.id === id);
    if (queued >= 0) {
      this.#waiting.splice(queued, 1)[0]?.pending.settle(answer);
      return;
    }
    const pending = this.#pending.get(id);
    if (!pending) return;
    this.#pending.delete(id);
    const text = encodeClientMessage({ type: "cancel", id });
    if (text.ok) this.#socket?.send(text.value);
    pending.settle(answer);
    this.#fill();
  }

  #fill(): void {
    while (this.#pending.size < MAX_PENDING_REQUESTS) {
      const next = this.#waiting.shift();
      if (!next) return;
      this.#ask(next.id, next.message, next.pending);
    }
  }

  #settle(id: number, answer: Result<unknown, ProtocolError>): void {
    const pending = this.#pending.get(id);
    if (!pending) return;
    this.#pending.delete(id);
    pending.settle(answer);
    this.#fill();
  }

  #connect(attempt: number): void {
    this.#resetTimer();
    this.#enter({ kind: "connecting", attempt });
    const current = (): boolean => this.#socket === socket;
    let socket: Socket | undefined;
    try {
      socket = this.#options.open({
        opened: () => {
          if (current()) this.#hello();
        },
        received: (data) => {
          if (current()) this.#receive(data);
        },
        closed: (reason) => {
          if (!current()) return;
          const attempted = this.#state.kind === "connecting" ? this.#state.attempt : 0;
          this.#drop("The connection was lost.");
          this.#retry(attempted + 1, reason || "The server does not answer.");
        },
      });
    } catch (error) {
      this.#retry(attempt + 1, error instanceof Error ? error.message : String(error));
      return;
    }
    this.#socket = socket;
    this.#timer.add(
      this.#options.clock.schedule(WELCOME_DEADLINE_MS, () => {
        this.#drop("The server did not answer in time.");
        this.#retry(attempt + 1, "The server did not answer in time.");
      }),
    );
  }

  #hello(): void {
    const hello = encodeClientMessage({
      type: "hello",
      token: this.#options.token ?? "",
      protocol: PROTOCOL_VERSION,
    });
    if (hello.ok) this.#socket?.send(hello.value);
  }

  #retry(attempt: number, reason: string): void {
    const delay = retryDelay(attempt, this.#options.random());
    this.#resetTimer();
    this.#enter({ kind: "retrying", attempt, retryAt: this.#options.clock.now() + delay, reason });
    this.#timer.add(this.#options.clock.schedule(delay, () => this.#connect(attempt)));
  }

  #receive(data: unknown): void {
    if (data instanceof ArrayBuffer) {
      const frame = decodeBinaryFrame(data);
      if (!frame.ok) return;
      const pending = this.#pending.get(frame.value.id);
      if (!pending || methodSchemas[pending.method].result !== binaryResult) return;
      const { payload } = frame.value;
      // Readers of the payload align 64-bit views to its start, hence a buffer of its own.
      this.#settle(frame.value.id, ok(payload.buffer.slice(payload.byteOffset)));
      return;
    }
    if (typeof data !== "string") return;
    const decoded = decodeServerMessage(data);
    if (!decoded.ok) {
      this.#messages.emit({
        type: "event",
        event: {
          kind: "notice",
          level: "error",
          message: `The server sent what this page cannot read: ${decoded.error.message}`,
        },
      });
      return;
    }
    const message = decoded.value;
    if (message.type === "welcome") {
      this.#resetTimer();
      if (message.protocol !== PROTOCOL_VERSION) {
        this.#refuse({
          code: "protocol-mismatch",
          message: `The server speaks version ${message.protocol} of the protocol, this page version ${PROTOCOL_VERSION}.`,
        });
        return;
      }
      this.#enter({ kind: "open", version: message.version, workspace: message.workspace });
    } else if (message.type === "response") {
      this.#settle(message.id, message.ok ? ok(message.result) : err(message.error));
    } else if (message.type === "goodbye") {
      this.#refuse(message.error);
    } else {
      this.#messages.emit(message);
    }
  }

  #refuse(error: ProtocolError): void {
    if (error.code === "unauthorized") this.#enter({ kind: "unauthorized", message: error.message });
    else if (error.code === "protocol-mismatch")
      this.#enter({ kind: "incompatible", message: error.message });
    else return;
    this.#drop(error.message);
  }

  /** Ends the socket and answers everybody who waits. */
  #drop(reason: string): void {
    this.#resetTimer();
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
    const unanswered = [...this.#pending.values(), ...this.#waiting.map((entry) => entry.pending)];
    this.#pending.clear();
    this.#waiting = [];
    for (const pending of unanswered) pending.settle(err({ code: "disconnected", message: reason }));
  }

  #resetTimer(): void {
    this.#timer[Symbol.dispose]();
    this.#timer = new DisposableStore();
  }

  #enter(state: ConnectionState): void {
    this.#state = state;
    this.#states.emit(state);
  }
}
