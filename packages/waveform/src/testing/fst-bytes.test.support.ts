import { deflateSync, gzipSync } from "node:zlib";

/** A signal with its changes: digits, or a number if it has length 0. */
export interface FstSignal {
  readonly name: string;
  /** Bytes of a value as text; 0 for a real. */
  readonly length: number;
  /** Index of its type, 16 for a wire. */
  readonly type: number;
  /** Value before the first change. */
  readonly initial: string | number;
  /** For each block, the changes: index into the times of the block, and value. */
  readonly changes: readonly (readonly (readonly [number, string | number])[])[];
}

export interface FstText {
  readonly signals: readonly FstSignal[];
  /** The times of each block. */
  readonly times: readonly (readonly bigint[])[];
  /** Of the blocks: 1, 5 or 8. */
  readonly blockType: number;
  readonly littleEndian: boolean;
  readonly exponent: number;
  readonly timeZero: bigint;
}

/** Writes an FST file the plain way: one chain for each signal, aliases for equal ones where the type of block has them. */
export function fstBytes(text: FstText): Uint8Array {
  const { signals, times, blockType, littleEndian } = text;
  const parts: Buffer[] = [block(0, header(text))];
  for (const [index, own] of times.entries()) {
    const begin = index === 0 ? 0n : (times[index - 1]?.at(-1) ?? 0n);
    const frame = Buffer.concat(signals.map((signal) => valueText(signal, signal.initial, littleEndian)));
    const packedFrame = shorter(frame);
    const chains: Buffer[] = [];
    const places = new Map<string, { offset: number; handle: number }>();
    const entries: Buffer[] = [];
    let offset = 1;
    let previous = 0;
    let lastAlias = 0;
    let run = 0;
    for (const [handle, signal] of signals.entries()) {
      const chain = chainOf(signal, signal.changes[index] ?? [], littleEndian);
      if (chain.length === 0) {
        run++;
        continue;
      }
      if (run > 0) entries.push(varint(run * 2));
      run = 0;
      const known = blockType === 1 ? undefined : places.get(chain.toString("hex"));
      if (known === undefined) {
        places.set(chain.toString("hex"), { offset, handle });
        const packed = deflateSync(chain);
        const stored =
          packed.length < chain.length
            ? Buffer.concat([varint(chain.length), packed])
            : Buffer.concat([varint(0), chain]);
        const step = (offset - previous) * 2 + 1;
        entries.push(blockType === 8 ? signedVarint(step) : varint(step));
        previous = offset;
        offset += stored.length;
        chains.push(stored);
      } else if (blockType === 8) {
        const alias = -(known.handle + 1);
        entries.push(signedVarint(alias === lastAlias ? 1 : alias * 2 + 1));
        lastAlias = alias;
      } else {
        entries.push(varint(0), varint(known.handle + 1));
      }
    }
    if (run > 0) entries.push(varint(run * 2));
    const table = Buffer.concat(own.map((time, i) => varint(time - (own[i - 1] ?? 0n))));
    const packedTable = shorter(table);
    const indexBytes = Buffer.concat(entries);
    parts.push(
      block(
        blockType,
        Buffer.concat([
          u64(begin),
          u64(own.at(-1) ?? begin),
          u64(0),
          varint(frame.length),
          varint(packedFrame.length),
          varint(signals.length),
          packedFrame,
          varint(signals.length),
          Buffer.from("Z"),
          ...chains,
          indexBytes,
          u64(indexBytes.length),
          packedTable,
          u64(table.length),
          u64(packedTable.length),
          u64(own.length),
        ]),
      ),
    );
  }
  const geometry = Buffer.concat(signals.map(({ length }) => varint(length)));
  const packedGeometry = shorter(geometry);
  parts.push(block(3, Buffer.concat([u64(geometry.length), u64(signals.length), packedGeometry])));
  const hierarchy = Buffer.concat(
    signals.map(({ name, type, length }) =>
      Buffer.concat([
        Buffer.of(type, 0),
        Buffer.from(`${name}\0`),
        varint(length === 0 ? 8 : length),
        varint(0),
      ]),
    ),
  );
  parts.push(block(4, Buffer.concat([u64(hierarchy.length), gzipSync(hierarchy)])));
  return new Uint8Array(Buffer.concat(parts));
}

function header({ times, littleEndian, exponent, timeZero }: FstText): Buffer {
  const e = Buffer.alloc(8);
  if (littleEndian) e.writeDoubleLE(Math.E);
  else e.writeDoubleBE(Math.E);
  return Buffer.concat([
    u64(0),
    u64(times.at(-1)?.at(-1) ?? 0n),
    e,
    Buffer.alloc(40),
    Buffer.of(exponent & 255),
    Buffer.alloc(128 + 119 + 1),
    u64(BigInt.asUintN(64, timeZero)),
  ]);
}

function chainOf(
  signal: FstSignal,
  changes: readonly (readonly [number, string | number])[],
  littleEndian: boolean,
): Buffer {
  let last = 0;
  return Buffer.concat(
    changes.map(([time, value]) => {
      const delta = time - last;
      last = time;
      if (signal.length === 1) {
        const other = "xzhuwl-".indexOf(String(value));
        return varint(other < 0 ? delta * 4 + (value === "1" ? 2 : 0) : delta * 16 + other * 2 + 1);
      }
      if (typeof value === "number" || !/^[01]*$/.test(value))
        return Buffer.concat([varint(delta * 2 + 1), valueText(signal, value, littleEndian)]);
      const bytes = Buffer.alloc(Math.ceil(value.length / 8));
      for (const [i, digit] of Array.from(value).entries())
        if (digit === "1") bytes[i >> 3] = (bytes[i >> 3] ?? 0) | (128 >> (i & 7));
      return Buffer.concat([varint(delta * 2), bytes]);
    }),
  );
}

function valueText(signal: FstSignal, value: string | number, littleEndian: boolean): Buffer {
  if (signal.length > 0) return Buffer.from(String(value));
  const bytes = Buffer.alloc(8);
  if (littleEndian) bytes.writeDoubleLE(Number(value));
  else bytes.writeDoubleBE(Number(value));
  return bytes;
}

function shorter(bytes: Buffer): Buffer {
  const packed = deflateSync(bytes);
  return packed.length < bytes.length ? packed : bytes;
}

function block(type: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.of(type), u64(content.length + 8), content]);
}

function u64(value: number | bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}

function varint(value: number | bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt(value);
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Buffer.from([...bytes, Number(rest)]);
}

function signedVarint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>= 7) {
    const low = rest & 127;
    if ((rest >> 6 === 0 && (low & 64) === 0) || (rest >> 6 === -1 && (low & 64) !== 0))
      return Buffer.from([...bytes, low]);
    bytes.push(low | 128);
  }
}
