/** What a file or a folder is. */
export interface FileFacts {
  readonly kind: "file" | "directory";
  readonly size: bigint;
  /** Nanoseconds since the Unix epoch. */
  readonly modified: bigint;
  /** The same for the same file or folder, another for what takes its place. */
  readonly identity: bigint;
}

/**
 * Files behind WASI, for reading, by absolute path. What is refused is thrown as a `ResultError` with an `error-code` of
 * `wasi:filesystem`.
 */
export interface WasiFiles {
  /** The granted folders, the workspace first. */
  folders(): readonly { readonly path: string; readonly identity: bigint }[];
  stat(path: string): FileFacts;
  list(path: string): readonly { readonly name: string; readonly kind: FileFacts["kind"] }[];
  /** `end`: there is nothing after these bytes. */
  read(
    path: string,
    identity: bigint,
    offset: bigint,
    length: bigint,
  ): { readonly bytes: Uint8Array; readonly end: boolean };
}

/** What WASI needs from outside; given in, so that tests decide about time, chance and output. */
export interface WasiPorts {
  /** Nanoseconds of a clock that never goes back. */
  monotonicNow(): bigint;
  /** Nanoseconds since the Unix epoch. */
  wallNow(): bigint;
  /** Blocks the thread. The deadline of the call counts on: it ends a guest that sleeps too long. */
  sleep(nanoseconds: bigint): void;
  /** Fills the array with random bytes. */
  fillRandom(bytes: Uint8Array): void;
  /** One line that the guest wrote to stdout or stderr, without its end. */
  writeLine(stream: "stdout" | "stderr", line: string): void;
}

/** What a program gets that calls `exit`: its end. A plugin has no business ending anything. */
export class WasiExit extends Error {
  override readonly name = "WasiExit";

  constructor(code: number) {
    super(`the plugin called exit with code ${code}; a plugin lives until the host ends it`);
  }
}
