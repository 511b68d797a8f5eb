import { quoteName } from "../binary/names.js";
import { EngineError } from "../errors.js";

export function invalid(message: string, offset: number): EngineError {
  return new EngineError("invalid", message, { offset });
}

export function requireNewKey(map: ReadonlyMap<string, unknown>, name: string, offset: number): void {
  if (map.has(name)) throw invalid(`the name ${quoteName(name)} is used twice`, offset);
}
