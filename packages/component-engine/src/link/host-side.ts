import { defined } from "@novywave/base";
import type { HostHandles } from "../abi/host-handles.js";
import { expected, guestError, ValueError } from "../abi/value-error.js";
import { EngineError } from "../errors.js";
import type { ResourceDefinition } from "../plan.js";
import { reentered, type ComponentInstanceState } from "./component-instance.js";
import { disposeOf } from "./dispose.js";
import { failure, guestFailure, isA, isObject, messageOf } from "./failure.js";
import { GuestHandle, GuestResource, type HandleOwner } from "./guest-resource.js";
import type { HostClass } from "./host-class.js";
import type { HostImports } from "./host-imports.js";
import type { InstanceState } from "./instance-state.js";
import { ResourceClass } from "./resource-class.js";

/** Ends a resource of a guest; `user` is the instance that drops it, `undefined` for the host. */
export type Destructor = (rep: number, user: ComponentInstanceState | undefined) => void;

/** A resource type of the host. */
interface HostResource {
  readonly name: string;
  readonly class: HostClass | undefined;
}

/** What the host holds of one running component's resources, and what the component holds of the host's. */
export class HostSide implements HostHandles, HandleOwner {
  readonly #state: InstanceState;
  readonly #boundary: readonly (HostResource | ResourceClass)[];
  readonly #destructors: readonly (Destructor | undefined)[];
  /** What the call in under way has moved so far: undone when an argument does not fit. */
  readonly #placed: number[] = [];
  readonly #given: GuestHandle[] = [];
  /** What the call in under way has borrowed from the host. */
  readonly #lent: GuestHandle[] = [];

  /** `destructors` by resource, for those of guests. */
  constructor(
    state: InstanceState,
    resources: readonly ResourceDefinition[],
    imports: HostImports,
    destructors: readonly (Destructor | undefined)[],
  ) {
    this.#state = state;
    this.#boundary = resources.map((definition) =>
      definition.kind === "guest"
        ? new ResourceClass()
        : {
            name: definition.type ?? definition.import,
            class: imports.class(definition.import, definition.type),
          },
    );
    this.#destructors = destructors;
  }

  /** The class of a resource type: of the host, as it was given, or made for the guest's. */
  classOf(resource: number): HostClass | ResourceClass | undefined {
    const boundary = this.#at(resource);
    return boundary instanceof ResourceClass ? boundary : boundary.class;
  }

  #at(resource: number): HostResource | ResourceClass {
    return defined(this.#boundary[resource], "a resource");
  }

  lift(resource: number, rep: unknown, owned: boolean): unknown {
    const boundary = this.#at(resource);
    if (!(boundary instanceof ResourceClass)) return rep;
    // What a component imports cannot name resources that it defines itself, so the host is never lent one.
    if (!owned) throw guestError(`the resource ${boundary.name} cannot be lent to the host`);
    return boundary.wrap(new GuestHandle(this, resource, Number(rep)));
  }

  lower(resource: number, value: unknown, owned: boolean): unknown {
    const boundary = this.#at(resource);
    const { name } = boundary;
    if (!(boundary instanceof ResourceClass)) {
      if (!isObject(value)) throw expected(`a resource ${name}`, value);
      if (boundary.class?.owns(value) === false) {
        throw expected(`an instance of the class given for ${name}`, value);
      }
      return value;
    }
    const handle = GuestResource.handleOf(value);
    if (handle === undefined) throw expected(`a resource ${name}`, value);
    if (handle.owner !== this) throw new ValueError(`this ${name} belongs to another component`);
    if (handle.resource !== resource) throw new ValueError(`expected a resource ${name}, found another one`);
    if (handle.state !== "alive") throw new ValueError(`this ${name} was ${handle.state}`);
    if (!owned) {
      handle.lends += 1;
      this.#lent.push(handle);
      return handle.rep;
    }
    if (handle.lends > 0) throw new ValueError(`this ${name} is lent in the same call`);
    handle.state = "given";
    this.#given.push(handle);
    return handle.rep;
  }

  placed(index: number): void {
    this.#placed.push(index);
  }

  /** The values of a call have arrived: what was given away is the guest's. */
  commit(): void {
    this.#placed.length = 0;
    this.#given.length = 0;
  }

  /** An argument did not fit: everything is as before the call. */
  rollback(instance: ComponentInstanceState): void {
    for (const index of this.#placed) instance.takeBack(index);
    for (const handle of this.#given) handle.state = "alive";
    this.commit();
    this.endBorrows();
  }

  /** A call in is over. */
  endBorrows(): void {
    for (const handle of this.#lent) handle.lends -= 1;
    this.#lent.length = 0;
  }

  /** The host drops its handle. Does nothing when there is nothing left to drop. */
  drop(handle: GuestHandle): void {
    const state = this.#state;
    if (handle.state !== "alive") return;
    if (state.dead) {
      handle.state = "dropped";
      return;
    }
    const { name } = this.#at(handle.resource);
    if (state.running) throw reentered(`the destructor of ${name}`);
    handle.state = "dropped";
    state.running = true;
    try {
      this.#destructors[handle.resource]?.(handle.rep, undefined);
    } catch (thrown) {
      state.dead = true;
      throw state.poison(guestFailure(thrown, `the destructor of ${name}`));
    } finally {
      state.running = false;
    }
    if (state.dead) throw state.deadError();
  }

  /** What ends a resource that `user` has dropped. */
  destroyer(resource: number, user: ComponentInstanceState): (rep: unknown) => void {
    const destructor = this.#destructors[resource];
    return destructor === undefined
      ? (rep) => this.#dispose(resource, rep)
      : (rep) => destructor(Number(rep), user);
  }

  /** Drops what the guest still owns of the host's. Answers with the first failure. */
  release(instances: readonly ComponentInstanceState[]): EngineError | undefined {
    let failed: EngineError | undefined;
    for (const instance of instances) {
      for (const { resource, rep } of instance.clear()) {
        if (this.#at(resource) instanceof ResourceClass) continue;
        try {
          this.#dispose(resource, rep);
        } catch (thrown) {
          failed ??= guestFailure(thrown, "Symbol.dispose");
        }
      }
    }
    return failed;
  }

  #dispose(resource: number, rep: unknown): void {
    const { name } = this.#at(resource);
    try {
      const answer = disposeOf(rep);
      if (!isA(answer, Promise)) return;
      answer.catch(() => undefined);
    } catch (thrown) {
      throw failure("import-failed", `Symbol.dispose of ${name} threw: ${messageOf(thrown)}`, thrown);
    }
    throw new EngineError("import-failed", `Symbol.dispose of ${name} answered with a promise`);
  }
}
