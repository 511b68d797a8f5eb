import { receiveMessageOnPort, type MessagePort } from "node:worker_threads";

/** The sleeping side of a synchronous call: the worker posts a question elsewhere, then waits here for the answer. */
export class ReplyMailbox {
  readonly #signal: Int32Array;
  readonly #replies: MessagePort;

  constructor(signal: SharedArrayBuffer, replies: MessagePort) {
    this.#signal = new Int32Array(signal);
    this.#replies = replies;
  }

  /** Blocks this thread until a reply is there: the body of its frame. */
  take(): Uint8Array {
    for (;;) {
      Atomics.wait(this.#signal, 0, 0);
      Atomics.store(this.#signal, 0, 0);
      const received = receiveMessageOnPort(this.#replies);
      if (received) {
        const body: Uint8Array = received.message;
        return body;
      }
    }
  }
}

/** The answering side. */
export class ReplySender {
  readonly signal = new SharedArrayBuffer(4);
  readonly #replies: MessagePort;

  constructor(replies: MessagePort) {
    this.#replies = replies;
  }

  /** The memory of `body` moves to the worker. */
  send(body: Uint8Array<ArrayBuffer>): void {
    this.#replies.postMessage(body, [body.buffer]);
    const signal = new Int32Array(this.signal);
    Atomics.store(signal, 0, 1);
    Atomics.notify(signal, 0);
  }

  close(): void {
    this.#replies.close();
  }
}
