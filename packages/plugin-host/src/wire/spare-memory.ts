const smallest = 64 * 1024;
const largest = 2 * 1024 * 1024;

/**
 * The memory of a large message that has been read, for the next one: a system takes longer to hand out fresh memory than
 * it takes to write a message into it.
 */
export class SpareMemory {
  #kept: ArrayBuffer | undefined;

  /** Leaves it to the caller. */
  take(): ArrayBuffer | undefined {
    const kept = this.#kept;
    this.#kept = undefined;
    return kept;
  }

  /** Takes over what nobody reads any more; one is kept, and none that weighs. */
  give(memory: ArrayBuffer): void {
    const { byteLength } = memory;
    if (byteLength < smallest || byteLength > largest) return;
    if (byteLength > (this.#kept?.byteLength ?? 0)) this.#kept = memory;
  }
}
