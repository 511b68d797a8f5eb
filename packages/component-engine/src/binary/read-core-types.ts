import { unsupported } from "../errors.js";
import { readCoreExtern, readFuncType } from "../core/read-types.js";
import { limitError } from "../limits.js";
import type { Reader } from "./reader.js";
import type { CoreModuleDecl, CoreTypeSyntax } from "./syntax.js";

/** Reads a core type of a component: a function type, or the type of a core module. */
export function readCoreType(reader: Reader, depth: number): CoreTypeSyntax {
  const start = reader.offset;
  if (depth > reader.limits.maxDepth) {
    throw limitError("maxDepth", reader.limits, "types are nested too deep", start);
  }
  const form = reader.peek();
  if (form === 0x60) return { kind: "func", type: readFuncType(reader) };
  if (form !== 0x50) {
    // 0x00 stands before a type that can have subtypes.
    if (form !== 0x00) readFuncType(reader);
    throw unsupported("core types of the GC proposal", start);
  }
  reader.byte();
  return { kind: "module", decls: reader.vec("declarations", () => readModuleDecl(reader)) };
}

function readModuleDecl(reader: Reader): CoreModuleDecl {
  const offset = reader.offset;
  const extern = (): Pick<Extract<CoreModuleDecl, { kind: "export" }>, "extern"> => {
    let index: number | undefined;
    // Signatures are looked up where the module type is evaluated.
    const read = readCoreExtern(reader, (at) => {
      index = at;
      return { params: [], results: [] };
    });
    if ((read.kind === "func" || read.kind === "tag") && index !== undefined) {
      return { extern: { kind: read.kind, index } };
    }
    return { extern: read };
  };
  const form = reader.byte();
  switch (form) {
    case 0x00: {
      const module = reader.name();
      const name = reader.name();
      return { kind: "import", module, name, ...extern(), offset };
    }
    case 0x01:
      return { kind: "type", type: readFuncType(reader), offset };
    case 0x02: {
      if (reader.byte() !== 0x10 || reader.byte() !== 0x01) {
        throw reader.malformed("only types of outer components can be aliased in a module type", offset);
      }
      const count = reader.u32();
      return { kind: "alias-outer", count, index: reader.u32(), offset };
    }
    case 0x03: {
      const name = reader.name();
      return { kind: "export", name, ...extern(), offset };
    }
    default:
      throw reader.unknown("declaration of a module type", form, offset);
  }
}
