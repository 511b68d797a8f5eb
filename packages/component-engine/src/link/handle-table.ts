import { guestError } from "../abi/value-error.js";
import { limitError } from "../limits.js";
import type { InstanceState } from "./instance-state.js";

const free = -1;

/**
 * The handles of one component instance, by index from 1. Source: CanonicalABI.md, "Table State" and "Resource State".
 * Columns instead of objects: a borrowed handle that comes and goes with a call allocates nothing.
 */
export class HandleTable {
  readonly #state: InstanceState;
  /** The resource type of each handle; `free` where there is none. */
  readonly #resources: number[] = [free];
  readonly #reps: unknown[] = [undefined];
  readonly #owned: boolean[] = [false];
  readonly #lends: number[] = [0];
  /** The free index that was used last is used next. */
  readonly #free: number[] = [];

  constructor(state: InstanceState) {
    this.#state = state;
  }

  /** Handles that are alive. */
  get size(): number {
    return this.#resources.length - 1 - this.#free.length;
  }

  add(resource: number, rep: unknown, owned: boolean): number {
    const { limits } = this.#state;
    if (this.size >= limits.maxHandles) {
      throw this.#state.poison(limitError("maxHandles", limits, "the guest holds too many handles"));
    }
    const index = this.#free.pop() ?? this.#resources.length;
    this.#resources[index] = resource;
    this.#reps[index] = rep;
    this.#owned[index] = owned;
    this.#lends[index] = 0;
    return index;
  }

  /** What the handle stands for. Throws if there is no handle of this type. */
  rep(index: number, resource: number): unknown {
    const found = this.#resources[index];
    if (found === undefined || found === free) throw guestError(`handle ${index} does not exist`);
    if (found !== resource) throw guestError(`handle ${index} is of another resource type`);
    return this.#reps[index];
  }

  /** Whether a handle, which has to exist, is owned and not borrowed. */
  owned(index: number): boolean {
    return this.#owned[index] === true;
  }

  /** While it is lent, a handle can be neither dropped nor given away. */
  lend(index: number, resource: number): unknown {
    const rep = this.rep(index, resource);
    this.#lends[index] = (this.#lends[index] ?? 0) + 1;
    return rep;
  }

  endLoan(index: number): void {
    this.#lends[index] = (this.#lends[index] ?? 0) - 1;
  }

  /** Takes a handle out of the table; answers with what it stood for. */
  remove(index: number, resource: number): unknown {
    const rep = this.rep(index, resource);
    if (this.#lends[index] !== 0) throw guestError(`handle ${index} is given away while it is lent`);
    this.discard(index);
    return rep;
  }

  /** Takes out a handle that is known to be there and not lent. */
  discard(index: number): void {
    this.#resources[index] = free;
    this.#reps[index] = undefined;
    this.#free.push(index);
  }

  /** Empties the table; answers with what was owned. */
  clear(): { readonly resource: number; readonly rep: unknown }[] {
    const owned = this.#resources.flatMap((resource, index) =>
      resource !== free && this.#owned[index] === true ? [{ resource, rep: this.#reps[index] }] : [],
    );
    for (const column of [this.#resources, this.#reps, this.#owned, this.#lends]) column.length = 1;
    this.#free.length = 0;
    return owned;
  }
}
