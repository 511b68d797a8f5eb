import type { RandomSource } from "../source/random-source.js";
import type { SignalKind } from "../model.js";
import type { WaveformBuilder } from "../store/waveform-builder.js";
import { readBlackouts } from "./blackouts.js";
import { firstTime, readBlockTimes } from "./block-times.js";
import { ChainIndex } from "./chain-index.js";
import { readChangeBlock } from "./change-block.js";
import { BLOCK_WRAPPER, findBlocks, type FstBlocks } from "./fst-blocks.js";
import { FstFile, type OpenBlock } from "./fst-file.js";
import { LENGTH_REAL, LENGTH_VARIABLE, readGeometry } from "./fst-geometry.js";
import { readHierarchy, unpackHierarchy, widthOf, type HandleTypes } from "./fst-hierarchy.js";
import { FstLoader } from "./fst-loader.js";
import { TYPE_EVENT } from "./words.js";

export interface FstOptions {
  /** Bytes that loaded signals may take before those that were not looked at for long are let go. */
  readonly memoryBudget?: number | undefined;
  /** The hierarchy that a writer keeps beside a file while it writes it, if there is one. */
  readonly hierarchyBeside?: () => Uint8Array | undefined;
  /** Unpacks the gzip data in a part of the source. */
  readonly unpack?: (source: RandomSource, from: number, to: number) => RandomSource;
  /** Called now and then with the number of bytes looked at so far. */
  readonly onProgress?: (bytesRead: number) => void;
}

/** Type, length, and length of what is inside. */
const WRAPPER_START = 17;
const MEMORY_BUDGET = 512 << 20;

/**
 * Opens an FST file (doc/block_format.txt of libfst): header, hierarchy and times are read, signals when they are looked
 * at. A file that ends in the middle, or is still being written, gives its whole blocks and a warning "truncated".
 */
export function readFst(outer: RandomSource, builder: WaveformBuilder, options: FstOptions = {}): void {
  const source = unwrap(outer, options);
  const found = findBlocks(source);
  if (found === undefined) {
    builder.warn({ code: "truncated", byte: source.size, message: cutMessage("ends in its header") });
    return;
  }
  const { header } = found;
  builder.timescale = header.timescale;
  if (header.version !== "") builder.version = header.version;
  if (header.date !== "") builder.date = header.date;
  builder.timeZero = header.timeZero;

  const signals = openHierarchy(source, builder, found, options.hierarchyBeside);
  const { blocks, framedAt } = openBlocks(source, builder, found, options.onProgress);
  if (found.blackouts !== undefined) builder.blackouts = readBlackouts(source, found.blackouts);

  const { times } = builder;
  const first = blocks[0]?.block;
  const last = blocks.at(-1)?.block;
  const cut = found.cut ?? unfinished(source, found);
  const whole = header.finished && cut === undefined;
  builder.start = header.finished ? header.start : (first?.begin ?? 0n);
  builder.end = whole ? header.end : (last?.end ?? builder.start);
  if (times.length > 0) {
    if (times.at(0) < builder.start) builder.start = times.at(0);
    if (times.at(times.length - 1) > builder.end) builder.end = times.at(times.length - 1);
  }
  if (builder.end < builder.start) builder.end = builder.start;
  if (cut !== undefined) {
    builder.warn({ code: "truncated", byte: cut.byte, time: builder.end, message: cutMessage(cut.why) });
  }
  const file = new FstFile(source, blocks, header.littleEndian, signals, framedAt);
  builder.loader = new FstLoader(file, builder.signals, options.memoryBudget ?? MEMORY_BUDGET);
}

/** The file itself, or the one in it: writers can pack a whole file with gzip, behind a type and two lengths. */
function unwrap(outer: RandomSource, { unpack }: FstOptions): RandomSource {
  const start = outer.bytesAt(0, WRAPPER_START);
  if (start[0] !== BLOCK_WRAPPER || start.length < WRAPPER_START || unpack === undefined) return outer;
  return unpack(outer, WRAPPER_START, outer.size);
}

/** Whole blocks and none after them: so a writer leaves a file between two blocks. It writes the hierarchy when it ends. */
function unfinished({ size }: RandomSource, { header, hierarchy }: FstBlocks): FstBlocks["cut"] {
  if (header.finished || hierarchy !== undefined) return undefined;
  return { byte: size, why: "was not finished by its writer" };
}

function cutMessage(how: string): string {
  return `The file ${how}: what comes after this is missing. Was the simulation interrupted, or is it still running?`;
}

/** Reads the hierarchy and adds a signal for each handle. */
function openHierarchy(
  source: RandomSource,
  builder: WaveformBuilder,
  { geometry, hierarchy, cut, changes }: FstBlocks,
  beside: (() => Uint8Array | undefined) | undefined,
): HandleTypes {
  const lengths = geometry && readGeometry(source, geometry);
  let signals: HandleTypes;
  if (hierarchy !== undefined) {
    signals = readHierarchy(unpackHierarchy(source, hierarchy), hierarchy.at, builder, lengths, false);
  } else {
    const bytes = beside?.();
    const byte = cut?.byte ?? source.size;
    signals = readHierarchy(bytes ?? new Uint8Array(0), byte, builder, lengths, true);
    if (bytes === undefined && changes.length > 0) {
      builder.warn({
        code: "truncated",
        byte,
        message:
          "The names of the signals are missing: they come last in an FST file, and its writer keeps them in a file of " +
          "the same name with .hier at its end until then. Let the simulation end, or keep that file beside this one.",
      });
    }
  }
  for (const [signal, length] of signals.lengths.entries()) {
    const type = signals.types[signal] ?? 0;
    builder.signals.add(kindOf(type, length), widthOf(type, length));
  }
  return signals;
}

function kindOf(type: number, length: number): SignalKind {
  if (length === LENGTH_REAL) return "real";
  if (length === LENGTH_VARIABLE) return "string";
  return type === TYPE_EVENT && length === 1 ? "event" : "bits";
}

/** Reads where the parts of the blocks are, and their times. */
function openBlocks(
  source: RandomSource,
  builder: WaveformBuilder,
  { changes }: FstBlocks,
  onProgress: ((bytesRead: number) => void) | undefined,
): { blocks: OpenBlock[]; framedAt: number | undefined } {
  const { times } = builder;
  const blocks: OpenBlock[] = [];
  let framedAt: number | undefined;
  for (const found of changes) {
    const block = readChangeBlock(source, found);
    // The values at the start of a block repeat what came before it, so those of the first one alone tell something, and
    // only if its first time is not the start itself, where all that is dumped is dumped as a change.
    if (blocks.length === 0 && firstTime(source, block) !== block.begin) {
      framedAt = times.push(Number(block.begin >> 32n), Number(block.begin & 0xffffffffn));
    }
    const blockTimes = readBlockTimes(source, block, times);
    if (blockTimes.backwards) {
      builder.warn({
        code: "time-backwards",
        byte: block.at,
        message: "Times run backwards in a block; these changes are shown at the latest time before them",
      });
    }
    blocks.push({ block, times: blockTimes, index: new ChainIndex(source, block) });
    onProgress?.(found.end);
  }
  return { blocks, framedAt };
}
