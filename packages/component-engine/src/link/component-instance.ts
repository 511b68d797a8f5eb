import { guestError } from "../abi/value-error.js";
import { EngineError } from "../errors.js";
import { HandleTable } from "./handle-table.js";
import type { InstanceState } from "./instance-state.js";

/** One component instance inside a component: its handles, and whether it may be entered and left. */
export class ComponentInstanceState {
  readonly handles: HandleTable;
  /** Resources that this instance defines, by their number in the plan. */
  readonly defines: ReadonlySet<number>;
  entered = false;
  /** False while the guest runs `realloc` or `post-return`, in which it must not call out. */
  mayLeave = true;
  /** Borrowed handles that the call under way was given and has not dropped. An instance is in one call at a time. */
  borrows = 0;
  /** Indices of the handles that calls out have lent; each call ends its own. */
  readonly #lent: number[] = [];

  constructor(state: InstanceState, defines: ReadonlySet<number>) {
    this.handles = new HandleTable(state);
    this.defines = defines;
  }

  /** What is behind an own handle, which leaves this instance. */
  giveOwn(index: number, resource: number): unknown {
    const rep = this.handles.remove(index, resource);
    if (!this.handles.owned(index)) throw guestError(`handle ${index} is borrowed, an owned one is needed`);
    return rep;
  }

  /** What is behind a handle that is lent for the current call out. */
  lend(index: number, resource: number): unknown {
    const rep = this.handles.lend(index, resource);
    this.#lent.push(index);
    return rep;
  }

  /** Loans so far: pass it to {@link endLoans} when the call is over. */
  get loans(): number {
    return this.#lent.length;
  }

  endLoans(before: number): void {
    while (this.#lent.length > before) this.handles.endLoan(this.#lent.pop() ?? 0);
  }

  takeOwn(resource: number, rep: unknown): number {
    return this.handles.add(resource, rep, true);
  }

  /** A borrowed handle, which has to be dropped before the call returns. */
  takeBorrow(resource: number, rep: unknown): number {
    const index = this.handles.add(resource, rep, false);
    this.borrows += 1;
    return index;
  }

  /** Undoes {@link takeOwn} or {@link takeBorrow}, before the guest has seen the handle. */
  takeBack(index: number): void {
    if (!this.handles.owned(index)) this.borrows -= 1;
    this.handles.discard(index);
  }

  /** Drops a handle. Answers with what has to be destroyed now, which is `undefined` for a borrowed handle. */
  drop(index: number, resource: number): unknown {
    const rep = this.handles.remove(index, resource);
    if (this.handles.owned(index)) return rep;
    this.borrows -= 1;
    return undefined;
  }
}

export function reentered(what: string): EngineError {
  return new EngineError("reentered", `${what} was called while its component is running`);
}
