/**
 * What the thread that unpacks and the one that reads share: a ring of slots and a few counters. The reader waits in
 * place, because readers of formats are not asynchronous.
 */
export interface GunzipChannel {
  /** See the places below. */
  readonly control: Int32Array<SharedArrayBuffer>;
  readonly slots: Uint8Array<SharedArrayBuffer>;
}

/** Slots filled and slots taken since the start. */
export const FILLED = 0;
export const TAKEN = 1;
/** One of the states below. */
export const STATE = 2;
/** Packed bytes read so far, low and high half, and their checksum. */
export const READ_LOW = 3;
export const READ_HIGH = 4;
export const CHECKSUM = 5;
/** From here on: bytes in each slot. */
export const LENGTHS = 6;

export const RUNNING = 0;
export const DONE = 1;
/** The packed data ends too early. */
export const CUT = 2;
/** The packed data is damaged. */
export const DAMAGED = 3;
export const FAILED = 4;

export const SLOTS = 8;
export const SLOT_BYTES = 1 << 18;

export function gunzipChannel(): GunzipChannel {
  return {
    control: new Int32Array(new SharedArrayBuffer((LENGTHS + SLOTS) * 4)),
    slots: new Uint8Array(new SharedArrayBuffer(SLOTS * SLOT_BYTES)),
  };
}

/** What the thread that unpacks is started with. */
export interface GunzipTask {
  readonly channel: GunzipChannel;
  /** A file, or all of its bytes. */
  readonly packed: number | Uint8Array;
  /** Where the packed data lies in it. */
  readonly from: number;
  readonly to: number;
}
