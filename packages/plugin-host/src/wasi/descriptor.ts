import { ResultError, type Utf8Text } from "@novywave/component-engine";
import type { FileFacts, WasiFiles, WasiPorts } from "./ports.js";
import { closed, InputStream, IoError } from "./streams.js";

const second = 1_000_000_000n;

/** Flags as the engine hands them over; those that are not set may be absent. */
interface OpenFlags {
  readonly create?: boolean;
  readonly directory?: boolean;
  readonly exclusive?: boolean;
  readonly truncate?: boolean;
}
interface DescriptorFlags {
  readonly write?: boolean;
  readonly mutateDirectory?: boolean;
}

/** `descriptor-stat`. Of times only that of the last change is known. */
function statOf({ kind, size, modified }: FileFacts): object {
  return {
    type: typeOf(kind),
    linkCount: 1n,
    size,
    dataAccessTimestamp: undefined,
    dataModificationTimestamp: { seconds: modified / second, nanoseconds: Number(modified % second) },
    statusChangeTimestamp: undefined,
  };
}

function typeOf(kind: FileFacts["kind"]): string {
  return kind === "file" ? "regular-file" : "directory";
}

/** Another value after each change. */
function hashOf({ identity, size, modified }: FileFacts): object {
  return { lower: identity, upper: BigInt.asUintN(64, modified ^ (size << 32n)) };
}

/** A text of 4 KiB or more comes as its bytes: longer than any path. */
type GuestPath = string | Utf8Text;

/**
 * `wasi:filesystem/types#descriptor` of a file or a folder in the grant, for reading. It is a path and what was found there: nothing
 * is open between two calls, and each is checked in the server. Links are followed, so none is ever seen.
 */
export class Descriptor {
  readonly #ports: WasiPorts;
  readonly #files: WasiFiles;
  readonly #path: string;
  readonly #facts: Pick<FileFacts, "kind" | "identity">;

  constructor(ports: WasiPorts, files: WasiFiles, path: string, facts: Pick<FileFacts, "kind" | "identity">) {
    this.#ports = ports;
    this.#files = files;
    this.#path = path;
    this.#facts = facts;
  }

  openAt(_follow: object, path: GuestPath, open: OpenFlags, flags: DescriptorFlags): Descriptor {
    if (open.create || open.exclusive || open.truncate || flags.write || flags.mutateDirectory)
      throw new ResultError("read-only");
    const target = this.#at(path);
    const facts = this.#files.stat(target);
    if (open.directory && facts.kind !== "directory") throw new ResultError("not-directory");
    return new Descriptor(this.#ports, this.#files, target, facts);
  }

  read(length: bigint, offset: bigint): [Uint8Array, boolean] {
    if (this.#facts.kind === "directory") throw new ResultError("is-directory");
    const { bytes, end } = this.#files.read(this.#path, this.#facts.identity, offset, length);
    return [bytes, end];
  }

  readViaStream(offset: bigint): InputStream {
    if (this.#facts.kind === "directory") throw new ResultError("is-directory");
    return new FileStream(this.#ports, this, offset);
  }

  readDirectory(): DirectoryEntryStream {
    return new DirectoryEntryStream(this.#files.list(this.#path));
  }

  stat(): object {
    return statOf(this.#now());
  }

  statAt(_follow: object, path: GuestPath): object {
    return statOf(this.#files.stat(this.#at(path)));
  }

  getType(): string {
    return typeOf(this.#facts.kind);
  }

  getFlags(): object {
    return { read: true };
  }

  isSameObject(other: Descriptor): boolean {
    return this.#facts.identity === other.#facts.identity;
  }

  metadataHash(): object {
    return hashOf(this.#now());
  }

  metadataHashAt(_follow: object, path: GuestPath): object {
    return hashOf(this.#files.stat(this.#at(path)));
  }

  /** What is there is no link, as far as a plugin can tell. */
  readlinkAt(path: GuestPath): never {
    this.#files.stat(this.#at(path));
    throw new ResultError("invalid");
  }

  advise(): void {}
  sync(): void {}
  syncData(): void {}

  #now(): FileFacts {
    const facts = this.#files.stat(this.#path);
    if (facts.identity !== this.#facts.identity) throw new ResultError("bad-descriptor");
    return facts;
  }

  /** A path from here down. The server checks it against the grant, this keeps it below the folder that was opened. */
  #at(path: GuestPath): string {
    if (this.#facts.kind !== "directory") throw new ResultError("not-directory");
    if (typeof path !== "string") throw new ResultError("name-too-long");
    if (path === "") throw new ResultError("no-entry");
    const names: string[] = [];
    for (const name of path.split("/")) {
      if (name === "" || name === ".") continue;
      if (name === ".." && names.pop() === undefined) throw new ResultError("not-permitted");
      if (name !== "..") names.push(name);
    }
    if (path.startsWith("/")) throw new ResultError("not-permitted");
    return names.length === 0 ? this.#path : `${this.#path === "/" ? "" : this.#path}/${names.join("/")}`;
  }
}

for (const name of [
  "writeViaStream",
  "appendViaStream",
  "setSize",
  "setTimes",
  "write",
  "createDirectoryAt",
  "setTimesAt",
  "linkAt",
  "removeDirectoryAt",
  "renameAt",
  "symlinkAt",
  "unlinkFileAt",
]) {
  Object.defineProperty(Descriptor.prototype, name, {
    value: () => {
      throw new ResultError("read-only");
    },
  });
}

/** `wasi:filesystem/types#directory-entry-stream`. */
export class DirectoryEntryStream {
  readonly #entries: Iterator<{ readonly name: string; readonly kind: FileFacts["kind"] }>;

  constructor(entries: readonly { readonly name: string; readonly kind: FileFacts["kind"] }[]) {
    this.#entries = entries.values();
  }

  readDirectoryEntry(): { readonly type: string; readonly name: string } | undefined {
    const next = this.#entries.next();
    return next.done ? undefined : { type: typeOf(next.value.kind), name: next.value.name };
  }
}

/** The error of a stream, which knows what it was. */
export class FileError extends IoError {
  readonly code: unknown;

  constructor(code: unknown) {
    super();
    this.code = code;
  }

  override toDebugString(): string {
    return String(this.code);
  }
}

/** `wasi:io/streams#input-stream` over a file. */
class FileStream extends InputStream {
  readonly #file: Descriptor;
  #offset: bigint;

  constructor(ports: WasiPorts, file: Descriptor, offset: bigint) {
    super(ports);
    this.#file = file;
    this.#offset = offset;
  }

  override read(len: bigint): Uint8Array {
    let bytes: Uint8Array;
    let end: boolean;
    try {
      [bytes, end] = this.#file.read(len, this.#offset);
    } catch (thrown) {
      if (!(thrown instanceof ResultError)) throw thrown;
      throw new ResultError({ tag: "last-operation-failed", val: new FileError(thrown.payload) });
    }
    if (end && bytes.length === 0 && len > 0n) throw closed();
    this.#offset += BigInt(bytes.length);
    return bytes;
  }

  override blockingRead(len: bigint): Uint8Array {
    return this.read(len);
  }

  override skip(len: bigint): bigint {
    return BigInt(this.read(len).length);
  }

  override blockingSkip(len: bigint): bigint {
    return this.skip(len);
  }
}
