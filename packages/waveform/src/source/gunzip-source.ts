import { Worker } from "node:worker_threads";
import { ReadFailure } from "../failure.js";
import type { ByteSource } from "./byte-source.js";
import {
  CUT,
  DAMAGED,
  DONE,
  FAILED,
  FILLED,
  gunzipChannel,
  LENGTHS,
  READ_HIGH,
  READ_LOW,
  SLOT_BYTES,
  SLOTS,
  STATE,
  TAKEN,
  type GunzipTask,
} from "./gunzip-channel.js";

const ENDED = 1 << 30;
/** A thread that has read nothing for so long is no more (milliseconds). */
const PATIENCE = 60_000;

/**
 * The unpacked bytes of gzip data in a file, in order. A thread of its own unpacks ahead, a bounded number of bytes; what
 * the packed data says about its size is not believed.
 */
export class GunzipSource implements ByteSource {
  /** Not known before the end. */
  readonly size = Number.MAX_SAFE_INTEGER;
  /** The packed data ends too early: what came before is there. */
  cut = false;
  readonly #channel = gunzipChannel();
  readonly #worker: Worker;
  /** The slot that is being handed out, and how much of it was. */
  #taken = 0;
  #used = 0;
  #given = 0;

  /** `packed` is a file, which its owner closes after this, or bytes; the gzip data lies in it from `from` to `to`. */
  constructor(packed: number | Uint8Array, from: number, to: number) {
    const task: GunzipTask = { channel: this.#channel, packed, from, to };
    this.#worker = new Worker(new URL("../../dist/source/gunzip-worker.js", import.meta.url), {
      workerData: task,
      execArgv: [],
      name: "novywave-gunzip",
    });
    this.#worker.unref();
    // The channel tells how it ended.
    this.#worker.on("error", () => undefined);
  }

  /** Unpacked bytes handed out. */
  get given(): number {
    return this.#given;
  }

  /** Packed bytes read so far. */
  get packedRead(): number {
    const { control } = this.#channel;
    return Atomics.load(control, READ_HIGH) * 2 ** 32 + (Atomics.load(control, READ_LOW) >>> 0);
  }

  read(target: Uint8Array, offset: number, length: number): number {
    const { control, slots } = this.#channel;
    const slot = this.#taken % SLOTS;
    for (let before = -1; ;) {
      const filled = Atomics.load(control, FILLED);
      if (filled % ENDED > this.#taken) break;
      if (filled >= ENDED) return this.#end();
      if (Atomics.wait(control, FILLED, filled, PATIENCE) !== "timed-out") continue;
      if (before === this.packedRead) {
        throw new ReadFailure("not-readable", "The thread that unpacks the file does not answer");
      }
      before = this.packedRead;
    }
    const all = control[LENGTHS + slot] ?? 0;
    const count = Math.min(length, all - this.#used);
    const from = slot * SLOT_BYTES + this.#used;
    target.set(slots.subarray(from, from + count), offset);
    this.#used += count;
    this.#given += count;
    if (this.#used === all) {
      this.#used = 0;
      Atomics.store(control, TAKEN, ++this.#taken);
      Atomics.notify(control, TAKEN);
    }
    return count;
  }

  /** Lines of unpacked text are not counted. */
  lineOf(): undefined {
    return undefined;
  }

  close(): void {
    void this.#worker.terminate();
  }

  #end(): number {
    switch (Atomics.load(this.#channel.control, STATE)) {
      case DONE:
        return 0;
      case CUT:
        this.cut = true;
        return 0;
      case DAMAGED:
        throw new ReadFailure("malformed", "The gzip data of this file is damaged", {
          byte: this.packedRead,
        });
      case FAILED:
      default:
        throw new ReadFailure("not-readable", "The file could not be read while it was unpacked");
    }
  }
}
