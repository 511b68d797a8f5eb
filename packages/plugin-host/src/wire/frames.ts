import { defined } from "@novywave/base";
import { decode, encode } from "./codec.js";
import type { ServerMessage } from "./messages.js";

// A frame is one message: 4 bytes length of the body, 1 byte type, 4 bytes instance (0: none), the body. Length and
// instance are little endian. The body is a record of the message's other fields. The size is known, and refused, before
// anything of the body is kept.

export const headerBytes = 9;

/** What travels to the supervisor, by number. */
const serverTypes = ["start", "call", "reply", "terminate", "forget"] as const;
/** What travels from it. */
const childTypes = ["ready", "compiled", "loaded", "load-failed", "result", "host-call", "exited"] as const;

export type ServerType = (typeof serverTypes)[number];
export type ChildType = (typeof childTypes)[number];

/** A frame as it came: nothing in it has been looked at but its size. */
export interface Frame<Type> {
  readonly type: Type;
  readonly instance: number;
  /** With memory of its own, which may be transferred. */
  readonly body: Uint8Array<ArrayBuffer>;
}

/** Writes a message of the server. */
export function encodeServerMessage(message: ServerMessage): Buffer<ArrayBuffer> {
  const { type, ...fields } = message;
  if (!("instance" in fields)) return frame(serverTypes.indexOf(type), 0, fields);
  const { instance, ...rest } = fields;
  return frame(serverTypes.indexOf(type), instance, rest);
}

/** What a supervisor in this process gets of a message that was written for one elsewhere. */
export function serverFrame(written: Buffer<ArrayBuffer>): Frame<ServerType> {
  return {
    type: defined(serverTypes[written.readUInt8(4)], "the type that was written"),
    instance: written.readUInt32LE(5),
    body: written.subarray(headerBytes),
  };
}

/** The header of a frame whose body was written before. */
export function childHeader({ type, instance, body }: Frame<ChildType>): Buffer {
  return header(Buffer.allocUnsafe(headerBytes), childTypes.indexOf(type), instance, body.length);
}

function frame(type: number, instance: number, fields: object): Buffer<ArrayBuffer> {
  const whole = encode(fields, headerBytes);
  return header(whole, type, instance, whole.length - headerBytes);
}

function header<T extends Buffer>(target: T, type: number, instance: number, length: number): T {
  target.writeUInt32LE(length, 0);
  target.writeUInt8(type, 4);
  target.writeUInt32LE(instance, 5);
  return target;
}

/** The message in a frame, as unchecked as it came. Throws `CodecError`. */
export function decodeFrame({ type, instance, body }: Frame<string>): unknown {
  const fields = decode(body);
  if (typeof fields !== "object" || fields === null) return undefined;
  return instance === 0 ? { ...fields, type } : { ...fields, type, instance };
}

export interface FrameEvents<Type> {
  readonly onFrame: (frame: Frame<Type>) => void;
  /** What came is no frame, or a larger one than is allowed; nothing follows. */
  readonly onBroken: (what: string) => void;
}

/** Makes frames out of the pieces in which a stream delivers them. Holds one frame at most, of at most the allowed size. */
export class FrameReader<Type extends string> {
  readonly #types: readonly Type[];
  readonly #maxBody: (instance: number) => number;
  readonly #events: FrameEvents<Type>;
  readonly #header = Buffer.alloc(headerBytes);
  #headerFilled = 0;
  #body: Uint8Array<ArrayBuffer> | undefined;
  #bodyFilled = 0;
  #broken = false;

  private constructor(
    types: readonly Type[],
    maxBody: (instance: number) => number,
    events: FrameEvents<Type>,
  ) {
    this.#types = types;
    this.#maxBody = maxBody;
    this.#events = events;
  }

  /** Of what the server sends. */
  static ofServer(events: FrameEvents<ServerType>): FrameReader<ServerType> {
    return new FrameReader(serverTypes, () => 2 ** 31, events);
  }

  /** Of what a child sends: hostile. `maxBody` says how large a body may be that comes for an instance. */
  static ofChild(
    maxBody: (instance: number) => number,
    events: FrameEvents<ChildType>,
  ): FrameReader<ChildType> {
    return new FrameReader(childTypes, maxBody, events);
  }

  push(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length && !this.#broken) {
      at += this.#body ? this.#fillBody(this.#body, chunk, at) : this.#fillHeader(chunk, at);
      if (this.#body && this.#bodyFilled === this.#body.length) this.#deliver(this.#body);
    }
  }

  #fillHeader(chunk: Uint8Array, from: number): number {
    const taken = Math.min(headerBytes - this.#headerFilled, chunk.length - from);
    this.#header.set(chunk.subarray(from, from + taken), this.#headerFilled);
    this.#headerFilled += taken;
    if (this.#headerFilled < headerBytes) return taken;
    const length = this.#header.readUInt32LE(0);
    const most = this.#maxBody(this.#header.readUInt32LE(5));
    if (length > most) {
      this.#break(`a message of ${length} bytes, more than ${most}`);
    } else if (this.#header.readUInt8(4) >= this.#types.length) {
      this.#break("a message of an unknown type");
    } else {
      this.#body = this.#allocate(length);
      this.#bodyFilled = 0;
    }
    return taken;
  }

  /** Memory of its own, so that it can be transferred to a worker. */
  #allocate(length: number): Uint8Array<ArrayBuffer> | undefined {
    try {
      return new Uint8Array(length);
    } catch {
      this.#break(`a message of ${length} bytes, for which there is no memory`);
      return undefined;
    }
  }

  #fillBody(body: Uint8Array, chunk: Uint8Array, from: number): number {
    const taken = Math.min(body.length - this.#bodyFilled, chunk.length - from);
    body.set(chunk.subarray(from, from + taken), this.#bodyFilled);
    this.#bodyFilled += taken;
    return taken;
  }

  #deliver(body: Uint8Array<ArrayBuffer>): void {
    this.#body = undefined;
    this.#headerFilled = 0;
    const type = defined(this.#types[this.#header.readUInt8(4)], "the type that was checked");
    this.#events.onFrame({ type, instance: this.#header.readUInt32LE(5), body });
  }

  #break(what: string): void {
    this.#broken = true;
    this.#events.onBroken(what);
  }
}
