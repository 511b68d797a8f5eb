import type { ChildProcess } from "node:child_process";
import { Duplex } from "node:stream";
import { FrameReader, writeServerFrame } from "../wire/frames.js";
import type { ServerMessage } from "../wire/messages.js";
import { pipeDescriptor } from "../wire/pipe.js";
import { SpareMemory } from "../wire/spare-memory.js";
import { receiveFrame } from "./receive-frames.js";
import type { Transport, TransportEvents } from "./transport.js";

const maxOutputLines = 200;
const maxLineLength = 2_000;
/** Bytes of answers that may wait for the process to read them: more than any one answer, less than hurts. */
const maxUnread = 64 * 1024 * 1024;

/** The transport of the process that `start` starts, with a pipe at {@link pipeDescriptor}. */
export function openChild(start: () => ChildProcess, events: TransportEvents): Transport {
  try {
    const child = start();
    // Told at once for some reasons, later for others; a process without listeners would end this one.
    child.on("error", () => {});
    return new ChildTransport(child, events);
  } catch (error) {
    // Too many processes or open files, for example.
    const reason = error instanceof Error ? error.message : String(error);
    return neverStarted(events, `it could not be started: ${reason}`);
  }
}

/** The transport of a process that there is not. */
export function neverStarted({ onExit }: TransportEvents, reason: string): Transport {
  queueMicrotask(() => onExit(reason));
  return { processId: undefined, send() {}, kill() {}, close: () => Promise.resolve() };
}

class ChildTransport implements Transport {
  readonly #child: ChildProcess;
  readonly #events: TransportEvents;
  readonly #pipe: Duplex;
  readonly #closed: Promise<void>;
  readonly #spare = new SpareMemory();
  #exited = false;
  #lines = 0;
  /** Bytes of replies that the process has not taken yet. */
  #unread = 0;

  constructor(child: ChildProcess, events: TransportEvents) {
    this.#child = child;
    this.#events = events;
    // Where there are no descriptors left, there is no list of them either.
    const streams: readonly unknown[] | undefined = child.stdio;
    const pipe = streams?.[pipeDescriptor];
    if (!(pipe instanceof Duplex)) throw new Error("no pipe to it could be made");
    this.#pipe = pipe;
    this.#closed = new Promise<void>((resolve) => this.#watchEnd(resolve));
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => this.#print(text));
    }
    const reader = FrameReader.ofChild(events.maxMessageBytes, this.#spare, {
      onFrame: (frame) => {
        if (!this.#exited) receiveFrame(frame, events);
        this.#spare.give(frame.body.buffer);
      },
      onBroken: events.onBroken,
    });
    pipe.on("data", (chunk: Buffer) => reader.push(chunk));
    // The process is ending; `exit` tells. One that closed the pipe and lives on is of no use.
    pipe.on("error", () => this.kill());
    pipe.on("end", () => this.kill());
  }

  get processId(): number | undefined {
    return this.#child.pid;
  }

  send(message: ServerMessage): void {
    if (this.#exited || !this.#pipe.writable) return;
    const frame = writeServerFrame(message, this.#spare.take());
    if (message.type !== "reply") {
      this.#pipe.write(frame, () => this.#spare.give(frame.buffer));
      return;
    }
    this.#unread += frame.length;
    if (this.#unread > maxUnread + frame.length) {
      this.#events.onBroken(`questions without reading the answers (${this.#unread} bytes wait)`);
      return;
    }
    this.#pipe.write(frame, () => {
      this.#unread -= frame.length;
      this.#spare.give(frame.buffer);
    });
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }

  close(): Promise<void> {
    this.#pipe.end();
    const timer = setTimeout(() => this.kill(), 1_000);
    return this.#closed.finally(() => clearTimeout(timer));
  }

  #watchEnd(resolve: () => void): void {
    const ended = (reason: string): void => {
      if (this.#exited) return;
      this.#exited = true;
      this.#pipe.destroy();
      this.#events.onExit(reason);
      resolve();
    };
    this.#child.on("exit", (code, signal) =>
      ended(signal === null ? `it ended with code ${code ?? "unknown"}` : `it was ended by ${signal}`),
    );
    this.#child.on("error", (error) => {
      if (this.#child.pid === undefined) ended(`it could not be started: ${error.message}`);
    });
  }

  #print(text: string): void {
    for (const line of text.split("\n")) {
      if (line !== "" && this.#lines++ < maxOutputLines) this.#events.onOutput(line.slice(0, maxLineLength));
    }
  }
}
