import { liftFlatOf, lowerRowOf } from "../abi/flat.js";
import type { CoreFunction, CoreValue, Guest } from "../abi/guest.js";
import { loadOf } from "../abi/load.js";
import { storeRowOf } from "../abi/store.js";
import { guestError, valueErrorOf } from "../abi/value-error.js";
import { reentered } from "./component-instance.js";
import { funcLayoutOf, layoutOf } from "../types/layout.js";
import { memoized } from "../types/memoized.js";
import type { FuncType } from "../types/value-types.js";

/** A core function lifted to a component function: what it takes to call it. */
export interface LiftedFunction {
  readonly type: FuncType;
  readonly guest: Guest;
  readonly core: CoreFunction;
  readonly postReturn: CoreFunction | undefined;
  /** Made at the first call: most of what a component lifts is never called. */
  conversions: Conversions | undefined;
  /** Holds the core arguments of the current call; an instance has only one at a time. Made at the first call. */
  scratch: CoreValue[] | undefined;
}

/** How the arguments and the result of an exported function are converted. */
export interface Conversions {
  /** Writes the core arguments into `core`. */
  readonly lower: (guest: Guest, args: readonly unknown[], core: CoreValue[]) => void;
  readonly lift: (guest: Guest, result: CoreValue | undefined) => unknown;
  /** Whether an argument can hold a handle. */
  readonly handles: boolean;
}

/** The conversions of a function type, made once. */
const conversionsOf = memoized((type: FuncType): Conversions => ({
  lower: makeLower(type),
  lift: makeLift(type),
  handles: type.params.some((param) => param.type.handles > 0),
}));

/** Room for the core arguments of a function; its length is their number. */
function scratchFor(type: FuncType): CoreValue[] {
  const layout = funcLayoutOf(type);
  return layout.spilledParams ? [0] : layout.flatParams.map((flat) => (flat === "i64" ? 0n : 0));
}

function makeLower(type: FuncType): Conversions["lower"] {
  const { params, flatParams, spilledParams } = funcLayoutOf(type);
  if (!spilledParams) return lowerRowOf(type.params, flatParams, 0);
  const { size, alignment, offsets } = params;
  const store = storeRowOf(type.params, offsets);
  return (guest, args, core) => {
    const pointer = guest.allocate(size, alignment);
    store(guest, args, pointer);
    core[0] = pointer;
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
  const lift = liftFlatOf(result, layout.flatResults, 0);
  return (guest, core) => {
    guest.beginLift();
    return lift(guest, [core ?? 0]);
  };
}

/** Runs the guest's function between lowering and lifting. The caller turns what is thrown into the end of the instance. */
export function callLifted(func: LiftedFunction, args: readonly unknown[]): unknown {
  const { guest } = func;
  const { instance } = guest;
  let conversions: Conversions;
  let scratch: CoreValue[];
  if (instance.entered) throw reentered("a function");
  guest.refresh();
  try {
    conversions = func.conversions ??= conversionsOf(func.type);
    scratch = func.scratch ??= scratchFor(func.type);
    conversions.lower(guest, args, scratch);
  } catch (thrown) {
    if (guest.state.dead) throw thrown;
    guest.host?.rollback(instance);
    throw valueErrorOf(thrown);
  }
  const host = conversions.handles ? guest.host : undefined;
  host?.commit();
  instance.entered = true;
  const returned = callCore(func.core, scratch);
  const value = conversions.lift(guest, returned);
  if (instance.borrows > 0) {
    throw guestError("the call did not drop a borrowed handle");
  }
  if (func.postReturn !== undefined) {
    instance.mayLeave = false;
    if (returned === undefined) func.postReturn();
    else func.postReturn(returned);
    instance.mayLeave = true;
  }
  instance.entered = false;
  host?.endBorrows();
  return value;
}

/** Calls without spreading where the arguments are few: spreading costs more than the call. */
function callCore(core: CoreFunction, args: readonly CoreValue[]): CoreValue | undefined {
  const a = args[0] ?? 0;
  const b = args[1] ?? 0;
  const c = args[2] ?? 0;
  const d = args[3] ?? 0;
  switch (args.length) {
    case 0:
      return core();
    case 1:
      return core(a);
    case 2:
      return core(a, b);
    case 3:
      return core(a, b, c);
    case 4:
      return core(a, b, c, d);
    default:
      return core(...args);
  }
}
