import type { StringEncoding } from "../binary/syntax.js";
import type { EngineError } from "../errors.js";
import { limitError } from "../limits.js";
import type { ComponentInstanceState } from "../link/component-instance.js";
import { guestFailure } from "../link/failure.js";
import type { InstanceState } from "../link/instance-state.js";
import type { HostHandles } from "./host-handles.js";
import { guestError, ValueError } from "./value-error.js";

export type CoreValue = number | bigint;
export type CoreFunction = (...args: CoreValue[]) => CoreValue | undefined;

/** No string and no list is longer (`MAX_STRING_BYTE_LENGTH`, `MAX_LIST_BYTE_LENGTH`). */
const maxByteLength = 2 ** 28 - 1;

const noBytes = new Uint8Array(0);
const noView = new DataView(new ArrayBuffer(0));

/** The guest's side of a call: its memory, its allocator, its handles. One per canonical definition. */
export class Guest {
  readonly state: InstanceState;
  readonly instance: ComponentInstanceState;
  readonly encoding: StringEncoding;
  /** How handles are shown to the other side of the call, if that is the host and not another component instance. */
  readonly host: HostHandles | undefined;
  /** Views of the memory; valid until the guest runs again. */
  u8: Uint8Array<ArrayBuffer> = noBytes;
  view: DataView<ArrayBuffer> = noView;
  /** Length of the string or list that was stored last, in the guest's units. */
  stored = 0;
  readonly #memory: WebAssembly.Memory | undefined;
  readonly #realloc: CoreFunction | undefined;

  constructor(
    state: InstanceState,
    instance: ComponentInstanceState,
    encoding: StringEncoding,
    memory: WebAssembly.Memory | undefined,
    realloc: CoreFunction | undefined,
    host: HostHandles | undefined,
  ) {
    this.state = state;
    this.instance = instance;
    this.encoding = encoding;
    this.#memory = memory;
    this.#realloc = realloc;
    this.host = host;
  }

  /** Takes new views when the memory has grown: growing detaches the old ones, which then have no bytes. */
  refresh(): void {
    if (this.u8.length !== 0 || this.#memory === undefined) return;
    this.u8 = new Uint8Array(this.#memory.buffer);
    this.view = new DataView(this.#memory.buffer);
  }

  /** Begins to read values: a new budget for what is behind pointers. */
  beginLift(): void {
    this.refresh();
    const { state } = this;
    state.texts?.drop();
    state.mostBytes = state.bytesLifted + state.limits.maxLiftedBytes;
    state.elementsLeft = state.limits.maxLiftedElements;
  }

  /** Counts what is about to be lifted. Aliased memory counts each time. */
  charge(bytes: number, elements: number): void {
    const { state } = this;
    if (bytes > maxByteLength) throw guestError(`${bytes} bytes are more than a string or list may have`);
    state.bytesLifted += bytes;
    state.elementsLeft -= elements;
    if (state.bytesLifted > state.mostBytes) {
      throw limitError("maxLiftedBytes", state.limits, "the guest handed over too many bytes in one call");
    }
    if (state.elementsLeft < 0) {
      throw limitError(
        "maxLiftedElements",
        state.limits,
        "the guest handed over too many values in one call",
      );
    }
  }

  /** Checks a pointer from the guest: aligned, and `size` bytes inside its memory. */
  check(pointer: number, size: number, alignment: number, what: string): void {
    if (pointer % alignment !== 0) {
      throw this.#fault(`${what} at ${pointer} is not aligned to ${alignment} bytes`);
    }
    if (pointer + size > this.u8.length) {
      throw this.#fault(
        `${what} of ${size} bytes at ${pointer} is outside of the memory of ${this.u8.length} bytes`,
      );
    }
  }

  /** Asks the guest for memory, or for more of it at `old`. The guest cannot call out while it answers. */
  allocate(size: number, alignment: number, old = 0, oldSize = 0): number {
    if (this.#realloc === undefined) throw this.#fault("the guest has no realloc");
    if (size > maxByteLength) throw new ValueError(`${size} bytes are more than a string or list may have`);
    const { instance, state } = this;
    const { mayLeave } = instance;
    instance.mayLeave = false;
    let pointer = 0;
    try {
      pointer = Number(this.#realloc(old, oldSize, alignment, size)) >>> 0;
    } catch (thrown) {
      state.dead = true;
      throw state.poison(guestFailure(thrown, "realloc"));
    }
    if (state.dead) throw state.deadError();
    instance.mayLeave = mayLeave;
    this.refresh();
    this.check(pointer, size, alignment, "memory from realloc");
    return pointer;
  }

  /** Ends the instance at once: what is thrown while values are lowered is the host's fault unless the instance is dead. */
  #fault(message: string): EngineError {
    return this.state.poison(guestError(message));
  }
}
