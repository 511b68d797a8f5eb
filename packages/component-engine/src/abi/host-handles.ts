import type { ComponentInstanceState } from "../link/component-instance.js";

/**
 * What handles are for the host. Between component instances a handle travels as what it stands for: a number for a resource of
 * a guest, the host's own value for one of the host.
 */
export interface HostHandles {
  /** What the host gets for a handle that a guest gives or lends. */
  lift(resource: number, rep: unknown, owned: boolean): unknown;
  /** What the host's value stands for. Throws `ValueError` if it is none of this type, or no longer the host's. */
  lower(resource: number, value: unknown, owned: boolean): unknown;
  /** Notes that the guest now has a handle, under this index. */
  placed(index: number): void;
  /** All values of a call have arrived. */
  commit(): void;
  /** An argument does not fit, and the guest has not run: all is as before the call. */
  rollback(instance: ComponentInstanceState): void;
  /** A call into the guest is over. */
  endBorrows(): void;
}
