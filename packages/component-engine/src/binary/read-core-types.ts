import { unsupported } from "../errors.js";
import { readCoreExtern, readFuncType } from "../core/read-types.js";
import { requireWithin } from "../limits.js";
import type { Reader } from "./reader.js";
import type { CoreModuleDecl, CoreTypeSyntax } from "./syntax.js";

/** Reads a core type of a component: a function type, or the type of a core module. */
export function readCoreType(reader: Reader, depth: number): CoreTypeSyntax {
  const start = reader.offset;
  requireWithin(reader.limits, "maxDepth", depth, "types are nested too deep", start);
  const form = reader.peek();
  if (form === 0x60) return { kind: "func", type: readFuncType(reader) };
  if (form !== 0x50) {
    // 0x00 stands before a type that can have subtypes.
    if (form !== 0x00) readFuncType(reader);
    throw unsupported("core types of the GC proposal", start);
  }
  reader.byte();
  return { kind: "module", decls: reader.vec(readModuleDecl) };
}

function readModuleDecl(reader: Reader): CoreModuleDecl {
  const offset = reader.offset;
  const form = reader.byte();
  switch (form) {
    case 0x00: {
      const module = reader.name();
      const name = reader.name();
      return { kind: "import", module, name, extern: readCoreExtern(reader), offset };
    }
    case 0x01:
      return { kind: "type", type: readFuncType(reader), offset };
    case 0x02:
      for (const byte of [0x10, 0x01]) {
        reader.expect(byte, "only types of outer components can be aliased in a module type");
      }
      return { kind: "alias-outer", count: reader.u32(), index: reader.u32(), offset };
    case 0x03: {
      const name = reader.name();
      return { kind: "export", name, extern: readCoreExtern(reader), offset };
    }
    default:
      throw reader.unknown("declaration of a module type", form, offset);
  }
}
