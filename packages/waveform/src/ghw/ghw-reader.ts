import { ReadFailure } from "../failure.js";
import type { ByteSource } from "../source/byte-source.js";
import type { WaveformBuilder } from "../store/waveform-builder.js";
import { BasicSignals, WRITTEN_BYTE, WRITTEN_INT32, WRITTEN_INT64 } from "./basic-signals.js";
import { CutOff, GhwInput } from "./ghw-input.js";
import { HierarchyReader } from "./read-hierarchy.js";
import { TypeTable } from "./read-types.js";
import { ShownSignals } from "./shown-signals.js";
import { readStrings } from "./strings.js";

export interface GhwOptions {
  /** Bytes read at a time. */
  readonly chunkBytes?: number;
  /** Called after each chunk with the number of bytes read so far. */
  readonly onProgress?: (bytesRead: number) => void;
}

/**
 * Reads a waveform of GHDL (GHW, versions 0 and 1, either order of bytes) into a builder. Times are femtoseconds. A file
 * that ends in the middle gives what was there and a warning "truncated". Throws {@link ReadFailure}.
 */
export function readGhw(source: ByteSource, builder: WaveformBuilder, options: GhwOptions = {}): void {
  new GhwReader(new GhwInput(source, options), builder).run();
}

class GhwReader {
  readonly #input: GhwInput;
  readonly #builder: WaveformBuilder;
  readonly #basics = new BasicSignals();
  readonly #shown: ShownSignals;
  /** The current time; -1 before the first. */
  #time = -1n;
  /** The current time stands in the time table. */
  #stamped = false;
  #begun = false;
  /** The signal whose value was read last in this cycle. */
  #last = 0;

  constructor(input: GhwInput, builder: WaveformBuilder) {
    this.#input = input;
    this.#builder = builder;
    this.#shown = new ShownSignals(builder, this.#basics, input.size);
  }

  run(): void {
    const builder = this.#builder;
    builder.timescale = { magnitude: 1, unit: "fs" };
    builder.version = "GHDL";
    try {
      const version = this.#header();
      this.#declarations(version);
      this.#values();
      this.#shown.flush();
    } catch (error) {
      if (!(error instanceof CutOff)) throw error;
      this.#truncated();
      if (!this.#begun) builder.changes.begin();
      this.#shown.flush(this.#last);
    }
    builder.changes.finish();
    if (this.#time >= 0n) builder.end = this.#time;
  }

  #header(): number {
    const input = this.#input;
    for (const letter of "GHDLwave\n") {
      if (input.byte() !== letter.charCodeAt(0)) input.fail("This is no GHW file");
    }
    if (input.byte() !== 16 || input.byte() !== 0) input.fail("The header of the file is broken");
    const version = input.byte();
    if (version > 1) {
      throw new ReadFailure(
        "unsupported-format",
        `This is version ${version} of the GHW format; 0 and 1 are readable. Convert it with GHDL's --vcd`,
      );
    }
    const order = input.byte();
    if (order !== 1 && order !== 2) input.fail("The header of the file names no order of bytes");
    input.bigEndian = order === 2;
    for (let i = 0; i < 3; i++) input.byte(); // sizes of words and offsets of the machine
    return version;
  }

  #declarations(version: number): void {
    const input = this.#input;
    let types = new TypeTable(input, [""], version);
    for (;;) {
      input.begin();
      const section = input.tag();
      switch (section) {
        case "STR\0":
          types = new TypeTable(input, readStrings(input), version);
          break;
        case "TYP\0":
          types.readTypes();
          break;
        case "WKT\0":
          types.readWellKnown();
          break;
        case "HIE\0":
          new HierarchyReader(input, types, {
            builder: this.#builder,
            basics: this.#basics,
            shown: this.#shown,
          }).run();
          break;
        case "EOH\0":
          this.#basics.settle();
          this.#builder.changes.begin();
          this.#begun = true;
          return;
        default:
          input.fail("An unknown section in the header of the file");
      }
    }
  }

  #values(): void {
    const input = this.#input;
    for (;;) {
      input.begin();
      const section = input.tag();
      switch (section) {
        case "SNP\0":
          this.#snapshot();
          break;
        case "CYC\0":
          this.#cycles();
          break;
        case "DIR\0":
          this.#directory();
          break;
        case "TAI\0":
          input.count("reserved bytes");
          input.count("bytes before the directory");
          return;
        default:
          input.fail("An unknown section");
      }
    }
  }

  /** Section SNP: a time and the value of each signal at it. */
  #snapshot(): void {
    const input = this.#input;
    input.count("reserved bytes");
    this.#moveTo(input.int64());
    this.#last = 0;
    for (const id of this.#basics.declared) {
      input.begin();
      this.#value(id);
    }
    input.begin();
    this.#last = Infinity;
    if (input.tag() !== "ESN\0") input.fail("The snapshot does not end where it should");
  }

  /** Section CYC: a time and the changes at it, then how much later the next cycle is, and so on. */
  #cycles(): void {
    const input = this.#input;
    const { declared } = this.#basics;
    this.#moveTo(input.int64());
    for (;;) {
      let index = -1;
      this.#last = 0;
      for (;;) {
        input.begin();
        const step = input.uleb();
        if (step === 0) break;
        index += step;
        this.#value(declared[index] ?? input.fail("A change of a signal that is not declared"));
      }
      this.#last = Infinity;
      input.begin();
      const later = input.sleb64();
      if (later === -1n) break;
      if (later < 0n) input.fail("Time runs backwards");
      this.#moveTo(this.#time + later);
    }
    input.begin();
    if (input.tag() !== "ECY\0") input.fail("The cycles do not end where they should");
  }

  #directory(): void {
    const input = this.#input;
    input.count("reserved bytes");
    for (let left = input.count("sections"); left > 0; left--) {
      input.begin();
      input.tag();
      input.count("bytes before a section");
    }
    input.begin();
    if (input.tag() !== "EOD\0") input.fail("The directory does not end where it should");
  }

  #value(id: number): void {
    const input = this.#input;
    this.#read(id, input);
    this.#last = id;
  }

  #read(id: number, input: GhwInput): void {
    switch (this.#basics.how(id)) {
      case WRITTEN_BYTE: {
        const value = input.byte();
        if (value >= this.#basics.limit(id)) input.fail("A value outside of its enumeration");
        this.#stamp();
        this.#shown.number(id, value);
        return;
      }
      case WRITTEN_INT32: {
        const value = input.sleb();
        this.#stamp();
        this.#shown.number(id, value);
        return;
      }
      case WRITTEN_INT64: {
        const value = input.sleb64();
        this.#stamp();
        this.#shown.long(id, value);
        return;
      }
      default: {
        const value = input.float64();
        this.#stamp();
        this.#shown.real(id, value);
      }
    }
  }

  /** The values that follow are at `time`, in femtoseconds. */
  #moveTo(time: bigint): void {
    if (time < 0n || time >= 2n ** 63n) this.#input.fail("A time that is negative or above 2^63 - 1");
    if (time < this.#time) this.#input.fail("Time runs backwards");
    if (this.#time < 0n) this.#builder.start = time;
    if (time === this.#time) return;
    this.#shown.flush();
    this.#time = time;
    this.#stamped = false;
  }

  /** Enters the current time into the time table when something changes at it. */
  #stamp(): void {
    if (this.#stamped) return;
    this.#stamped = true;
    const { times, changes } = this.#builder;
    const index = times.push(Number(this.#time >> 32n), Number(this.#time & 0xffffffffn));
    changes.setTime(index);
  }

  #truncated(): void {
    const inHeader = !this.#begun;
    this.#builder.warn({
      code: "truncated",
      byte: this.#input.item,
      ...(this.#time >= 0n ? { time: this.#time } : {}),
      message: `The file ends ${inHeader ? "in its declarations" : "before its end mark"}: what comes after this is missing. Was the simulation interrupted, or is it still running?`,
    });
  }
}
