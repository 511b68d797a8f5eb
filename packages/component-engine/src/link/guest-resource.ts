import { disposeSymbol } from "./dispose.js";

/** What the host's own handle on a resource of a guest stands for, and whether it still does. */
export class GuestHandle {
  readonly owner: HandleOwner;
  readonly resource: number;
  readonly rep: number;
  state: "alive" | "given" | "dropped" = "alive";
  /** How often the call under way has borrowed it. */
  lends = 0;

  constructor(owner: HandleOwner, resource: number, rep: number) {
    this.owner = owner;
    this.resource = resource;
    this.rep = rep;
  }
}

/** The running component that a handle belongs to. */
export interface HandleOwner {
  drop(handle: GuestHandle): void;
}

/**
 * A resource of a guest, as the host holds it. The engine makes a class of it for each resource type that a component exports,
 * with the type's methods. Dropping it (`Symbol.dispose`) runs the guest's destructor, once.
 */
export class GuestResource {
  readonly #handle: GuestHandle;

  constructor(handle: GuestHandle) {
    this.#handle = handle;
  }

  /** The handle behind a value of JavaScript, if it is such a resource. */
  static handleOf(this: void, value: unknown): GuestHandle | undefined {
    return typeof value === "object" && value !== null && #handle in value ? value.#handle : undefined;
  }

  [disposeSymbol](): void {
    this.#handle.owner.drop(this.#handle);
  }
}
