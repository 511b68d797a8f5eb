import { assertNever } from "@novywave/base";
import type { CoreFunction } from "../abi/guest.js";
import { guestError } from "../abi/value-error.js";
import type { ComponentInstanceState } from "./component-instance.js";
import { guestFailure } from "./failure.js";
import type { InstanceState } from "./instance-state.js";

/** The core functions of the resource built-ins. `destroy` ends what an owned handle stood for. */
export function resourceBuiltin(
  kind: "resource.new" | "resource.drop" | "resource.rep",
  resource: number,
  state: InstanceState,
  instance: ComponentInstanceState,
  destroy: (rep: unknown) => void,
): CoreFunction {
  const run = resourceAction(kind, resource, instance, destroy);
  return (operand) => {
    if (state.dead) throw state.deadError();
    try {
      if (!instance.mayLeave && kind !== "resource.rep") {
        throw guestError(`${kind} was called from realloc or post-return`);
      }
      return run(Number(operand) >>> 0);
    } catch (thrown) {
      // As for functions: a guest that catches exceptions must not go on.
      state.dead = true;
      throw state.poison(guestFailure(thrown, kind));
    }
  };
}

function resourceAction(
  kind: "resource.new" | "resource.drop" | "resource.rep",
  resource: number,
  instance: ComponentInstanceState,
  destroy: (rep: unknown) => void,
): (operand: number) => number | undefined {
  switch (kind) {
    case "resource.new":
      return (rep) => instance.take(resource, rep | 0, true);
    case "resource.rep":
      return (index) => Number(instance.rep(index, resource));
    case "resource.drop":
      return (index) => {
        const rep = instance.drop(index, resource);
        if (rep !== undefined) destroy(rep);
        return undefined;
      };
    default:
      return assertNever(kind);
  }
}
