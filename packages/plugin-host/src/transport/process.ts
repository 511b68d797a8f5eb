import { spawn, type ChildProcess } from "node:child_process";
import path from "node:path";
import { Duplex } from "node:stream";
import { fileURLToPath } from "node:url";
import { needsExtendedConst, permissionFlag } from "./node-features.js";
import { encodeServerMessage, FrameReader } from "../wire/frames.js";
import type { ServerMessage } from "../wire/messages.js";
import { pipeDescriptor } from "../wire/pipe.js";
import { receiveFrame } from "./receive-frames.js";
import type { OpenTransport, Transport, TransportEvents } from "./transport.js";

const maxOutputLines = 200;
const maxLineLength = 2_000;
/** Bytes of answers that may wait for the process to read them: more than any one answer, less than hurts. */
const maxUnread = 64 * 1024 * 1024;

/** The programs of the child, each in one file (`bundle-child.js`): all that it may read. */
export const childFolder = fileURLToPath(new URL("../../dist/child/", import.meta.url));

/** Characters to which `--allow-fs-read` gives a meaning of its own; a folder with them cannot be allowed by itself. */
const flagCharacters = /[*,]/;

/** Flags of the child: the permission model where Node has it, nothing but the program readable, workers allowed. */
export function childFlags(): readonly string[] {
  const flags: string[] = [];
  if (permissionFlag !== undefined) {
    flags.push(permissionFlag, "--allow-worker", `--allow-fs-read=${childFolder}`);
  }
  if (needsExtendedConst) flags.push("--experimental-wasm-extended-const");
  flags.push("--no-warnings");
  return flags;
}

function startChild(): ChildProcess {
  return spawn(process.execPath, [...childFlags(), path.join(childFolder, "host-process.mjs")], {
    env: {},
    cwd: path.parse(process.cwd()).root,
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
}

/**
 * Starts the plugin-host process: an empty environment, no stdin, the permission model, and one pipe. It ends when this
 * process does.
 */
export const openProcess: OpenTransport = (events) => {
  if (flagCharacters.test(childFolder)) {
    return neverStarted(
      events,
      `the program lies in ${childFolder}, and a path with * or , cannot be confined; move it`,
    );
  }
  try {
    return new ChildTransport(startChild(), events);
  } catch (error) {
    // Too many processes or open files, for example.
    const reason = error instanceof Error ? error.message : String(error);
    return neverStarted(events, `it could not be started: ${reason}`);
  }
};

function neverStarted({ onExit }: TransportEvents, reason: string): Transport {
  queueMicrotask(() => onExit(reason));
  return { processId: undefined, send() {}, kill() {}, close: () => Promise.resolve() };
}

class ChildTransport implements Transport {
  readonly #child: ChildProcess;
  readonly #events: TransportEvents;
  readonly #pipe: Duplex;
  readonly #closed: Promise<void>;
  #exited = false;
  #lines = 0;
  /** Bytes of replies that the process has not taken yet. */
  #unread = 0;

  constructor(child: ChildProcess, events: TransportEvents) {
    this.#child = child;
    this.#events = events;
    const pipe = child.stdio[pipeDescriptor];
    if (!(pipe instanceof Duplex)) throw new Error("the process has no pipe");
    this.#pipe = pipe;
    this.#closed = new Promise<void>((resolve) => this.#watchEnd(resolve));
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => this.#print(text));
    }
    const reader = FrameReader.ofChild(events.maxMessageBytes, {
      onFrame: (frame) => {
        if (!this.#exited) receiveFrame(frame, events);
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
    const frame = encodeServerMessage(message);
    if (message.type !== "reply") {
      this.#pipe.write(frame);
      return;
    }
    this.#unread += frame.length;
    if (this.#unread > maxUnread + frame.length) {
      this.#events.onBroken(`questions without reading the answers (${this.#unread} bytes wait)`);
      return;
    }
    this.#pipe.write(frame, () => {
      this.#unread -= frame.length;
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
