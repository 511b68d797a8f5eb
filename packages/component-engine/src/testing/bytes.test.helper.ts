/** Writes component binaries by hand: what no tool would write. */

export type Bytes = readonly number[];

/** LEB128. */
export function u32(value: number): number[] {
  const out: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    out.push((rest % 0x80) + 0x80);
    rest = Math.floor(rest / 0x80);
  }
  return [...out, rest];
}

export function text(value: string): number[] {
  return [...u32(value.length), ...new TextEncoder().encode(value)];
}

/** The name of an import or export. */
export function externName(value: string): number[] {
  return [0, ...text(value)];
}

export function vec(items: readonly Bytes[]): number[] {
  const out = u32(items.length);
  for (const item of items) for (const byte of item) out.push(byte);
  return out;
}

/** `count` items, made by number. */
export function many(count: number, item: (index: number) => Bytes): number[] {
  return vec(Array.from({ length: count }, (_, i) => item(i)));
}

export function section(id: number, body: Bytes): Bytes {
  return [id, ...u32(body.length)].concat(body);
}

export function componentOf(...sections: readonly Bytes[]): Uint8Array {
  return Uint8Array.from([0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0, ...sections.flat()]);
}

export function moduleOf(...sections: readonly Bytes[]): Bytes {
  return [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, ...sections.flat()];
}

/** A label for a number: `a`, `b`, … `ba`. */
export function label(index: number): string {
  let out = "";
  let rest = index;
  do {
    out = String.fromCharCode(97 + (rest % 26)) + out;
    rest = Math.floor(rest / 26);
  } while (rest > 0);
  return out;
}
