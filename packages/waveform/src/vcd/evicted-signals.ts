import { Emitter, type Event } from "@novywave/base";
import { ReadFailure } from "../failure.js";
import type { SignalLoader } from "../store/signal-loader.js";
import type { StorePart } from "../store/signal-store.js";
import type { WaveformBuilder } from "../store/waveform-builder.js";
import type { SegmentResult } from "./segment.js";
import type { ReadRange, VcdBody } from "./vcd-body.js";

/**
 * The signals of a file whose changes do not fit into the memory that they may take. While the file is read only the last
 * values are kept, to count the changes; afterwards signals are read from the file again when somebody looks at them,
 * and those that nobody has looked at for the longest time give way.
 */
export class EvictedSignals implements SignalLoader {
  readonly onDropped: Event<number>;
  readonly #dropped = new Emitter<number>();
  readonly #builder: WaveformBuilder;
  readonly #body: VcdBody;
  readonly #budget: number;
  /** In the order in which they were looked at. */
  readonly #loaded = new Set<number>();
  /** Changes that were counted and are not among the last values. */
  #before = 0;
  #total = 0;
  /** Last values at the end of what was read; absent while it is read, when they are in the store. */
  #last: StorePart | undefined;
  #reading = deferred();

  constructor(builder: WaveformBuilder, body: VcdBody, budget: number) {
    this.#builder = builder;
    this.#body = body;
    this.#budget = budget;
    this.onDropped = this.#dropped.event;
    this.#keepLast();
  }

  /** To be called now and then while the file is read. */
  makeRoom(): void {
    if (this.#builder.signals.changeBytes > this.#budget) this.#keepLast();
  }

  /** The file was read up to here: signals can be loaded. */
  finished(): void {
    const { signals } = this.#builder;
    this.#total = this.#before + signals.transitions;
    const last = signals.lastRecords();
    this.#before = this.#total - last.transitions;
    this.#last = last.handOver();
    signals.clear();
    this.#reading.resolve();
  }

  /** More of the file is going to be read. */
  resumed(): void {
    const { signals } = this.#builder;
    for (const signal of this.#loaded) this.#dropped.emit(signal);
    this.#loaded.clear();
    signals.clear();
    if (this.#last) signals.adopt(this.#last, 0);
    this.#last = undefined;
    this.#reading = deferred();
  }

  /** What follows could not be read: there is nothing to load signals from any more. */
  failed(error: Error): void {
    this.#reading.reject(error);
  }

  async load(signals: readonly number[]): Promise<void> {
    await this.#reading.promise;
    const wanted = new Set<number>();
    for (const signal of signals) {
      if (this.#loaded.delete(signal)) this.#loaded.add(signal);
      else if (signal >= 0 && signal < this.#builder.signals.length && Number.isInteger(signal))
        wanted.add(signal);
    }
    if (wanted.size === 0) return;
    this.#giveWay(new Set(signals));
    await this.#read(Uint32Array.from(wanted));
    for (const signal of wanted) this.#loaded.add(signal);
    this.#giveWay(new Set(signals));
  }

  release(): void {
    for (const signal of this.#loaded) this.#drop(signal);
  }

  async countTransitions(): Promise<number> {
    await this.#reading.promise;
    return this.#total;
  }

  /** Drops signals that were not looked at lately, except for these. */
  #giveWay(kept: ReadonlySet<number>): void {
    const { signals } = this.#builder;
    for (const signal of this.#loaded) {
      if (signals.changeBytes <= this.#budget) return;
      if (!kept.has(signal)) this.#drop(signal);
    }
  }

  #drop(signal: number): void {
    this.#builder.signals.drop(signal);
    this.#loaded.delete(signal);
    this.#dropped.emit(signal);
  }

  async #read(wanted: Uint32Array): Promise<void> {
    const ranges = this.#body.ranges.filter((range) => changesIn(range, wanted));
    using pool = this.#body.startPool(this.#body.setup(), ranges.length);
    const queue: { range: ReadRange; result: Promise<SegmentResult> }[] = [];
    let next = 0;
    const fill = (): void => {
      for (let range = ranges[next]; range && queue.length <= pool.size; range = ranges[next]) {
        next++;
        const { state, to, isLast } = range;
        const result = pool.read({ state, to, isLast, wanted });
        result.catch(() => {}); // it is awaited later
        queue.push({ range, result });
      }
    };
    fill();
    for (let part = queue.shift(); part; part = queue.shift()) {
      const result = await part.result;
      fill();
      this.#take(part.range, result, wanted);
    }
  }

  #take(range: ReadRange, result: SegmentResult, wanted: Uint32Array): void {
    if (result.kind === "failed") throw new ReadFailure(result.failure.code, result.failure.message);
    if (result.kind === "needs-whole" || result.checksum !== range.checksum) {
      throw new ReadFailure("changed", "The file was written again since it was opened. Open it again.");
    }
    const { times, signals } = this.#builder;
    const first = result.times.pages[0];
    const base = first === undefined ? 0 : times.lowerBound(first[1] ?? 0, first[0] ?? 0);
    signals.copy(result.store, base, wanted);
  }

  #keepLast(): void {
    const { signals } = this.#builder;
    const last = signals.lastRecords();
    const before = signals.transitions;
    // Its pages must be given up first: there are only so many.
    const part = last.handOver();
    signals.clear();
    signals.adopt(part, 0);
    this.#before += before - signals.transitions;
  }
}

/** Whether any of the signals may change in a range. */
function changesIn({ changing }: ReadRange, signals: Uint32Array): boolean {
  if (changing === undefined) return true;
  return signals.some((signal) => (((changing[signal >>> 3] ?? 0) >>> (signal & 7)) & 1) === 1);
}

interface Deferred {
  readonly promise: Promise<void>;
  resolve(): void;
  reject(error: Error): void;
}

function deferred(): Deferred {
  const ways: { resolve: () => void; reject: (error: Error) => void }[] = [];
  const promise = new Promise<void>((resolve, reject) => {
    ways.push({ resolve, reject });
  });
  // Whoever waits for it is told; there may be nobody.
  promise.catch(() => {});
  return {
    promise,
    resolve: () => ways[0]?.resolve(),
    reject: (error) => ways[0]?.reject(error),
  };
}
