import { unsupported } from "../errors.js";
import { canonicalLabel, quoteName, readLabel } from "./names.js";
import type { Reader } from "./reader.js";
import type { CaseRef, LabelledRef, PrimitiveKind, TypeRef, TypeSyntax, ValueTypeSyntax } from "./syntax.js";
import type { Decl } from "./syntax.js";

const primitiveByOpcode: ReadonlyMap<number, PrimitiveKind | "error-context"> = new Map([
  [0x7f, "bool"],
  [0x7e, "s8"],
  [0x7d, "u8"],
  [0x7c, "s16"],
  [0x7b, "u16"],
  [0x7a, "s32"],
  [0x79, "u32"],
  [0x78, "s64"],
  [0x77, "u64"],
  [0x76, "f32"],
  [0x75, "f64"],
  [0x74, "char"],
  [0x73, "string"],
  [0x64, "error-context"],
]);

/** `valtype`: the index of a type, or the opcode of a primitive (a negative number in signed LEB128). */
export function readTypeRef(reader: Reader): TypeRef {
  const start = reader.offset;
  const byte = reader.peek();
  if ((byte & 0xc0) === 0x40) {
    reader.byte();
    const primitive = primitiveByOpcode.get(byte);
    if (primitive === undefined) throw reader.unknown("value type", byte, start);
    return primitive;
  }
  return readIndex(reader);
}

/** An index that is written as a non-negative signed LEB128 number (`s33`). */
function readIndex(reader: Reader): number {
  const start = reader.offset;
  let value = 0;
  for (let shift = 0; shift < 35; shift += 7) {
    const byte = reader.byte();
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) {
      if ((byte & 0x40) !== 0 || value > 0xffffffff) break;
      return value;
    }
  }
  throw reader.malformed("this is no valid index", start);
}

function readLabelled(reader: Reader, what: string): LabelledRef[] {
  const labelled = reader.vec(`${what}s`, () => ({
    name: readLabel(reader, `the name of a ${what}`),
    type: readTypeRef(reader),
  }));
  requireUnique(reader, labelled, what);
  return labelled;
}

function readLabels(reader: Reader, what: string): string[] {
  const labels = reader.vec(`${what}s`, () => readLabel(reader, `the name of a ${what}`));
  requireUnique(
    reader,
    labels.map((name) => ({ name })),
    what,
  );
  if (labels.length === 0) throw reader.invalid(`a type without ${what}s`);
  return labels;
}

function requireUnique(reader: Reader, named: readonly { readonly name: string }[], what: string): void {
  const seen = new Set<string>();
  for (const { name } of named) {
    const key = canonicalLabel(name);
    if (seen.has(key)) throw reader.invalid(`two ${what}s are named ${quoteName(name)}`);
    seen.add(key);
  }
}

/** Reads a type definition. `readDecl` reads the declarations inside instance and component types. */
export function readType(
  reader: Reader,
  depth: number,
  readDecl: (reader: Reader, inComponent: boolean, depth: number) => Decl,
): TypeSyntax {
  const offset = reader.offset;
  const opcode = reader.byte();
  switch (opcode) {
    case 0x40:
    case 0x43: {
      const params = readLabelled(reader, "parameter");
      const form = reader.byte();
      let result: TypeRef | undefined;
      if (form === 0) result = readTypeRef(reader);
      else if (form !== 1 || reader.byte() !== 0) {
        throw reader.malformed("a function type with named results, which are no longer part of the format");
      }
      return { kind: "func", async: opcode === 0x43, params, result, offset };
    }
    case 0x41:
    case 0x42: {
      const inComponent = opcode === 0x41;
      const decls = reader.vec("declarations", () => readDecl(reader, inComponent, depth + 1));
      return { kind: inComponent ? "component-type" : "instance-type", decls, offset };
    }
    case 0x3f:
    case 0x3e: {
      readRepresentation(reader, offset);
      const dtor = opcode === 0x3f ? reader.optional(() => reader.u32()) : reader.u32();
      if (opcode === 0x3e) reader.optional(() => reader.u32());
      return { kind: "resource", dtor, async: opcode === 0x3e, offset };
    }
    default: {
      const primitive = primitiveByOpcode.get(opcode);
      if (primitive !== undefined) return { kind: "alias", to: primitive, offset };
      return { ...readCompound(reader, opcode, offset), offset };
    }
  }
}

function readRepresentation(reader: Reader, offset: number): void {
  const representation = reader.byte();
  if (representation === 0x7e) {
    throw unsupported("resources represented by i64", offset);
  }
  if (representation !== 0x7f) throw reader.invalid("a resource whose representation is not i32", offset);
}

function readCompound(reader: Reader, opcode: number, offset: number): ValueTypeSyntax {
  switch (opcode) {
    case 0x72: {
      const fields = readLabelled(reader, "field");
      if (fields.length === 0) throw reader.invalid("a record without fields", offset);
      return { kind: "record", fields };
    }
    case 0x71: {
      const cases: CaseRef[] = reader.vec("cases", () => {
        const name = readLabel(reader, "the name of a case");
        const type = reader.optional(() => readTypeRef(reader));
        if (reader.byte() !== 0) throw reader.malformed("a case that refines another");
        return { name, type };
      });
      if (cases.length === 0) throw reader.invalid("a variant without cases", offset);
      requireUnique(reader, cases, "case");
      return { kind: "variant", cases };
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
      const items = reader.vec("items of a tuple", () => readTypeRef(reader));
      if (items.length === 0) throw reader.invalid("a tuple without items", offset);
      return { kind: "tuple", items };
    }
    case 0x6e: {
      const labels = readLabels(reader, "flag");
      if (labels.length > 32) throw reader.invalid(`${labels.length} flags: at most 32 are allowed`, offset);
      return { kind: "flags", labels };
    }
    case 0x6d:
      return { kind: "enum", labels: readLabels(reader, "case") };
    case 0x6b:
      return { kind: "option", some: readTypeRef(reader) };
    case 0x6a: {
      const ok = reader.optional(() => readTypeRef(reader));
      const err = reader.optional(() => readTypeRef(reader));
      return { kind: "result", ok, err };
    }
    case 0x69:
      return { kind: "own", resource: reader.u32() };
    case 0x68:
      return { kind: "borrow", resource: reader.u32() };
    case 0x66:
    case 0x65: {
      const element = reader.optional(() => readTypeRef(reader));
      return { kind: opcode === 0x66 ? "stream" : "future", element };
    }
    default:
      throw reader.unknown("type", opcode, offset);
  }
}
