import { isObject } from "./failure.js";

/** `Symbol.dispose`; where the platform has none yet, the symbol that jco's hosts use. */
export const disposeSymbol: symbol = Symbol.dispose ?? Symbol.for("dispose");

/** Calls what the host's value has to say when it is dropped, if it has anything to say. */
export function disposeOf(value: unknown): unknown {
  if (!isObject(value)) return undefined;
  for (const symbol of [disposeSymbol, Symbol.for("dispose")]) {
    const method: unknown = Reflect.get(value, symbol);
    if (typeof method === "function") return Reflect.apply(method, value, []);
  }
  return undefined;
}
