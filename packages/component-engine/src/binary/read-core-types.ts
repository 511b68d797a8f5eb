import { EngineError } from "../errors.js";
import type { Reader } from "./reader.js";

/** Reads past a core type in a component. Function types are all that is known; module types have no use without module imports. */
export function skipCoreType(reader: Reader): void {
  const start = reader.offset;
  const form = reader.byte("a core type");
  if (form === 0x60) {
    reader.vec("core parameters", () => reader.byte("a core value type"));
    reader.vec("core results", () => reader.byte("a core value type"));
    return;
  }
  const what = form === 0x50 ? "core module types" : `core types of form 0x${form.toString(16)}`;
  throw new EngineError("unsupported", what, { offset: start });
}
