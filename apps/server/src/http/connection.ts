import { DisposableStore, type Clock, type Disposable } from "@novywave/base";
import {
  HELLO_DEADLINE_MS,
  MAX_PENDING_REQUESTS,
  PROTOCOL_VERSION,
  binaryHeader,
  checkRequest,
  decodeClientMessage,
  encodeServerMessage,
  type CheckedRequest,
  type ClientMessage,
  type ProtocolError,
  type ServerMessage,
} from "@novywave/protocol";
import type { WebSocket } from "ws";
import type { ServerApi } from "./api.js";
import { TopicFeed } from "./topic-feed.js";
import { tokenMatches } from "./token.js";

/** Bytes that wait for the client beyond which states wait, and requests are not read. */
const highWater = 4 * 1024 * 1024;

/** Bytes that wait for the client beyond which it is given up. */
const hopeless = 256 * 1024 * 1024;

export interface ConnectionOptions {
  readonly socket: WebSocket;
  readonly api: ServerApi;
  readonly token: string;
  readonly clock: Clock;
  /** Told of what failed that should not; never with anything secret. */
  readonly onError: (error: unknown) => void;
}

/** One client on its WebSocket: hello first, then states, events, questions and answers. Ends with its socket. */
export class Connection implements Disposable {
  readonly #options: ConnectionOptions;
  readonly #store = new DisposableStore();
  readonly #pending = new Map<number, AbortController>();
  readonly #feed: TopicFeed;
  #welcomed = false;
  #paused = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    const { socket, api, clock } = options;
    this.#feed = this.#store.add(
      new TopicFeed({
        topics: api.topics,
        clock,
        send: (message) => this.#send(message),
        ready: () => socket.bufferedAmount < highWater,
      }),
    );
    const deadline = this.#store.add(
      clock.schedule(HELLO_DEADLINE_MS, () => {
        if (!this.#welcomed) this.#refuse({ code: "unauthorized", message: "no hello came in time" });
      }),
    );
    socket.on("message", (data: Buffer, isBinary: boolean) => {
      if (this.#store.disposed) return undefined;
      if (isBinary) return this.#refuse({ code: "bad-request", message: "clients send text only" });
      const message = decodeClientMessage(data.toString("utf8"));
      if (!message.ok) return this.#refuse(message.error);
      return this.#receive(message.value, deadline);
    });
    socket.on("error", () => this[Symbol.dispose]());
    socket.on("close", () => this[Symbol.dispose]());
  }

  /** Whether the client has shown the token. */
  get welcomed(): boolean {
    return this.#welcomed;
  }

  [Symbol.dispose](): void {
    this.#release();
    this.#options.socket.terminate();
  }

  #release(): void {
    this.#store[Symbol.dispose]();
    for (const controller of this.#pending.values()) controller.abort();
    this.#pending.clear();
  }

  #receive(message: ClientMessage, deadline: Disposable): void {
    if (message.type === "hello") {
      if (this.#welcomed) return this.#refuse({ code: "bad-request", message: "hello comes once" });
      this.#store.release(deadline);
      return this.#welcome(message.token, message.protocol);
    }
    if (!this.#welcomed) {
      return this.#refuse({ code: "unauthorized", message: "the first message must be hello" });
    }
    if (message.type === "cancel") {
      this.#pending.get(message.id)?.abort();
      return undefined;
    }
    return this.#request(message.id, message.method, message.params);
  }

  #welcome(token: string, protocol: number): void {
    const { api } = this.#options;
    if (!tokenMatches(token, this.#options.token)) {
      return this.#refuse({
        code: "unauthorized",
        message: "the token is wrong; open the address that the server printed",
      });
    }
    if (protocol !== PROTOCOL_VERSION) {
      return this.#refuse({
        code: "protocol-mismatch",
        message: `the server speaks protocol ${PROTOCOL_VERSION}, the page ${protocol}; reload the page`,
      });
    }
    this.#welcomed = true;
    this.#send({
      type: "welcome",
      version: api.version,
      workspace: api.workspace,
      protocol: PROTOCOL_VERSION,
    });
    this.#feed.start();
    this.#store.add(api.events((event) => this.#send({ type: "event", event })));
    this.#store.add(
      api.progress((progress) => {
        if (this.#options.socket.bufferedAmount < highWater) this.#send({ type: "progress", ...progress });
      }),
    );
    return undefined;
  }

  #request(id: number, method: string, params: Record<string, unknown>): void {
    if (this.#pending.has(id)) {
      return this.#refuse({ code: "bad-request", message: `request ${id} is pending already` });
    }
    if (this.#pending.size >= MAX_PENDING_REQUESTS) {
      return this.#fail(id, {
        code: "too-many-requests",
        message: `${MAX_PENDING_REQUESTS} requests are pending; wait for an answer`,
      });
    }
    const request = checkRequest(method, params);
    if (!request.ok) return this.#fail(id, request.error);
    const controller = new AbortController();
    this.#pending.set(id, controller);
    void this.#answer(id, request.value, controller.signal);
    return undefined;
  }

  async #answer(id: number, request: CheckedRequest, signal: AbortSignal): Promise<void> {
    try {
      const answer = await this.#options.api.call(request, signal);
      // Nobody waits any more: the connection has ended.
      if (!this.#pending.delete(id)) return;
      if (signal.aborted) this.#fail(id, { code: "cancelled", message: "withdrawn" });
      else if (!answer.ok) this.#fail(id, answer.error);
      else if (answer.value instanceof ArrayBuffer) this.#sendBinary(id, answer.value);
      else this.#send({ type: "response", id, ok: true, result: answer.value });
    } catch (error) {
      this.#options.onError(error);
      if (!this.#pending.delete(id)) return;
      this.#fail(id, { code: "internal", message: "the server failed; see dev_server.log" });
    }
  }

  #fail(id: number, error: ProtocolError): void {
    this.#send({ type: "response", id, ok: false, error });
  }

  /** Says why, then closes: 1008 is "policy violation" (RFC 6455, 7.4.1). */
  #refuse(error: ProtocolError): void {
    this.#send({ type: "goodbye", error });
    this.#options.socket.close(1008, error.code);
    this.#release();
  }

  #send(message: ServerMessage): void {
    this.#write(encodeServerMessage(message));
  }

  #sendBinary(id: number, payload: ArrayBuffer): void {
    const { socket } = this.#options;
    if (socket.readyState !== socket.OPEN) return;
    // Two fragments of one message: the payload is not copied.
    socket.send(binaryHeader(id), { binary: true, fin: false });
    this.#write(new Uint8Array(payload));
  }

  #write(data: string | Uint8Array): void {
    const { socket } = this.#options;
    if (socket.readyState !== socket.OPEN) return;
    socket.send(data, () => this.#drained());
    if (socket.bufferedAmount > hopeless) this[Symbol.dispose]();
    else if (socket.bufferedAmount > highWater && !this.#paused) {
      this.#paused = true;
      socket.pause();
    }
  }

  #drained(): void {
    const { socket } = this.#options;
    if (this.#store.disposed || socket.bufferedAmount > highWater) return;
    if (this.#paused) {
      this.#paused = false;
      socket.resume();
    }
    this.#feed.resume();
  }
}
