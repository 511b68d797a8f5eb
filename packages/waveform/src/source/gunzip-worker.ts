import { readSync } from "node:fs";
import { Readable } from "node:stream";
import { workerData } from "node:worker_threads";
import { crc32, createGunzip } from "node:zlib";
import {
  CHECKSUM,
  CUT,
  DAMAGED,
  DONE,
  FAILED,
  FILLED,
  LENGTHS,
  READ_HIGH,
  READ_LOW,
  SLOT_BYTES,
  SLOTS,
  STATE,
  TAKEN,
  type GunzipTask,
} from "./gunzip-channel.js";

const CHUNK = 1 << 18;

/** Unpacks gzip data into the slots of a channel, waiting while all are full. */
async function main({ channel, packed, from, to }: GunzipTask): Promise<void> {
  const { control, slots } = channel;
  let filled = 0;
  const put = (bytes: Uint8Array): void => {
    while (filled - Atomics.load(control, TAKEN) === SLOTS) Atomics.wait(control, TAKEN, filled - SLOTS);
    const slot = filled % SLOTS;
    slots.set(bytes, slot * SLOT_BYTES);
    control[LENGTHS + slot] = bytes.length;
    Atomics.store(control, FILLED, ++filled);
    Atomics.notify(control, FILLED);
  };
  let state = DONE;
  try {
    const input = Readable.from(chunks(packed, from, to, control), { objectMode: false });
    const unpacked = createGunzip({ chunkSize: SLOT_BYTES });
    input.on("error", (error) => unpacked.destroy(error));
    input.pipe(unpacked);
    for await (const bytes of unpacked as AsyncIterable<Uint8Array>) {
      for (let at = 0; at < bytes.length; at += SLOT_BYTES) put(bytes.subarray(at, at + SLOT_BYTES));
    }
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : "";
    state = code === "Z_BUF_ERROR" ? CUT : String(code).startsWith("Z_") ? DAMAGED : FAILED;
  }
  Atomics.store(control, STATE, state);
  // Wakes a reader that waits for a slot: the counter differs from what it saw, and the state says that none is new.
  Atomics.add(control, FILLED, 1 << 30);
  Atomics.notify(control, FILLED);
}

function* chunks(
  packed: number | Uint8Array,
  from: number,
  to: number,
  control: Int32Array<SharedArrayBuffer>,
): Iterable<Uint8Array> {
  let checksum = 0;
  for (let at = from; at < to;) {
    const bytes = chunkAt(packed, at, Math.min(CHUNK, to - at));
    if (bytes.length === 0) return;
    at += bytes.length;
    checksum = crc32(bytes, checksum);
    Atomics.store(control, READ_LOW, (at - from) | 0);
    Atomics.store(control, READ_HIGH, Math.floor((at - from) / 2 ** 32));
    Atomics.store(control, CHECKSUM, checksum | 0);
    yield bytes;
  }
}

function chunkAt(packed: number | Uint8Array, at: number, length: number): Uint8Array {
  if (typeof packed !== "number") return packed.subarray(at, at + length);
  const chunk = new Uint8Array(length);
  return chunk.subarray(0, readSync(packed, chunk, 0, length, at));
}

await main(workerData);
