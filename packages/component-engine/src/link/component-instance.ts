import { guestError } from "../abi/value-error.js";
import { EngineError } from "../errors.js";
import { limitError } from "../limits.js";
import type { InstanceState } from "./instance-state.js";

const free = -1;

/**
 * One component instance inside a component: whether it may be entered and left, and its handles, by index from 1. Source:
 * CanonicalABI.md, "Table State" and "Resource State". Columns instead of objects: a borrowed handle that comes and goes with a
 * call allocates nothing.
 */
export class ComponentInstanceState {
  /** Resources that this instance defines, by their number in the plan. */
  readonly defines: ReadonlySet<number>;
  entered = false;
  /** False while the guest runs `realloc` or `post-return`, in which it must not call out. */
  mayLeave = true;
  /** Borrowed handles that the call under way was given and has not dropped. An instance is in one call at a time. */
  borrows = 0;
  readonly #state: InstanceState;
  /** The resource type of each handle; `free` where there is none. */
  readonly #resources: number[] = [free];
  readonly #reps: unknown[] = [undefined];
  readonly #owned: boolean[] = [false];
  /** How often each handle is lent. While it is, it can be neither dropped nor given away. */
  readonly #lends: number[] = [0];
  /** The free index that was used last is used next. */
  readonly #free: number[] = [];
  /** Indices of the handles that calls out have lent; each call ends its own. */
  readonly #lent: number[] = [];

  constructor(state: InstanceState, defines: ReadonlySet<number>) {
    this.#state = state;
    this.defines = defines;
  }

  /** A new handle. One that is not owned is borrowed, and has to be dropped before the call returns. */
  take(resource: number, rep: unknown, owned: boolean): number {
    const { limits } = this.#state;
    if (this.#resources.length - 1 - this.#free.length >= limits.maxHandles) {
      throw this.#state.poison(limitError("maxHandles", limits, "the guest holds too many handles"));
    }
    const index = this.#free.pop() ?? this.#resources.length;
    this.#resources[index] = resource;
    this.#reps[index] = rep;
    this.#owned[index] = owned;
    this.#lends[index] = 0;
    if (!owned) this.borrows += 1;
    return index;
  }

  /** What a handle stands for. Throws if there is no handle of this type. */
  rep(index: number, resource: number): unknown {
    const found = this.#resources[index];
    if (found === undefined || found === free) throw guestError(`handle ${index} does not exist`);
    if (found !== resource) throw guestError(`handle ${index} is of another resource type`);
    return this.#reps[index];
  }

  /** What is behind an own handle, which leaves this instance. */
  giveOwn(index: number, resource: number): unknown {
    const rep = this.#remove(index, resource);
    if (this.#owned[index] !== true) {
      throw guestError(`handle ${index} is borrowed, not owned`);
    }
    return rep;
  }

  /** Drops a handle. Answers with what has to be destroyed now, which is `undefined` for a borrowed handle. */
  drop(index: number, resource: number): unknown {
    const rep = this.#remove(index, resource);
    if (this.#owned[index] === true) return rep;
    this.borrows -= 1;
    return undefined;
  }

  #remove(index: number, resource: number): unknown {
    const rep = this.rep(index, resource);
    if (this.#lends[index] !== 0) throw guestError(`handle ${index} is given away while it is lent`);
    this.#discard(index);
    return rep;
  }

  #discard(index: number): void {
    this.#resources[index] = free;
    this.#reps[index] = undefined;
    this.#free.push(index);
  }

  /** Undoes {@link take}, before the guest has seen the handle. */
  takeBack(index: number): void {
    if (this.#owned[index] !== true) this.borrows -= 1;
    this.#discard(index);
  }

  /** What is behind a handle that is lent for the current call out. */
  lend(index: number, resource: number): unknown {
    const rep = this.rep(index, resource);
    this.#lends[index] = (this.#lends[index] ?? 0) + 1;
    this.#lent.push(index);
    return rep;
  }

  /** Loans so far: pass it to {@link endLoans} when the call is over. */
  get loans(): number {
    return this.#lent.length;
  }

  endLoans(before: number): void {
    while (this.#lent.length > before) {
      const index = this.#lent.pop() ?? 0;
      this.#lends[index] = (this.#lends[index] ?? 0) - 1;
    }
  }

  /** Drops all handles; answers with what was owned. */
  clear(): { readonly resource: number; readonly rep: unknown }[] {
    const owned = this.#resources.flatMap((resource, index) =>
      resource !== free && this.#owned[index] === true ? [{ resource, rep: this.#reps[index] }] : [],
    );
    for (const column of [this.#resources, this.#reps, this.#owned, this.#lends]) column.length = 1;
    this.#free.length = 0;
    return owned;
  }
}

export function reentered(what: string): EngineError {
  return new EngineError("reentered", `${what} was called while its component is running`);
}
