const padded = (bytes: number): number => (bytes + 7) & ~7;

/** Bytes of a column answer with one row of a one-bit signal, as `@novywave/waveform` lays them out (`columns-layout.ts` there). */
export function encodeBitColumns(
  start: bigint,
  end: bigint,
  signal: number,
  values: readonly ("0" | "1" | "x" | "z")[],
): ArrayBuffer {
  const columns = values.length;
  // Values 1 to 4 are 0, 1, x and z: one byte each, in four states.
  const count = 4;
  const rowBytes = 32 + padded((count + 1) * 4) + padded(columns) * 3 + padded(count) + padded(count);
  const buffer = new ArrayBuffer(48 + rowBytes);
  const view = new DataView(buffer);
  const bytes = new Uint8Array(buffer);
  view.setUint32(0, 0x3143_574e, true);
  view.setUint32(4, columns, true);
  view.setUint32(8, 1, true);
  view.setBigUint64(16, start, true);
  view.setBigUint64(28, end, true);
  view.setUint32(48, rowBytes, true);
  view.setUint32(52, signal, true);
  view.setUint8(57, 1);
  view.setUint32(60, 1, true);
  view.setUint32(64, count, true);
  view.setUint32(68, count, true);
  let at = 80;
  for (let i = 0; i <= count; i++) view.setUint32(at + i * 4, i, true);
  at += padded((count + 1) * 4);
  const indices = values.map((value) => "01xz".indexOf(value) + 1);
  bytes.set(indices, at);
  at += padded(columns);
  bytes.set(indices, at);
  at += padded(columns);
  bytes.set(
    values.map(
      (value, i) => (i > 0 && value !== values[i - 1] ? 1 : 0) | (value === "x" ? 4 : value === "z" ? 8 : 0),
    ),
    at,
  );
  at += padded(columns);
  bytes.fill(1, at, at + count);
  at += padded(count);
  bytes.set([0, 1, 2, 3], at);
  return buffer;
}
