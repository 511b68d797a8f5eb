import { FileRange } from "../source/file-range.js";
import type { FileSource } from "../source/file-source.js";
import type { WaveformBuilder } from "../store/waveform-builder.js";
import { EvictedSignals } from "./evicted-signals.js";
import { VcdBody, type BodyOptions } from "./vcd-body.js";
import { describeBody } from "./describe-body.js";
import { VcdReader } from "./vcd-reader.js";

/** Changes and times of one file may take this much memory. */
export const MEMORY_BUDGET = 640 << 20;

export interface VcdFileOptions extends BodyOptions {
  /** Bytes that changes may take before they are read from the file when they are looked at. */
  readonly memoryBudget?: number | undefined;
  /** The declarations were read; the changes follow. */
  readonly onHierarchy?: (() => void) | undefined;
}

/** A VCD file that is being read, or was, and may grow. */
export class VcdFile {
  readonly #builder: WaveformBuilder;
  readonly #reader: VcdReader;
  readonly #body: VcdBody;
  readonly #options: VcdFileOptions;
  #source: FileSource;
  #evicted: EvictedSignals | undefined;

  /** `numbers` are those of the builder's store. */
  constructor(
    source: FileSource,
    builder: WaveformBuilder,
    numbers: SharedArrayBuffer,
    options: VcdFileOptions = {},
  ) {
    this.#source = source;
    this.#builder = builder;
    this.#options = options;
    this.#reader = new VcdReader(builder);
    this.#body = new VcdBody(source.descriptor, this.#reader, builder, numbers, options, () =>
      this.#makeRoom(),
    );
  }

  /** The tick up to which everything was read. */
  get time(): bigint {
    return this.#reader.time;
  }

  get bytesRead(): number {
    return this.#reader.bytesRead;
  }

  /** Reads all that the source has, and closes it unless it is needed for more. Throws `ReadFailure`. */
  async read(): Promise<void> {
    const source = this.#source;
    if (!this.#reader.inBody) {
      const header = new FileRange(source.descriptor, this.#reader.bytesRead, source.size);
      this.#reader.readHeader(header);
      source.remember(header);
      this.#options.onHierarchy?.();
    }
    const known = this.#body.ranges.length;
    await this.#body.readTo(source.size);
    for (const { state, to, checksum } of this.#body.ranges.slice(known)) {
      source.remember({ from: state.position, to, checksum });
    }
    this.#reader.finish();
    source.mark();
    source.verify();
    this.#evicted?.finished();
    if (!this.#evicted) source.close();
  }

  /**
   * The file was opened anew. If more was written to it, that is read, and the answer is true. False if it is another
   * one now, or not written the same way any more; then this here is as it was.
   */
  async readMore(later: FileSource): Promise<boolean> {
    if (this.#reader.damaged || !this.#source.grewInto(later)) return false;
    this.#reader.resume();
    this.#body.resume();
    this.#evicted?.resumed();
    this.#source.close();
    this.#source = later;
    this.#body.moveTo(later.descriptor);
    try {
      await this.read();
    } catch (error) {
      this.#evicted?.failed(error instanceof Error ? error : new Error(String(error)));
      throw error;
    }
    return true;
  }

  /** What the declarations and the last lines tell: hierarchy, start, end, and whether it was cut off. */
  describe(): void {
    const source = this.#source;
    const header = new FileRange(source.descriptor, 0, source.size);
    this.#reader.readHeader(header);
    source.remember(header);
    if (this.#reader.inBody) describeBody(source, this.#reader, this.#builder);
    else this.#reader.finish();
    source.verify();
    source.close();
  }

  /** Nobody has written to the file since it was read. */
  isSameAs(later: FileSource): boolean {
    return this.#source.isSameAs(later);
  }

  close(): void {
    this.#source.close();
  }

  #makeRoom(): void {
    const { memoryBudget = MEMORY_BUDGET } = this.#options;
    const builder = this.#builder;
    if (this.#evicted) {
      this.#evicted.makeRoom();
    } else if (builder.signals.changeBytes > memoryBudget) {
      this.#reader.flush();
      this.#evicted = new EvictedSignals(builder, this.#body, memoryBudget);
      builder.loader = this.#evicted;
    } else {
      return;
    }
    // The store was filled anew, at other times than the current one.
    this.#reader.stay();
  }
}
