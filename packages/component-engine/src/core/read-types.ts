import type { Reader } from "../binary/reader.js";
import { unsupported, type EngineError } from "../errors.js";
import type { CoreExtern, CoreExternKind, CoreFuncType, CoreLimits, CoreValueType } from "./module-types.js";

export const pageSize = 65_536;
const maxPages = 65_536;

const valueTypes: ReadonlyMap<number, CoreValueType> = new Map([
  [0x7f, "i32"],
  [0x7e, "i64"],
  [0x7d, "f32"],
  [0x7c, "f64"],
  [0x7b, "v128"],
  [0x70, "funcref"],
  [0x6f, "externref"],
  [0x69, "exnref"],
]);
const referenceTypes: ReadonlySet<CoreValueType> = new Set(["funcref", "externref", "exnref"]);
export const externKinds: readonly CoreExternKind[] = ["func", "table", "memory", "global", "tag"];

/** Forms of types that only the GC proposal, or stack switching, has. */
const gcForms = [0x4e, 0x4f, 0x50, 0x5d, 0x5e, 0x5f, 0x65];

/** Reads a function type of a core module. Refuses the types of the GC proposal. */
export function readFuncType(reader: Reader): CoreFuncType {
  const start = reader.offset;
  const form = reader.byte();
  if (form !== 0x60) {
    if (gcForms.includes(form)) {
      throw unsupported("types of the GC proposal in a core module", start);
    }
    throw reader.unknown("core type", form, start);
  }
  const params = reader.vec("core parameters", () => readValueType(reader));
  const results = reader.vec("core results", () => readValueType(reader));
  return { params, results };
}

export function readValueType(reader: Reader): CoreValueType {
  const start = reader.offset;
  const byte = reader.byte();
  const type = valueTypes.get(byte);
  if (type === undefined) throw unknownType(reader, byte, start);
  return type;
}

export function readRefType(reader: Reader): CoreValueType {
  const start = reader.offset;
  const byte = reader.byte();
  const type = valueTypes.get(byte);
  if (type === undefined || !referenceTypes.has(type)) throw unknownType(reader, byte, start);
  return type;
}

function unknownType(reader: Reader, byte: number, start: number): EngineError {
  // 0x62 to 0x75 are the abstract heap types and typed references of the GC and function-references proposals.
  if (byte >= 0x62 && byte <= 0x75) {
    return unsupported("reference types of the GC proposal in a core module", start);
  }
  return reader.unknown("core type", byte, start);
}

/** The limits of a table or memory, in entries or pages. */
export function readLimits(reader: Reader, what: "table" | "memory"): CoreLimits {
  const start = reader.offset;
  const flags = reader.byte();
  const refuse = (feature: string): EngineError => unsupported(feature, start);
  if ((flags & 0x02) !== 0) throw refuse(`a shared ${what}`);
  if ((flags & 0x04) !== 0) throw refuse(`a 64-bit ${what}`);
  if ((flags & 0x08) !== 0) throw refuse(`a ${what} with a page size of its own`);
  if (flags > 1) throw reader.unknown("limits", flags, start);
  const minimum = reader.u32();
  const maximum = flags === 1 ? reader.u32() : undefined;
  if (maximum !== undefined && maximum < minimum) {
    throw reader.invalid(`the maximum of a ${what}, ${maximum}, is below its minimum, ${minimum}`, start);
  }
  if (what === "memory" && Math.max(minimum, maximum ?? 0) > maxPages) {
    throw reader.invalid(`a memory has at most ${maxPages} pages`, start);
  }
  return { minimum, maximum };
}

/** The type of an import, or of an export in a module type. `typeAt` finds the signature with an index. */
export function readCoreExtern(
  reader: Reader,
  typeAt: (index: number, offset: number) => CoreFuncType,
): CoreExtern {
  const start = reader.offset;
  const byte = reader.byte();
  if (byte === 0x20) throw unsupported("exact function types", start);
  const kind = externKinds[byte];
  switch (kind) {
    case "func":
      return { kind, type: readSignature(reader, typeAt) };
    case "tag": {
      const attribute = reader.byte();
      if (attribute !== 0) throw reader.malformed("a tag whose attribute is not 0", start);
      const type = readSignature(reader, typeAt);
      if (type.results.length > 0) throw reader.invalid("a tag with results", start);
      return { kind, type };
    }
    case "table": {
      const element = readRefType(reader);
      return { kind, type: undefined, element, limits: readLimits(reader, kind) };
    }
    case "memory":
      return { kind, type: undefined, limits: readLimits(reader, kind) };
    case "global":
      return { kind, type: undefined, ...readGlobalType(reader) };
    default:
      throw reader.unknown("kind of a core import or export", byte, start);
  }
}

function readSignature(
  reader: Reader,
  typeAt: (index: number, offset: number) => CoreFuncType,
): CoreFuncType {
  const start = reader.offset;
  return typeAt(reader.u32(), start);
}

export function readGlobalType(reader: Reader): { readonly value: CoreValueType; readonly mutable: boolean } {
  const value = readValueType(reader);
  const start = reader.offset;
  const mutability = reader.byte();
  if ((mutability & 0x02) !== 0) {
    throw unsupported("a shared global", start);
  }
  if (mutability > 1) throw reader.malformed("the mutability of a global must be 0 or 1", start);
  return { value, mutable: mutability === 1 };
}
