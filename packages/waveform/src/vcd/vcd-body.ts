import { availableParallelism } from "node:os";
import { setImmediate } from "node:timers/promises";
import { ReadFailure } from "../failure.js";
import { FileRange, readAt } from "../source/file-range.js";
import { changingSignals } from "../store/signal-store.js";
import type { WaveformBuilder } from "../store/waveform-builder.js";
import type { SegmentResult, SegmentSetup } from "./segment.js";
import { startSegmentPool, type SegmentPool } from "./segment-pool.js";
import type { VcdReader, VcdState } from "./vcd-reader.js";

export interface BodyOptions {
  /** Shorter bodies are read by one thread. */
  readonly parallelFrom?: number | undefined;
  /** Bytes of a segment; the default depends on the size of the file and the number of threads and signals. */
  readonly segmentBytes?: number | undefined;
  readonly threads?: number | undefined;
  readonly startPool?: ((setup: SegmentSetup, size: number) => SegmentPool) | undefined;
  /** More was read, which is in the builder. */
  readonly onProgress?: ((bytesRead: number) => void) | undefined;
}

/** A range of the body as it was read; it can be read again. */
export interface ReadRange {
  /** How the reader stood at its start. */
  readonly state: VcdState;
  readonly to: number;
  readonly checksum: number;
  /** The file ends behind it: its last item may be incomplete. */
  readonly isLast: boolean;
  /** A bit for each signal that changes in it, if that is known: for the others it need not be read again. */
  readonly changing?: Uint8Array;
}

interface Segment {
  readonly from: number;
  readonly to: number;
  /** It was started where the reader stood, and not at a time stamp further on. */
  readonly isFirst: boolean;
  readonly result: Promise<SegmentResult>;
}

const PARALLEL_FROM = 16 << 20;
const MIN_SEGMENT = 4 << 20;
const MAX_SEGMENT = 64 << 20;
/** Each signal costs some bytes in each segment, so that with many signals segments are larger. */
const SEGMENT_BYTES_PER_SIGNAL = 512;
const MAX_THREADS = 8;
const LOOK_AHEAD = 64 << 10;

/**
 * Reads the body of a VCD file into a builder. A long one is cut at time stamps into segments, which several threads
 * read; their results are put together in order, exactly as if one thread had read all. What turns out to depend on
 * what comes before its segment (a comment or a value over the cut, time that runs backwards, a declaration, a value
 * that tells what its signal is) is read by this thread, which knows.
 */
export class VcdBody {
  /** In the order of the file, without gaps. */
  readonly ranges: ReadRange[] = [];
  readonly #reader: VcdReader;
  readonly #builder: WaveformBuilder;
  readonly #numbers: SharedArrayBuffer;
  readonly #options: BodyOptions;
  readonly #whenRead: () => void;
  #descriptor: number;

  /** The store of the builder was made with `numbers`. `whenRead` is called when more of the file is in the builder. */
  constructor(
    descriptor: number,
    reader: VcdReader,
    builder: WaveformBuilder,
    numbers: SharedArrayBuffer,
    options: BodyOptions,
    whenRead: () => void,
  ) {
    this.#descriptor = descriptor;
    this.#reader = reader;
    this.#builder = builder;
    this.#numbers = numbers;
    this.#options = options;
    this.#whenRead = whenRead;
  }

  /** The same file, opened anew. */
  moveTo(descriptor: number): void {
    this.#descriptor = descriptor;
  }

  /** Reads what is whole up to the byte `to`. */
  async readTo(to: number): Promise<void> {
    const reader = this.#reader;
    let isOver = false;
    while (!isOver && !reader.damaged) {
      const left = to - reader.state.position;
      if (left >= (this.#options.parallelFrom ?? PARALLEL_FROM) && reader.inBody) {
        isOver = await this.#readSegments(to);
        // An item that is not whole is left to whoever knows whether the file ends here.
        if (isOver && !reader.damaged && reader.state.position < to) await this.#readAlone(to);
      } else {
        await this.#readAlone(to);
        isOver = true;
      }
    }
    const last = this.ranges.pop();
    if (last) this.ranges.push({ ...last, isLast: !reader.damaged });
  }

  /** More of the file is going to be read. */
  resume(): void {
    const last = this.ranges.pop();
    if (last) this.ranges.push({ ...last, isLast: false });
  }

  /** What threads need to read segments of this file. */
  setup(): SegmentSetup {
    const { signals } = this.#builder;
    const shapes = new Int32Array(new SharedArrayBuffer(signals.length * 4));
    signals.shapes(shapes);
    return { descriptor: this.#descriptor, ids: this.#reader.ids.share(), shapes, numbers: this.#numbers };
  }

  startPool(setup: SegmentSetup, segments: number): SegmentPool {
    const { threads = Math.min(availableParallelism(), MAX_THREADS), startPool = startSegmentPool } =
      this.#options;
    return startPool(setup, Math.max(1, Math.min(threads, segments)));
  }

  async #readAlone(to: number): Promise<void> {
    const reader = this.#reader;
    const { state } = reader;
    reader.moveTo(state);
    const source = new FileRange(this.#descriptor, state.position, to);
    while (reader.readSome(source)) {
      this.#tell(reader.bytesRead);
      await setImmediate();
    }
    reader.flush();
    this.#builder.times.compact();
    const end = reader.damagedAt ?? to;
    const checksum = end === to ? source.checksum : checksumOf(this.#descriptor, state.position, end);
    this.ranges.push({ state, to: end, checksum, isLast: false });
  }

  /** True when all was read, false if the rest must be looked at anew. */
  async #readSegments(to: number): Promise<boolean> {
    const setup = this.setup();
    const start = this.#reader.state.position;
    const segmentBytes = this.#segmentBytes(to - start);
    using pool = this.startPool(setup, Math.ceil((to - start) / segmentBytes));
    const queue: Segment[] = [];
    let next = start;
    const fill = (): void => {
      while (next < to && queue.length <= pool.size) {
        const from = next;
        const isFirst = from === start;
        const state = isFirst ? this.#reader.state : freshAt(from);
        next = this.#cut(Math.min(from + segmentBytes, to), to);
        const result = pool.read({ to: next, state, isLast: false });
        result.catch(() => {}); // it is awaited later
        queue.push({ from, to: next, isFirst, result });
      }
    };
    fill();
    for (let part = queue.shift(); part; part = queue.shift()) {
      const result = await part.result;
      fill();
      if (result.kind === "failed") throw new ReadFailure(result.failure.code, result.failure.message);
      if (!this.#adopt(part, result)) {
        await this.#readAlone(part.to);
        if (this.#reader.damaged || this.#isOutdated(setup)) {
          // The numbers of their pages come back with them.
          for (const rest of queue) this.#discard(await rest.result);
          return this.#reader.damaged || part.to === to;
        }
      }
      this.#tell(part.to);
    }
    return true;
  }

  #tell(bytesRead: number): void {
    this.#whenRead();
    this.#options.onProgress?.(bytesRead);
  }

  /** Puts a segment behind what was read before. False, and nothing done, if it does not fit. */
  #adopt(part: Segment, result: SegmentResult): boolean {
    const reader = this.#reader;
    const before = reader.state;
    if (result.kind !== "read" || !this.#fits(part, before, result)) {
      this.#discard(result);
      return false;
    }
    const { signals, times } = this.#builder;
    const changing = changingSignals(result.store);
    const base = times.adopt(result.times);
    signals.adopt(result.store, base);
    for (const warning of result.warnings) this.#builder.warn(warning);
    for (const dump of result.dumpSwitches) this.#builder.switchDump(dump);
    if (!before.clock.stamped && result.start !== undefined) this.#builder.start = result.start;
    times.compact();
    reader.moveTo(result.state);
    reader.flush();
    this.ranges.push({ state: before, to: part.to, checksum: result.checksum, isLast: false, changing });
    return true;
  }

  #fits({ from, isFirst }: Segment, before: VcdState, result: SegmentResult & { kind: "read" }): boolean {
    if (isFirst) return true;
    if (before.position !== from || before.skipping) return false;
    return !before.clock.stamped || (result.start !== undefined && result.start >= this.#reader.time);
  }

  #discard(result: SegmentResult): void {
    if (result.kind === "read") this.#builder.signals.copy(result.store, 0, new Uint32Array(0));
  }

  /** The segment in hand declared signals or changed what they are. */
  #isOutdated({ shapes }: SegmentSetup): boolean {
    const { signals } = this.#builder;
    if (signals.length !== shapes.length) return true;
    const now = new Int32Array(shapes.length);
    signals.shapes(now);
    return now.some((shape, i) => shape !== shapes[i]);
  }

  #segmentBytes(bytes: number): number {
    const { segmentBytes, threads = Math.min(availableParallelism(), MAX_THREADS) } = this.#options;
    if (segmentBytes !== undefined) return segmentBytes;
    const most = Math.max(MAX_SEGMENT, this.#builder.signals.length * SEGMENT_BYTES_PER_SIGNAL);
    // Every thread gets as many as every other.
    const rounds = Math.ceil(bytes / (threads * most));
    return Math.max(MIN_SEGMENT, Math.ceil(bytes / (threads * rounds)));
  }

  /** The first place at or after `nominal` where a line starts with a time stamp, `to` if there is none before. */
  #cut(nominal: number, to: number): number {
    const buffer = new Uint8Array(LOOK_AHEAD);
    for (let at = nominal; at < to; at += buffer.length - 2) {
      const count = readAt(this.#descriptor, buffer, 0, Math.min(buffer.length, to - at), at);
      for (let i = 0; i + 2 < count; i++) {
        const digit = buffer[i + 2] ?? 0;
        if (buffer[i] === 10 && buffer[i + 1] === 35 && digit >= 48 && digit <= 57) return at + i + 1;
      }
      if (count < buffer.length) return to;
    }
    return to;
  }
}

function checksumOf(descriptor: number, from: number, to: number): number {
  const range = new FileRange(descriptor, from, to);
  const buffer = new Uint8Array(LOOK_AHEAD);
  while (range.read(buffer, 0, buffer.length) > 0);
  return range.checksum;
}

/** At a time stamp nothing of what comes before matters but the time. */
function freshAt(position: number): VcdState {
  return { position, skipping: false, dump: -1, clock: { high: 0, low: 0, stamped: false } };
}
