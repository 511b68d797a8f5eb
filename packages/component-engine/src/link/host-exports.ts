import { ValueError } from "../abi/value-error.js";
import { EngineError, ResultError } from "../errors.js";
import { callLifted, type LiftedFunction } from "./call-lifted.js";
import { reentered } from "./component-instance.js";
import { failure, guestFailure, isA } from "./failure.js";
import type { HostCallable } from "./host-class.js";

interface ResultValue {
  readonly tag: "ok" | "err";
  readonly val: unknown;
}

/** Makes an export callable by the host. `name` is shown in errors. */
export function hostExport(func: LiftedFunction, name: string): HostCallable {
  const { guest, type } = func;
  const { state } = guest;
  const arity = type.params.length;
  const hasResult = type.result?.kind === "result";

  const fail = (thrown: unknown): EngineError => {
    state.running = false;
    if (isA(thrown, ValueError) && !state.dead) {
      // Only lowering the arguments throws this, before the guest was entered: the instance is as it was.
      return failure("bad-argument", `${name}: ${thrown.describe()}`, thrown.cause);
    }
    state.dead = true;
    return state.poison(guestFailure(thrown, name));
  };
  const check = (): void => {
    if (state.dead) throw state.deadError();
    if (state.running) throw reentered(name);
  };

  if (arity === 0 && type.result === undefined && func.postReturn === undefined) {
    const { core } = func;
    const { instance } = guest;
    return () => {
      if (state.running || state.dead) check();
      state.running = true;
      instance.entered = true;
      try {
        core();
      } catch (thrown) {
        state.dead = true;
        throw fail(thrown);
      }
      instance.entered = false;
      state.running = false;
      // A guest that catches exceptions can outlive the call in which it died.
      if (state.dead) throw state.deadError();
      return undefined;
    };
  }

  return (...args) => {
    check();
    if (args.length !== arity) {
      throw new EngineError("bad-argument", `${name}: expected ${arity} arguments, found ${args.length}`);
    }
    let value: unknown;
    state.running = true;
    try {
      value = callLifted(func, args);
    } catch (thrown) {
      if (guest.instance.entered) state.dead = true;
      throw fail(thrown);
    }
    state.running = false;
    if (state.dead) throw state.deadError();
    if (!hasResult) return value;
    const result = value as ResultValue;
    if (result.tag === "ok") return result.val;
    throw new ResultError(result.val);
  };
}
