import { EngineError } from "../errors.js";
import { limitError, type EngineLimits } from "../limits.js";
import { guestError } from "../abi/value-error.js";

/** Counts the borrowed handles that a call handed to its callee, which has to drop them before it returns. */
export interface BorrowScope {
  borrows: number;
}

interface Handle {
  readonly resource: number;
  readonly rep: number;
  /** `undefined` for an owned handle. */
  readonly scope: BorrowScope | undefined;
  lends: number;
}

/** The handles of one component instance. Source: CanonicalABI.md, "Resource State". */
export class HandleTable {
  readonly #limits: EngineLimits;
  readonly #handles: (Handle | undefined)[] = [undefined];
  readonly #free: number[] = [];

  constructor(limits: EngineLimits) {
    this.#limits = limits;
  }

  add(resource: number, rep: number, scope?: BorrowScope): number {
    if (this.#handles.length - this.#free.length > this.#limits.maxHandles) {
      throw limitError("maxHandles", this.#limits, "too many handles");
    }
    const index = this.#free.pop() ?? this.#handles.length;
    this.#handles[index] = { resource, rep, scope, lends: 0 };
    if (scope !== undefined) scope.borrows += 1;
    return index;
  }

  get(index: number, resource: number): Handle {
    const handle = this.#handles[index];
    if (handle === undefined) throw guestError(`handle ${index} does not exist`);
    if (handle.resource !== resource) throw guestError(`handle ${index} is of another resource type`);
    return handle;
  }

  /** Takes a handle out of the table: owned ones must not be lent. */
  remove(index: number, resource: number): Handle {
    const handle = this.get(index, resource);
    if (handle.lends > 0) throw guestError(`handle ${index} is given away while it is lent`);
    if (handle.scope !== undefined) handle.scope.borrows -= 1;
    this.#handles[index] = undefined;
    this.#free.push(index);
    return handle;
  }
}

/** One component instance inside a component: its handles, and whether it may be entered and left. */
export class ComponentInstanceState {
  readonly handles: HandleTable;
  /** Resources that this instance defines, by their number in the plan. */
  readonly defines: ReadonlySet<number>;
  entered = false;
  /** False while the guest runs `realloc` or `post-return`, in which it must not call out. */
  mayLeave = true;
  /** Handles that the current call out has lent. */
  lent: Handle[] = [];
  /** Borrowed handles of the current call in. */
  borrowScope: BorrowScope = { borrows: 0 };

  constructor(limits: EngineLimits, defines: ReadonlySet<number>) {
    this.handles = new HandleTable(limits);
    this.defines = defines;
  }

  /** The representation behind an own handle, which leaves this instance. */
  liftOwn(index: number, resource: number): number {
    const handle = this.handles.get(index, resource);
    if (handle.scope !== undefined) throw guestError(`handle ${index} is borrowed, an owned one is needed`);
    return this.handles.remove(index, resource).rep;
  }

  /** The representation behind a handle that is lent for the current call. */
  liftBorrow(index: number, resource: number): number {
    const handle = this.handles.get(index, resource);
    handle.lends += 1;
    this.lent.push(handle);
    return handle.rep;
  }

  returnLent(lent: readonly Handle[]): void {
    for (const handle of lent) handle.lends -= 1;
  }
}

export function reentered(what: string): EngineError {
  return new EngineError("reentered", `${what} was called while its component is running`);
}
