import type { Reader } from "../binary/reader.js";
import type { CoreExternSyntax } from "../binary/syntax.js";
import { invalid, unsupported, type EngineError } from "../errors.js";
import type {
  CoreExtern,
  CoreExternKind,
  CoreFuncType,
  CoreLimits,
  CoreMemory,
  CoreTable,
  CoreValueType,
} from "./module-types.js";

export const pageSize = 65_536;
export const maxPages = 65_536;

const valueTypes: { readonly [byte: number]: CoreValueType } = {
  0x7f: "i32",
  0x7e: "i64",
  0x7d: "f32",
  0x7c: "f64",
  0x7b: "v128",
  0x70: "funcref",
  0x6f: "externref",
  0x69: "exnref",
};
const externKinds: readonly CoreExternKind[] = ["func", "table", "memory", "global", "tag"];

/** Forms of types that only the GC proposal, or stack switching, has. */
const gcForms = [0x4e, 0x4f, 0x50, 0x5d, 0x5e, 0x5f, 0x65];

/** Reads a function type of a core module. Refuses the types of the GC proposal. */
export function readFuncType(reader: Reader): CoreFuncType {
  const form = reader.byte();
  if (form !== 0x60) {
    if (gcForms.includes(form)) {
      throw unsupported("types of the GC proposal in a core module", reader.start);
    }
    throw reader.unknown("core type", form);
  }
  const params = reader.vec(readValueType);
  return { params, results: reader.vec(readValueType) };
}

export function readValueType(reader: Reader): CoreValueType {
  const byte = reader.byte();
  const type = valueTypes[byte];
  if (type === undefined) throw unknownType(reader, byte);
  return type;
}

function readRefType(reader: Reader): CoreValueType {
  const byte = reader.peek();
  const type = readValueType(reader);
  if (!type.endsWith("ref")) throw unknownType(reader, byte);
  return type;
}

function unknownType(reader: Reader, byte: number): EngineError {
  // 0x62 to 0x75 are the abstract heap types and typed references of the GC and function-references proposals.
  if (byte >= 0x62 && byte <= 0x75) {
    return unsupported("types of the GC proposal in a core module", reader.start);
  }
  return reader.unknown("core type", byte);
}

/** The limits of a table or memory, in entries or pages. */
function readLimits(reader: Reader, what: "table" | "memory"): CoreLimits {
  const flags = reader.byte();
  const { start } = reader;
  if ((flags & 0x02) !== 0) throw unsupported(`a shared ${what}`, start);
  if ((flags & 0x04) !== 0) throw unsupported(`a 64-bit ${what}`, start);
  if ((flags & 0x08) !== 0) throw unsupported(`a ${what} with a page size of its own`, start);
  if (flags > 1) throw reader.unknown("limits", flags);
  const minimum = reader.u32();
  const maximum = flags === 1 ? reader.u32() : undefined;
  if (maximum !== undefined && maximum < minimum) {
    throw invalid(`a ${what} of at least ${minimum} and at most ${maximum}`, start);
  }
  if (what === "memory" && Math.max(minimum, maximum ?? 0) > maxPages) {
    throw invalid(`a memory has at most ${maxPages} pages`, start);
  }
  return { minimum, maximum };
}

/** What a core module imports or exports. */
export function readCoreKind(reader: Reader): CoreExternKind {
  refuseExact(reader);
  return reader.oneOf("kind of a core import or export", externKinds);
}

export function refuseExact(reader: Reader): void {
  if (reader.peek() === 0x20) throw unsupported("exact function types", reader.start);
}

/** The type of an import, or of an export in a module type. */
export function readCoreExtern(reader: Reader): CoreExternSyntax {
  const kind = readCoreKind(reader);
  switch (kind) {
    case "func":
      return { kind, index: reader.u32() };
    case "tag":
      return { kind, index: readTag(reader) };
    case "table":
    case "memory":
      return readLimited(reader, kind);
    default:
      return readGlobalType(reader);
  }
}

/** The type of a table or memory. */
export function readLimited(reader: Reader, kind: "table" | "memory"): CoreTable | CoreMemory {
  return kind === "table"
    ? { kind, type: undefined, element: readRefType(reader), limits: readLimits(reader, kind) }
    : { kind, type: undefined, limits: readLimits(reader, kind) };
}

/** The index of a tag's type, after its attribute. */
export function readTag(reader: Reader): number {
  reader.expect(0, "a tag whose attribute is not 0");
  return reader.u32();
}

export function readGlobalType(reader: Reader): CoreExtern {
  const value = readValueType(reader);
  if ((reader.peek() & 0x02) !== 0) throw unsupported("a shared global", reader.start);
  return { kind: "global", type: undefined, value, mutable: reader.flag("mutability of a global") };
}
