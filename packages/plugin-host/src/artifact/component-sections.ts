import { err, ok, type Result } from "@novywave/base";

/** Why bytes are no component; `byte` is where it shows. */
export interface NotAComponent {
  readonly kind:
    | "empty"
    | "truncated"
    | "not-wasm"
    | "core-module"
    | "other-layer"
    | "malformed"
    | "too-many";
  readonly byte: number;
}

/** Sections at the top level; what tools make has hundreds. Millions of empty ones fit into the largest artifact. */
export const maxSections = 20_000;

/**
 * Walks the top-level sections of a component: enough to tell a half-written file from a wrong one. Component binary format, preamble and sections (component-model `design/mvp/Binary.md`).
 */
export function checkSections(bytes: Uint8Array): Result<void, NotAComponent> {
  const fail = (kind: NotAComponent["kind"], byte: number): Result<never, NotAComponent> =>
    err({ kind, byte });
  if (bytes.length === 0) return fail("empty", 0);
  const magic = [0x00, 0x61, 0x73, 0x6d];
  for (const [index, expected] of magic.entries()) {
    const found = bytes[index];
    if (found === undefined) return fail("truncated", index);
    if (found !== expected) return fail("not-wasm", index);
  }
  if (bytes.length < 8) return fail("truncated", bytes.length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = view.getUint16(4, true);
  const layer = view.getUint16(6, true);
  if (layer === 0) return fail("core-module", 4);
  if (layer !== 1 || version !== 0x0d) return fail("other-layer", 4);
  let at = 8;
  for (let count = 1; at < bytes.length; count++) {
    const start = at;
    if (count > maxSections) return fail("too-many", start);
    const size = readUnsigned(bytes, at + 1);
    if (size === undefined) return fail(bytes.length - at <= 6 ? "truncated" : "malformed", start);
    const end = size.next + size.value;
    if (end > bytes.length) return fail("truncated", start);
    at = end;
  }
  return ok();
}

/** A LEB128 number of at most 32 bits; undefined where the bytes end or it is too long. */
export function readUnsigned(
  bytes: Uint8Array,
  at: number,
): { readonly value: number; readonly next: number } | undefined {
  let value = 0;
  for (let index = 0; index < 5; index++) {
    const byte = bytes[at + index];
    if (byte === undefined) return undefined;
    value += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return value < 2 ** 32 ? { value, next: at + index + 1 } : undefined;
  }
  return undefined;
}
