import { defined } from "@novywave/base";
import { decode, encode } from "./codec.js";
import type { ServerMessage } from "./messages.js";
import type { SpareMemory } from "./spare-memory.js";

// A frame is one message: 4 bytes length of the body, 1 byte type, 4 bytes instance (0: none), the body. Length and
// instance are little endian. The body is a record of the message's other fields. The size is known, and refused, before
// anything of the body is kept.
//
// A written frame is a frame in one piece. Its memory is its own: it may be transferred.

export const headerBytes = 9;
/** Bytes of a body for which fresh memory costs nothing to speak of. */
const smallBody = 64 * 1024;

/** What travels to the supervisor, by number. */
const serverTypes = ["start", "call", "reply", "terminate", "forget", "prepare", "artifact"] as const;
/** What travels from it. */
const workerTypes = ["loaded", "load-failed", "result", "host-call"] as const;
const childTypes = [...workerTypes, "ready", "compiled", "exited"] as const;

export type ServerType = (typeof serverTypes)[number];
export type ChildType = (typeof childTypes)[number];
/** What a worker says through its supervisor. */
export type WorkerType = (typeof workerTypes)[number];

/** A frame as it came: nothing in it has been looked at but its size. */
export interface Frame<Type> {
  readonly type: Type;
  readonly instance: number;
  /** With memory of its own, which may be transferred. */
  readonly body: Uint8Array<ArrayBuffer>;
}

/** Writes a message of the server: into `memory` if it fits there. */
export function writeServerFrame(message: ServerMessage, memory?: ArrayBuffer): Uint8Array<ArrayBuffer> {
  const { type, ...fields } = message;
  if (!("instance" in fields)) return write(serverTypes.indexOf(type), 0, fields, memory);
  const { instance, ...rest } = fields;
  return write(serverTypes.indexOf(type), instance, rest, memory);
}

/** Writes what a supervisor or a worker says: into `memory` if it fits there. */
export function writeChildFrame(
  type: ChildType,
  instance: number,
  fields: object,
  memory?: ArrayBuffer,
): Uint8Array<ArrayBuffer> {
  return write(childTypes.indexOf(type), instance, fields, memory);
}

function write(
  type: number,
  instance: number,
  fields: object,
  memory: ArrayBuffer | undefined,
): Uint8Array<ArrayBuffer> {
  const written = encode(fields, headerBytes, memory);
  const header = headerOf(written);
  header.setUint32(0, written.length - headerBytes, true);
  header.setUint8(4, type);
  header.setUint32(5, instance, true);
  return written;
}

/** What a worker wrote, as the frame of an instance; undefined if it is none that a worker may write. */
export function sealFrame(
  { buffer, byteOffset, length }: Uint8Array,
  instance: number,
): { readonly type: WorkerType; readonly written: Uint8Array<ArrayBuffer> } | undefined {
  // Shared memory could be written on once it is sealed.
  if (!(buffer instanceof ArrayBuffer)) return undefined;
  if (length < headerBytes) return undefined;
  const written = new Uint8Array(buffer, byteOffset, length);
  const header = headerOf(written);
  const type = workerTypes[header.getUint8(4)];
  if (type === undefined) return undefined;
  header.setUint32(0, length - headerBytes, true);
  header.setUint32(5, instance, true);
  return { type, written };
}

/** The frame that was written by {@link writeServerFrame}. */
export const serverFrame = (written: Uint8Array<ArrayBuffer>): Frame<ServerType> =>
  openFrame(serverTypes, written);

/** The frame that was written by {@link writeChildFrame}. */
export const childFrame = (written: Uint8Array<ArrayBuffer>): Frame<ChildType> =>
  openFrame(childTypes, written);

function openFrame<Type>(types: readonly Type[], written: Uint8Array<ArrayBuffer>): Frame<Type> {
  const header = headerOf(written);
  return {
    type: defined(types[header.getUint8(4)], "the type that was written"),
    instance: header.getUint32(5, true),
    body: written.subarray(headerBytes),
  };
}

function headerOf({ buffer, byteOffset }: Uint8Array<ArrayBuffer>): DataView {
  return new DataView(buffer, byteOffset, headerBytes);
}

/** The message in a frame, as unchecked as it came. Throws `CodecError`. */
export function decodeFrame({ type, instance, body }: Frame<string>): unknown {
  const fields = decode(body);
  if (typeof fields !== "object" || fields === null) return undefined;
  // Nobody else has it yet.
  return instance === 0 ? Object.assign(fields, { type }) : Object.assign(fields, { type, instance });
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
  readonly #spare: SpareMemory;
  readonly #header = Buffer.alloc(headerBytes);
  #headerFilled = 0;
  #body: Uint8Array<ArrayBuffer> | undefined;
  #bodyFilled = 0;
  #broken = false;

  private constructor(
    types: readonly Type[],
    maxBody: (instance: number) => number,
    spare: SpareMemory,
    events: FrameEvents<Type>,
  ) {
    this.#types = types;
    this.#maxBody = maxBody;
    this.#spare = spare;
    this.#events = events;
  }

  /** Of what the server sends. Bodies are read into memory of `spare` where they fit. */
  static ofServer(spare: SpareMemory, events: FrameEvents<ServerType>): FrameReader<ServerType> {
    return new FrameReader(serverTypes, () => 2 ** 31, spare, events);
  }

  /** Of what a child sends: hostile. `maxBody` says how large a body may be that comes for an instance. */
  static ofChild(
    maxBody: (instance: number) => number,
    spare: SpareMemory,
    events: FrameEvents<ChildType>,
  ): FrameReader<ChildType> {
    return new FrameReader(childTypes, maxBody, spare, events);
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
      const memory = length > smallBody ? this.#spare.take() : undefined;
      return memory && memory.byteLength >= length
        ? new Uint8Array(memory, 0, length)
        : new Uint8Array(length);
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
