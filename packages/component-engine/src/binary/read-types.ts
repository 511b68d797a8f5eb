import { invalid, unsupported } from "../errors.js";
import { canonicalLabel, readLabel, twoNamed } from "./names.js";
import type { Reader } from "./reader.js";
import {
  primitiveKinds,
  type Decl,
  type PrimitiveKind,
  type TypeRef,
  type TypeSyntax,
  type ValueTypeSyntax,
} from "./syntax.js";

/** Primitives stand in the order of their opcodes, which go down from here. */
const firstPrimitive = 0x7f;
const errorContext = 0x64;

function primitiveOf(opcode: number): PrimitiveKind | "error-context" | undefined {
  return opcode === errorContext ? "error-context" : primitiveKinds[firstPrimitive - opcode];
}

/** `valtype`: the index of a type, or the opcode of a primitive (a negative number in signed LEB128). */
export function readTypeRef(reader: Reader): TypeRef {
  const byte = reader.peek();
  if ((byte & 0xc0) === 0x40) {
    reader.byte();
    const primitive = primitiveOf(byte);
    if (primitive === undefined) throw reader.unknown("value type", byte);
    return primitive;
  }
  return readIndex(reader);
}

/** An index that is written as a non-negative signed LEB128 number (`s33`). */
function readIndex(reader: Reader): number {
  const index = reader.u32();
  // The highest bit that is written is the sign.
  if (((reader.bytes[reader.offset - 1] ?? 0) & 0x40) !== 0) throw reader.malformed("an index is negative");
  return index;
}

/** Names, each followed by what `read` reads. No two are the same. */
function readNamed<T>(
  reader: Reader,
  what: string,
  read: (reader: Reader) => T,
): { readonly name: string; readonly type: T }[] {
  const seen = new Set<string>();
  const named: { readonly name: string; readonly type: T }[] = [];
  for (let left = reader.count(); left > 0; left--) {
    const name = readLabel(reader, what);
    const key = canonicalLabel(name);
    if (seen.has(key)) throw twoNamed(what, [name], reader.start);
    seen.add(key);
    named.push({ name, type: read(reader) });
  }
  return named;
}

function readLabels(reader: Reader, what: string): string[] {
  const named = readNamed(reader, what, readNothing);
  return some(reader, `type without ${what}s`, named).map((item) => item.name);
}

function readNothing(): undefined {}

/** A list that is not empty. */
function some<T>(reader: Reader, empty: string, items: T[]): T[] {
  if (items.length === 0) throw invalid(`a ${empty}`, reader.start);
  return items;
}

/** Reads a type definition. `readDecl` reads the declarations inside instance and component types. */
export function readType(
  reader: Reader,
  depth: number,
  readDecl: (reader: Reader, inComponent: boolean, depth: number) => Decl,
): TypeSyntax {
  const opcode = reader.byte();
  switch (opcode) {
    case 0x40:
    case 0x43: {
      const params = readNamed(reader, "parameter", readTypeRef);
      const named = reader.flag();
      const result = named ? undefined : readTypeRef(reader);
      if (named) {
        reader.expect(0, "a function type with named results, which the format has no more");
      }
      return { kind: "func", async: opcode === 0x43, params, result };
    }
    case 0x41:
    case 0x42: {
      const inComponent = opcode === 0x41;
      const decls: Decl[] = [];
      for (let left = reader.count(); left > 0; left--) {
        decls.push(readDecl(reader, inComponent, depth + 1));
      }
      return { kind: inComponent ? "component-type" : "instance-type", decls };
    }
    case 0x3f:
    case 0x3e: {
      readRepresentation(reader);
      const dtor = opcode === 0x3f ? reader.optional(readU32) : reader.u32();
      if (opcode === 0x3e) reader.optional(readU32);
      return { kind: "resource", dtor, async: opcode === 0x3e };
    }
    default: {
      const primitive = primitiveOf(opcode);
      if (primitive !== undefined) return { kind: "alias", to: primitive };
      return readCompound(reader, opcode);
    }
  }
}

function readU32(reader: Reader): number {
  return reader.u32();
}

function readPayload(reader: Reader): TypeRef | undefined {
  const type = reader.optional(readTypeRef);
  reader.expect(0, "a case that refines another");
  return type;
}

function readRepresentation(reader: Reader): void {
  const representation = reader.byte();
  if (representation === 0x7e) {
    throw unsupported("a resource whose representation is i64", reader.start);
  }
  if (representation !== 0x7f) throw invalid("a resource whose representation is not i32", reader.start);
}

function readCompound(reader: Reader, opcode: number): ValueTypeSyntax {
  switch (opcode) {
    case 0x72: {
      const fields = readNamed(reader, "field", readTypeRef);
      return { kind: "record", fields: some(reader, "record without fields", fields) };
    }
    case 0x71: {
      const cases = readNamed(reader, "case", readPayload);
      return { kind: "variant", cases: some(reader, "variant without cases", cases) };
    }
    case 0x70:
      return { kind: "list", element: readTypeRef(reader) };
    case 0x67: {
      const element = readTypeRef(reader);
      return { kind: "fixed-list", element, length: reader.u32() };
    }
    case 0x63: {
      const key = readTypeRef(reader);
      return { kind: "map", key, value: readTypeRef(reader) };
    }
    case 0x6f: {
      const items = reader.vec(readTypeRef);
      return { kind: "tuple", items: some(reader, "tuple without items", items) };
    }
    case 0x6e: {
      const labels = readLabels(reader, "flag");
      if (labels.length > 32) throw invalid(`${labels.length} flags: at most 32 fit`, reader.start);
      return { kind: "flags", labels };
    }
    case 0x6d:
      return { kind: "enum", labels: readLabels(reader, "case") };
    case 0x6b:
      return { kind: "option", some: readTypeRef(reader) };
    case 0x6a: {
      const ok = reader.optional(readTypeRef);
      const err = reader.optional(readTypeRef);
      return { kind: "result", ok, err };
    }
    case 0x69:
      return { kind: "own", resource: reader.u32() };
    case 0x68:
      return { kind: "borrow", resource: reader.u32() };
    case 0x66:
    case 0x65: {
      const element = reader.optional(readTypeRef);
      return { kind: opcode === 0x66 ? "stream" : "future", element };
    }
    default:
      throw reader.unknown("type", opcode);
  }
}
