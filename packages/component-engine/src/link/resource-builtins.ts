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
  return (operand) => {
    if (state.dead) throw state.deadError();
    try {
      if (!instance.mayLeave && kind !== "resource.rep") {
        throw guestError(`${kind} was called from realloc or post-return`);
      }
      if (kind === "resource.new") return instance.take(resource, Number(operand) | 0, true);
      const index = Number(operand) >>> 0;
      if (kind === "resource.rep") return Number(instance.rep(index, resource));
      const rep = instance.drop(index, resource);
      if (rep !== undefined) destroy(rep);
      return undefined;
    } catch (thrown) {
      // As for functions: a guest that catches exceptions must not go on.
      state.dead = true;
      throw state.poison(guestFailure(thrown, kind));
    }
  };
}
