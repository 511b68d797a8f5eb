import { ResultError } from "@novywave/component-engine";
import { Pollable } from "./poll.js";
import type { WasiPorts } from "./ports.js";

/** Bytes that one write may bring; WASI calls it the permit. */
const permit = 65_536n;
/** A line that is not ended is told when it has this many bytes. */
const maxLineBytes = 4_096;

/** `wasi:io/error#error`. Only reading a file makes one; the class is there because components import it. */
export class IoError {
  toDebugString(): string {
    return "i/o error";
  }
}

/** `stream-error` as the payload of a failed call. */
export function closed(): ResultError {
  return new ResultError({ tag: "closed" });
}

/** `wasi:io/streams#input-stream` that has ended: what a plugin finds as its stdin. */
export class InputStream {
  readonly #ports: WasiPorts;

  constructor(ports: WasiPorts) {
    this.#ports = ports;
  }

  read(_len: bigint): Uint8Array {
    throw closed();
  }

  blockingRead(_len: bigint): Uint8Array {
    throw closed();
  }

  skip(_len: bigint): bigint {
    throw closed();
  }

  blockingSkip(_len: bigint): bigint {
    throw closed();
  }

  subscribe(): Pollable {
    return new Pollable(this.#ports);
  }
}

/** `wasi:io/streams#output-stream` whose lines go to the plugin's log. */
export class OutputStream {
  readonly #ports: WasiPorts;
  readonly #lines: LineBuffer;

  constructor(ports: WasiPorts, lines: LineBuffer) {
    this.#ports = ports;
    this.#lines = lines;
  }

  checkWrite(): bigint {
    return permit;
  }

  write(contents: Uint8Array): void {
    if (BigInt(contents.length) > permit) {
      throw new RangeError(
        `a write of ${contents.length} bytes: more than the ${permit} that check-write allows`,
      );
    }
    this.#lines.add(contents);
  }

  blockingWriteAndFlush(contents: Uint8Array): void {
    this.write(contents);
  }

  /** A line is told when it ends: flushing in the middle of one does not cut it. */
  flush(): void {}

  blockingFlush(): void {}

  subscribe(): Pollable {
    return new Pollable(this.#ports);
  }

  writeZeroes(len: bigint): void {
    if (len > permit) throw new RangeError(`${len} zeroes: more than the ${permit} that check-write allows`);
    this.write(new Uint8Array(Number(len)));
  }

  blockingWriteZeroesAndFlush(len: bigint): void {
    this.writeZeroes(len);
  }

  splice(src: InputStream, len: bigint): bigint {
    const bytes = src.read(len < permit ? len : permit);
    this.write(bytes);
    return BigInt(bytes.length);
  }

  blockingSplice(src: InputStream, len: bigint): bigint {
    return this.splice(src, len);
  }
}

/** Cuts what a guest writes into lines, bounded whether it ends them or not. */
export class LineBuffer {
  readonly #tell: (line: string) => void;
  readonly #bytes = new Uint8Array(maxLineBytes);
  #length = 0;

  constructor(tell: (line: string) => void) {
    this.#tell = tell;
  }

  add(bytes: Uint8Array): void {
    for (const byte of bytes) {
      if (byte === 0x0a) {
        this.#end();
        continue;
      }
      this.#bytes[this.#length++] = byte;
      if (this.#length === maxLineBytes) this.#end();
    }
  }

  /** Tells what is left of a line that was not ended. For the end of a call. */
  flush(): void {
    if (this.#length > 0) this.#end();
  }

  #end(): void {
    // Not `fatal`: what is no UTF-8 becomes U+FFFD, as in any terminal.
    const line = new TextDecoder().decode(this.#bytes.subarray(0, this.#length));
    this.#length = 0;
    this.#tell(line.endsWith("\r") ? line.slice(0, -1) : line);
  }
}
