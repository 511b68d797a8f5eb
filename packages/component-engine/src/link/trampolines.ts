import { liftRowOf, lowerFlatOf } from "../abi/flat.js";
import type { CoreFunction, CoreValue, Guest } from "../abi/guest.js";
import { loadRowOf } from "../abi/load.js";
import { storeOf } from "../abi/store.js";
import { expected, guestError, ValueError, valueErrorOf } from "../abi/value-error.js";
import { ResultError, type EngineError } from "../errors.js";
import { funcLayoutOf, layoutOf } from "../types/layout.js";
import type { FuncType, ValueType } from "../types/value-types.js";
import { failure, guestFailure, isA, isStackOverflow, messageOf } from "./failure.js";
import type { HostCallable } from "./host-class.js";
import type { InstanceState } from "./instance-state.js";

/** A component function as another component, or the host's import, is called: a top-level result is `{tag, val}`. */
export type ComponentCall = (args: unknown[]) => unknown;

/** Wraps a host import. An error of its `result` becomes a value; whatever else it throws ends the instance. */
export function hostImport(
  state: InstanceState,
  func: HostCallable,
  type: FuncType,
  name: string,
): ComponentCall {
  const { result } = type;
  const fallible = result?.kind === "result";
  const wanted = fallible ? result.ok : result;
  return (args) => {
    let answer: unknown;
    try {
      answer = func(...args);
    } catch (thrown) {
      if (fallible && isA(thrown, ResultError)) return { tag: "err", val: thrown.payload };
      throw state.poison(failure("import-failed", `the import ${name} threw: ${messageOf(thrown)}`, thrown));
    }
    if (typeof answer === "object") refusePromise(answer, wanted);
    return fallible ? { tag: "ok", val: answer } : answer;
  };
}

/** A promise fits no type. Nobody waits for it, so nobody would hear that it failed. */
function refusePromise(answer: unknown, wanted: ValueType | undefined): void {
  if (!isA(answer, Promise)) return;
  answer.catch(() => undefined);
  throw expected(wanted === undefined ? "nothing" : `a value of ${wanted.kind}`, answer);
}

/** The core function that `canon lower` makes: the guest calls it with core values. */
export function lowered(guest: Guest, type: FuncType, call: ComponentCall, name: string): CoreFunction {
  const { state, instance, host } = guest;
  // Made at the first call: most of what a component imports is never called.
  let liftArgs: LiftArgs | undefined;
  let lowerResult: LowerResult | undefined;
  return (...core) => {
    if (state.dead) throw state.deadError();
    let lowering = false;
    try {
      if (!instance.mayLeave) throw guestError(`${name} was called from realloc or post-return`);
      const loans = instance.loans;
      guest.beginLift();
      liftArgs ??= makeLiftArgs(type);
      lowerResult ??= makeLowerResult(type);
      const result = call(liftArgs(guest, core));
      guest.refresh();
      lowering = true;
      const returned = lowerResult(guest, result, core);
      host?.commit();
      instance.endLoans(loans);
      return returned;
    } catch (thrown) {
      // Poisoned here, not only at the export: a guest that catches exceptions must not go on.
      const lived = !state.dead;
      state.dead = true;
      const wrongValue = (lowering && lived) || isA(thrown, ValueError);
      throw state.poison(
        wrongValue && !isStackOverflow(thrown) ? badImportValue(name, thrown) : guestFailure(thrown, name),
      );
    }
  };
}

/** The host answered with a value that does not fit, or that threw when it was looked at. */
function badImportValue(name: string, thrown: unknown): EngineError {
  const found = valueErrorOf(thrown);
  return failure(
    "bad-import-value",
    `the import ${name} answered with a wrong value: ${found.describe()}`,
    found.cause,
  );
}

type LiftArgs = (guest: Guest, core: readonly CoreValue[]) => unknown[];
type LowerResult = (guest: Guest, result: unknown, core: readonly CoreValue[]) => CoreValue | undefined;

function makeLiftArgs(type: FuncType): LiftArgs {
  const { params, flatParams, spilledParams } = funcLayoutOf(type);
  if (!spilledParams) return liftRowOf(type.params, flatParams, 0);
  const { size, alignment, offsets } = params;
  const load = loadRowOf(type.params, offsets);
  return (guest, core) => {
    const pointer = Number(core[0]) >>> 0;
    guest.check(pointer, size, alignment, "arguments");
    return load(guest, pointer);
  };
}

function makeLowerResult(type: FuncType): LowerResult {
  const { result } = type;
  if (result === undefined) return () => undefined;
  const layout = funcLayoutOf(type);
  if (!layout.spilledResult) {
    const lower = lowerFlatOf(result, layout.flatResults, 0);
    return (guest, value) => {
      const out: CoreValue[] = [];
      lower(guest, value, out);
      return out[0];
    };
  }
  const store = storeOf(result);
  const { size, alignment } = layoutOf(result);
  const position = layout.spilledParams ? 1 : layout.flatParams.length;
  return (guest, value, core) => {
    const pointer = Number(core[position]) >>> 0;
    guest.check(pointer, size, alignment, "the place for a result");
    store(guest, value, pointer);
    return undefined;
  };
}
