import { liftFlatOf, lowerFlatOf, type LiftFlat, type LowerFlat } from "../abi/flat.js";
import type { CoreFunction, CoreValue, Guest } from "../abi/guest.js";
import { loadOf } from "../abi/load.js";
import { storeOf } from "../abi/store.js";
import { ValueError } from "../abi/value-error.js";
import { EngineError } from "../errors.js";
import { funcLayoutOf, layoutOf } from "../types/layout.js";
import type { FuncType } from "../types/value-types.js";

/** A core function lifted to a component function: what it takes to call it. */
export interface LiftedFunction {
  readonly type: FuncType;
  readonly guest: Guest;
  readonly core: CoreFunction;
  readonly postReturn: CoreFunction | undefined;
  readonly lower: (guest: Guest, args: readonly unknown[]) => CoreValue[];
  readonly lift: (guest: Guest, result: CoreValue | undefined) => unknown;
}

interface Conversions {
  readonly lower: LiftedFunction["lower"];
  readonly lift: LiftedFunction["lift"];
}

const conversions = new WeakMap<FuncType, Conversions>();

/** How the arguments and the result of an exported function are converted; made once per type. */
export function conversionsOf(type: FuncType): Conversions {
  const known = conversions.get(type);
  if (known !== undefined) return known;
  const made = { lower: makeLower(type), lift: makeLift(type) };
  conversions.set(type, made);
  return made;
}

function makeLower(type: FuncType): Conversions["lower"] {
  const layout = funcLayoutOf(type);
  if (layout.spilledParams) {
    const { size, alignment, offsets } = layout.params;
    const params = type.params.map((param, i) => ({
      name: param.name,
      store: storeOf(param.type),
      offset: offsets[i] ?? 0,
    }));
    return (guest, args) => {
      const pointer = guest.allocate(size, alignment);
      for (const [i, param] of params.entries()) {
        try {
          param.store(guest, args[i], pointer + param.offset);
        } catch (error) {
          throw error instanceof ValueError ? error.within(param.name) : error;
        }
      }
      return [pointer];
    };
  }
  let position = 0;
  const params = type.params.map((param) => {
    const lower: LowerFlat = lowerFlatOf(param.type, layout.flatParams, position);
    position += layoutOf(param.type).flat.length;
    return { name: param.name, lower };
  });
  return (guest, args) => {
    const core: CoreValue[] = [];
    for (let i = 0; i < params.length; i++) {
      const param = params[i];
      if (param === undefined) continue;
      try {
        param.lower(guest, args[i], core);
      } catch (error) {
        throw error instanceof ValueError ? error.within(param.name) : error;
      }
    }
    return core;
  };
}

function makeLift(type: FuncType): Conversions["lift"] {
  const { result } = type;
  if (result === undefined) return () => undefined;
  const layout = funcLayoutOf(type);
  if (layout.spilledResult) {
    const load = loadOf(result);
    const { size, alignment } = layoutOf(result);
    return (guest, core) => {
      const pointer = Number(core) >>> 0;
      guest.beginLift();
      guest.check(pointer, size, alignment, "a result");
      return load(guest, pointer);
    };
  }
  const lift: LiftFlat = liftFlatOf(result, layout.flatResults, 0);
  return (guest, core) => {
    guest.beginLift();
    return lift(guest, [core ?? 0]);
  };
}

/** Runs the guest's function between lowering and lifting. The caller turns what is thrown into the end of the instance. */
export function callLifted(func: LiftedFunction, args: readonly unknown[]): unknown {
  const { guest } = func;
  const { instance } = guest;
  if (instance.entered) {
    throw new EngineError("reentered", "the component was called while it is running");
  }
  const outerScope = instance.borrowScope;
  const scope = { borrows: 0 };
  instance.borrowScope = scope;
  guest.refresh();
  const core = func.lower(guest, args);
  instance.entered = true;
  const returned = func.core(...core);
  const value = func.lift(guest, returned);
  if (func.postReturn !== undefined) {
    instance.mayLeave = false;
    if (returned === undefined) func.postReturn();
    else func.postReturn(returned);
    instance.mayLeave = true;
  }
  if (scope.borrows > 0) {
    throw new EngineError("bad-guest-value", "a borrowed handle was not dropped before the call returned");
  }
  instance.entered = false;
  instance.borrowScope = outerScope;
  return value;
}
