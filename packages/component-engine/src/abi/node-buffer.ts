/** What is used of Node's `node:buffer`. */
interface NodeBuffer {
  isAscii(bytes: Uint8Array): boolean;
  isUtf8(bytes: Uint8Array): boolean;
  readonly Buffer: {
    from(memory: ArrayBufferLike, offset: number, length: number): { latin1Slice(): string };
  };
}

interface NodeGlobal {
  readonly process?: { getBuiltinModule?(name: string): unknown };
}

/**
 * What Node has and browsers have not: it decodes Latin-1 in a sixth of the time that UTF-8 takes, and sees at once
 * what bytes are.
 */
export const nodeBuffer = (globalThis as NodeGlobal).process?.getBuiltinModule?.("node:buffer") as
  | NodeBuffer
  | undefined;
