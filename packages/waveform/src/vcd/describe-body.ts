import { ReadFailure } from "../failure.js";
import { FileRange, readAt } from "../source/file-range.js";
import type { FileSource } from "../source/file-source.js";
import { WaveformBuilder } from "../store/waveform-builder.js";
import { IdTable } from "./id-table.js";
import { VcdReader, type VcdState } from "./vcd-reader.js";

/** The last time stamp is looked for in as many bytes at the end of a file. */
const TAIL_BYTES = 4 << 20;
const BLOCK = 64 << 10;

/**
 * Finds out start and end of a file of which only the declarations were read, and whether it was cut off: from the first
 * bytes behind them, and from the last ones of the file.
 */
export function describeBody(source: FileSource, reader: VcdReader, builder: WaveformBuilder): void {
  const { state } = reader;
  const first = partAt(reader);
  first.reader.moveTo(state);
  readAll(
    first.reader,
    new FileRange(source.descriptor, state.position, Math.min(source.size, state.position + BLOCK)),
  );
  builder.start = first.builder.start;

  const at = lastStamp(source.descriptor, state.position, source.size);
  const last = partAt(reader);
  last.reader.moveTo(at === undefined ? tailState(state, source.size) : freshAt(at));
  readAll(last.reader, new FileRange(source.descriptor, last.reader.state.position, source.size));
  finish(last.reader);
  builder.end = last.builder.end > builder.start ? last.builder.end : builder.start;
  for (const warning of last.builder.warnings) if (warning.code === "truncated") builder.warn(warning);
}

/** A reader that knows the codes and keeps nothing. */
function partAt(reader: VcdReader): { reader: VcdReader; builder: WaveformBuilder } {
  const builder = new WaveformBuilder();
  builder.changes.begin();
  const ids = IdTable.from(reader.ids.share(), new Uint32Array(0));
  return { builder, reader: new VcdReader(builder, { part: { ids, keepsShapes: true } }) };
}

function readAll(reader: VcdReader, source: FileRange): void {
  try {
    while (reader.readSome(source));
  } catch (error) {
    // Whoever reads all of it will say what is wrong.
    if (!(error instanceof ReadFailure) || error.code !== "malformed") throw error;
  }
}

function finish(reader: VcdReader): void {
  try {
    reader.finish();
  } catch (error) {
    if (!(error instanceof ReadFailure) || error.code !== "malformed") throw error;
  }
}

/** Where the last line with a time stamp starts. */
function lastStamp(descriptor: number, from: number, size: number): number | undefined {
  const buffer = new Uint8Array(BLOCK);
  for (let to = size; to > Math.max(from, size - TAIL_BYTES); to -= BLOCK - 2) {
    const start = Math.max(from, to - BLOCK);
    const count = readAt(descriptor, buffer, 0, to - start, start);
    for (let i = count - 2; i > 0; i--) {
      const digit = buffer[i + 1] ?? 0;
      if (buffer[i] !== 35 || buffer[i - 1] !== 10 || digit < 48 || digit > 57) continue;
      let end = i + 1;
      while (end < count && (buffer[end] ?? 0) > 32) end++;
      // One at the very end may be cut.
      if (start + end < size) return start + i;
    }
    if (start === from) return undefined;
  }
  return undefined;
}

function tailState(state: VcdState, size: number): VcdState {
  return size - state.position <= TAIL_BYTES ? state : { ...state, position: size };
}

function freshAt(position: number): VcdState {
  return { position, skipping: false, dump: -1, clock: { high: 0, low: 0, stamped: false } };
}
