import { refuseExact } from "../core/read-types.js";
import { unsupported, EngineError } from "../errors.js";
import { requireWithin, type EngineLimits } from "../limits.js";
import { readExternName } from "./names.js";
import { readCanon } from "./read-canon.js";
import { readCoreType } from "./read-core-types.js";
import { readType } from "./read-types.js";
import { Reader } from "./reader.js";
import type {
  ComponentSyntax,
  CoreSort,
  CustomSection,
  Decl,
  Definition,
  ExternDesc,
  ExternSortIndex,
  NamedSortIndex,
  Sort,
  SortIndex,
} from "./syntax.js";

const magic = [0, 97, 115, 109];

/** Reads a whole component, nested ones included. Resolves nothing. Throws {@link EngineError}. */
export function readComponent(bytes: Uint8Array, limits: EngineLimits): ComponentSyntax {
  const reader = new Reader(bytes, limits);
  return readBody(reader, 0);
}

function readBody(reader: Reader, depth: number): ComponentSyntax {
  const offset = reader.offset;
  requireWithin(reader.limits, "maxDepth", depth, "components are nested too deep", offset);
  readPreamble(reader);
  const definitions: Definition[] = [];
  const customSections: CustomSection[] = [];
  for (let next = reader.section(sectionName); next !== undefined; next = reader.section(sectionName)) {
    const { id, start, body } = next;
    readSection(id, body, definitions, customSections, depth, start);
    if (!body.done) throw body.malformed(`${body.end - body.offset} bytes left over`, body.offset);
  }
  return { offset, definitions, customSections };
}

function readPreamble(reader: Reader): void {
  const { offset } = reader;
  const head = reader.bytes.subarray(offset, Math.min(offset + 8, reader.end));
  if (reader.done || magic.some((byte, i) => byte !== (head[i] ?? byte))) {
    throw new EngineError("not-a-component", "this is no WebAssembly: \\0asm is missing", {
      offset,
    });
  }
  reader.take(8);
  const version = head.subarray(magic.length).join();
  if (version === "1,0,0,0") {
    throw new EngineError(
      "not-a-component",
      "this is a core module: make a component of it (wasm-tools component new)",
      { offset },
    );
  }
  if (version !== "13,0,1,0") {
    throw reader.malformed(`version ${version} of the format is not known (13,0,1,0 is)`, offset + 4);
  }
}

const sectionNames = [
  "custom section",
  "core module",
  "core instances",
  "core types",
  "component",
  "instances",
  "aliases",
  "types",
  "canonical definitions",
  "start section",
  "imports",
  "exports",
  "value section",
];

function readSection(
  id: number,
  reader: Reader,
  definitions: Definition[],
  customSections: CustomSection[],
  depth: number,
  start: number,
): void {
  const { offset, end } = reader;
  switch (id) {
    case 0:
      customSections.push({ name: reader.name(), bytes: reader.take(end - reader.offset) });
      return;
    case 1:
      definitions.push({ kind: "core-module", start: offset, end, offset });
      reader.skip(end - offset);
      return;
    case 4:
      definitions.push({ kind: "component", component: readBody(reader, depth + 1), offset: start });
      return;
    case 9:
    case 12:
      reader.skip(end - offset);
      definitions.push({ kind: id === 9 ? "start" : "value", offset: start });
      return;
    default:
      if (sectionNames[id] === undefined) throw reader.malformed("a component has no such section", start);
      for (let left = reader.count(); left > 0; left--) {
        definitions.push(readDefinition(id, reader, depth));
      }
  }
}

/** Reads an item of a section that is a list. */
function readDefinition(id: number, reader: Reader, depth: number): Definition {
  const { offset } = reader;
  switch (id) {
    case 2:
      return readCoreInstance(reader, offset);
    case 3:
      return { kind: "core-type", type: readCoreType(reader, depth), offset };
    case 5:
      return readInstance(reader, offset);
    case 6:
      return readAlias(reader, offset);
    case 7:
      return readTypeDefinition(reader, depth);
    case 8:
      return { kind: "canon", canon: readCanon(reader), offset };
    case 10:
      return readDescribed(reader, "import", offset);
    default: {
      // 11: there is no other.
      const extern = readExternName(reader);
      const target = readSortIndex(reader);
      const ascribed = reader.optional(readExternDesc);
      return { kind: "export", name: extern.name, extern, target, ascribed, offset };
    }
  }
}

function sectionName(id: number): string {
  return sectionNames[id] ?? `section ${id}`;
}

/** The name and the type of an import, or of an export in a type. */
function readDescribed(reader: Reader, kind: "import" | "export-decl", offset: number): Definition {
  const extern = readExternName(reader);
  return { kind, name: extern.name, extern, desc: readExternDesc(reader), offset };
}

function readCoreInstance(reader: Reader, offset: number): Definition {
  if (!reader.flag("core instance")) {
    const module = reader.u32();
    const args = reader.vec(readCoreArgument);
    return { kind: "core-instantiate", module, args, offset };
  }
  const exports = reader.vec(readCoreItem);
  return { kind: "core-inline-instance", exports, offset };
}

function readCoreArgument(reader: Reader): { readonly name: string; readonly instance: number } {
  const name = reader.name();
  reader.expect(0x12, "only instances can be arguments of a core instance");
  return { name, instance: reader.u32() };
}

function readCoreItem(reader: Reader): NamedSortIndex {
  return { name: reader.name(), sort: readCoreSort(reader), index: reader.u32() };
}

function readInstance(reader: Reader, offset: number): Definition {
  if (!reader.flag("instance")) {
    const component = reader.u32();
    const args = reader.vec(readArgument);
    return { kind: "instantiate", component, args, offset };
  }
  const exports = reader.vec(readItem);
  return { kind: "inline-instance", exports, offset };
}

function readArgument(reader: Reader): NamedSortIndex {
  return { name: reader.name(), sort: readSort(reader), index: reader.u32() };
}

function readItem(reader: Reader): ExternSortIndex {
  const extern = readExternName(reader);
  return { name: extern.name, extern, sort: readSort(reader), index: reader.u32() };
}

function readAlias(reader: Reader, offset: number): Definition {
  const sort = readSort(reader);
  const target = reader.byte();
  switch (target) {
    case 0:
      return { kind: "alias-export", sort, instance: reader.u32(), name: reader.name(), offset };
    case 1: {
      if (!isCoreSort(sort)) throw reader.malformed("a core export can only be aliased as a core sort");
      return { kind: "alias-core-export", sort, instance: reader.u32(), name: reader.name(), offset };
    }
    case 2:
      return { kind: "alias-outer", sort, count: reader.u32(), index: reader.u32(), offset };
    default:
      throw reader.unknown("target of an alias", target);
  }
}

function readTypeDefinition(reader: Reader, depth: number): Definition {
  const { offset } = reader;
  return { kind: "type", type: readType(reader, depth, readDecl), offset };
}

/** A declaration in an instance type, or in a component type, which can also have imports. */
function readDecl(reader: Reader, inComponent: boolean, depth: number): Decl {
  const offset = reader.offset;
  requireWithin(reader.limits, "maxDepth", depth, "types are nested too deep", offset);
  const form = reader.byte();
  switch (form) {
    case 0x00:
      return { kind: "core-type", type: readCoreType(reader, depth + 1), offset };
    case 0x01:
      return readTypeDefinition(reader, depth);
    case 0x02:
      return readAlias(reader, offset);
    case 0x03:
      if (!inComponent) break;
      return readDescribed(reader, "import", offset);
    case 0x04:
      return readDescribed(reader, "export-decl", offset);
    default:
      break;
  }
  throw reader.unknown("declaration here", form);
}

function readExternDesc(reader: Reader): ExternDesc {
  const sort = readSort(reader);
  switch (sort) {
    case "core-module":
    case "func":
    case "component":
    case "instance":
      return { kind: sort, index: reader.u32() };
    case "type":
      return reader.flag("bound of a type")
        ? { kind: "type-resource" }
        : { kind: "type-eq", index: reader.u32() };
    case "value":
      throw unsupported("values", reader.start);
    default:
      throw reader.malformed("of core sorts only modules can be imported");
  }
}

function readSortIndex(reader: Reader): SortIndex {
  return { sort: readSort(reader), index: reader.u32() };
}

const sorts = ["core", "func", "value", "type", "component", "instance"] as const;

function readSort(reader: Reader): Sort {
  const sort = reader.oneOf("sort", sorts);
  return sort === "core" ? readCoreSort(reader) : sort;
}

const coreSorts: Readonly<Record<number, CoreSort>> = {
  0x00: "core-func",
  0x01: "core-table",
  0x02: "core-memory",
  0x03: "core-global",
  0x04: "core-tag",
  0x10: "core-type",
  0x11: "core-module",
  0x12: "core-instance",
};

function readCoreSort(reader: Reader): CoreSort {
  refuseExact(reader);
  return reader.oneOf("core sort", coreSorts);
}

function isCoreSort(sort: Sort): sort is CoreSort {
  return sort.startsWith("core-");
}
