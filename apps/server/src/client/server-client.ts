import { DisposableStore, Emitter, err, ok, type Event, type Result } from "@novywave/base";
import {
  PROTOCOL_VERSION,
  checkResult,
  decodeBinaryFrame,
  decodeServerMessage,
  encodeClientMessage,
  type ClientMessage,
  type Method,
  type MethodMap,
  type ProtocolError,
  type ServerEvent,
  type ServerMessage,
  type Topic,
  type TopicMap,
} from "@novywave/protocol";
import { WebSocket } from "ws";
import { urlHost } from "../http/url-host.js";

export interface ServerAddress {
  readonly host: string;
  readonly port: number;
  readonly token: string;
}

/** A program's view of a running server: what the command line and tests speak through. */
export interface ServerClient {
  readonly workspace: string;
  request<M extends Method>(
    method: M,
    params: MethodMap[M]["params"],
  ): Promise<Result<MethodMap[M]["result"], ProtocolError>>;
  /** The latest state; undefined until it came. */
  topic<T extends Topic>(topic: T): TopicMap[T] | undefined;
  /** Resolves with the first state, the current one included, that `accept` takes. Rejects if the connection ends. */
  until<T extends Topic>(topic: T, accept: (value: TopicMap[T]) => boolean): Promise<TopicMap[T]>;
  readonly events: Event<ServerEvent>;
  /** All messages but answers, as they come. */
  readonly messages: Event<ServerMessage>;
  close(): void;
}

/** Connects, says hello and waits for the welcome. */
export async function connectToServer(address: ServerAddress): Promise<Result<ServerClient, ProtocolError>> {
  const socket = new WebSocket(`ws://${urlHost(address.host)}:${address.port}/ws`, {
    perMessageDeflate: false,
  });
  socket.binaryType = "arraybuffer";
  const client = new Client(socket);
  return client.greet(address.token);
}

type Pending = { method: Method; resolve: (result: Result<unknown, ProtocolError>) => void };

const gone: ProtocolError = { code: "disconnected", message: "the connection to the server ended" };

class Client implements ServerClient {
  workspace = "";
  readonly #socket: WebSocket;
  readonly #pending = new Map<number, Pending>();
  readonly #topics = new Map<Topic, unknown>();
  readonly #messages = new Emitter<ServerMessage>();
  readonly #events = new Emitter<ServerEvent>();
  readonly #ended = new Emitter<ProtocolError>();
  #end: ProtocolError | undefined;
  #next = 1;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on("message", (data: unknown, isBinary: boolean) => {
      if (isBinary && data instanceof ArrayBuffer) this.#takeBinary(data);
      else if (!isBinary && Buffer.isBuffer(data)) this.#take(data.toString("utf8"));
    });
    socket.on("error", (error) => this.#finish({ code: "disconnected", message: error.message }));
    socket.on("close", () => this.#finish(gone));
  }

  readonly events: Event<ServerEvent> = (listener) => this.#events.event(listener);
  readonly messages: Event<ServerMessage> = (listener) => this.#messages.event(listener);

  greet(token: string): Promise<Result<ServerClient, ProtocolError>> {
    this.#socket.on("open", () => this.#send({ type: "hello", token, protocol: PROTOCOL_VERSION }));
    return new Promise((resolve) => {
      this.#messages.event((message) => {
        if (message.type === "welcome") {
          this.workspace = message.workspace;
          resolve(ok(this));
        } else if (message.type === "goodbye") resolve(err(message.error));
      });
      this.#ended.event((error) => resolve(err(error)));
    });
  }

  request<M extends Method>(
    method: M,
    params: MethodMap[M]["params"],
  ): Promise<Result<MethodMap[M]["result"], ProtocolError>> {
    const id = this.#next++;
    return new Promise((resolve) => {
      if (this.#end) return resolve(err(this.#end));
      this.#pending.set(id, {
        method,
        resolve: (result) => resolve(result.ok ? checkResult(method, result.value) : result),
      });
      const sent = this.#send({ type: "request", id, method, params });
      if (sent.ok) return undefined;
      this.#pending.delete(id);
      return resolve(sent);
    });
  }

  topic<T extends Topic>(topic: T): TopicMap[T] | undefined {
    return this.#topics.get(topic) as TopicMap[T] | undefined;
  }

  until<T extends Topic>(topic: T, accept: (value: TopicMap[T]) => boolean): Promise<TopicMap[T]> {
    return new Promise((resolve, reject) => {
      const current = this.topic(topic);
      if (current !== undefined && accept(current)) return resolve(current);
      if (this.#end) return reject(new Error(this.#end.message));
      const waiting = new DisposableStore();
      waiting.add(
        this.#messages.event((message) => {
          if (message.type !== "state" || message.topic !== topic) return;
          const value = message.value as TopicMap[T];
          if (!accept(value)) return;
          waiting[Symbol.dispose]();
          resolve(value);
        }),
      );
      waiting.add(
        this.#ended.event((error) => {
          waiting[Symbol.dispose]();
          reject(new Error(error.message));
        }),
      );
      return undefined;
    });
  }

  close(): void {
    this.#finish(gone);
    this.#socket.close();
  }

  #send(message: ClientMessage): Result<void, ProtocolError> {
    const text = encodeClientMessage(message);
    if (!text.ok) return text;
    this.#socket.send(text.value);
    return ok();
  }

  #take(text: string): void {
    const message = decodeServerMessage(text);
    if (!message.ok) {
      this.#finish(message.error);
      this.#socket.close();
      return;
    }
    if (message.value.type === "response") {
      const { id } = message.value;
      const result = message.value.ok ? ok(message.value.result) : err(message.value.error);
      this.#settle(id, result);
      return;
    }
    if (message.value.type === "state") this.#topics.set(message.value.topic, message.value.value);
    if (message.value.type === "event") this.#events.emit(message.value.event);
    this.#messages.emit(message.value);
  }

  #takeBinary(data: ArrayBuffer): void {
    const frame = decodeBinaryFrame(data);
    if (frame.ok) this.#settle(frame.value.id, ok(frame.value.payload.slice().buffer));
  }

  #settle(id: number, result: Result<unknown, ProtocolError>): void {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    pending?.resolve(result);
  }

  #finish(error: ProtocolError): void {
    if (this.#end) return;
    this.#end = error;
    for (const pending of this.#pending.values()) pending.resolve(err(error));
    this.#pending.clear();
    this.#ended.emit(error);
  }
}
