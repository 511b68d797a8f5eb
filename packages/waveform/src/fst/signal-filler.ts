import { ReadFailure } from "../failure.js";
import type { SignalStore } from "../store/signal-store.js";
import { ByteReader } from "./byte-reader.js";
import { ChainDecoder, DamagedChain } from "./chain-decoder.js";
import type { FstFile, OpenBlock } from "./fst-file.js";
import { unpack } from "./fst-unpack.js";
import { ReadWindow } from "./read-window.js";

const WHAT = "The changes of a signal in the FST file";
/** Bytes of chains after which other questions get their turn. */
const TURN_BYTES = 8 << 20;
/** With so many signals, chains are read together. */
const MANY = 32;

/** Reads the changes of signals from a file into the store. */
export class SignalFiller {
  readonly #file: FstFile;
  readonly #decoder: ChainDecoder;
  readonly #turn: () => Promise<void>;

  /** `turn` resolves when others had their turn. */
  constructor(file: FstFile, store: SignalStore, turn: () => Promise<void>) {
    this.#file = file;
    this.#decoder = new ChainDecoder(store, file.littleEndian);
    this.#turn = turn;
  }

  /** Fills signals that are empty; they must be ascending. After a rejection they are filled in part. */
  async fill(signals: Uint32Array): Promise<void> {
    this.#fillFrame(signals);
    let done = 0;
    for (const block of this.#file.blocks) {
      const { at, length } = block.index.find(signals);
      const window = new ReadWindow(this.#file.source);
      for (let i = 0; i < signals.length; i++) {
        const bytes = length[i] ?? 0;
        if (bytes === 0) continue;
        const packed = window.bytes(at[i] ?? 0, bytes, signals.length >= MANY);
        done += this.#chain(signals[i] ?? 0, block, packed, at[i] ?? 0);
        if (done < TURN_BYTES) continue;
        done = 0;
        await this.#turn();
      }
    }
  }

  /** Appends one chain and returns the bytes that it has when unpacked. */
  #chain(signal: number, { block, times }: OpenBlock, packed: Uint8Array, byte: number): number {
    const reader = new ByteReader(packed, byte, WHAT);
    const size = reader.varint();
    const rest = packed.subarray(reader.at);
    const chain = size === 0 ? rest : unpack(block.packing, rest, size, byte, WHAT);
    try {
      this.#decoder.append(signal, this.#file.shape(signal), chain, times);
    } catch (error) {
      if (error instanceof DamagedChain) {
        throw new ReadFailure("malformed", `${WHAT}: ${error.message}`, { byte });
      }
      throw error;
    }
    return chain.length;
  }

  #fillFrame(signals: Uint32Array): void {
    const frame = this.#file.frame();
    if (frame === undefined) return;
    for (const signal of signals) {
      if (signal >= frame.handles) break;
      const from = frame.offsets[signal] ?? 0;
      const to = frame.offsets[signal + 1] ?? 0;
      if (to > frame.bytes.length) break;
      if (to === from) continue;
      const text = frame.bytes.subarray(from, to);
      this.#decoder.appendText(signal, this.#file.shape(signal), text, frame.time);
    }
  }
}
