import { EngineError } from "../errors.js";
import { limitError, type EngineLimits } from "../limits.js";
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

const magic = [0x00, 0x61, 0x73, 0x6d];
const componentVersion = [0x0d, 0x00, 0x01, 0x00];
const coreVersion = [0x01, 0x00, 0x00, 0x00];

/** Reads a whole component, nested ones included. Resolves nothing. Throws {@link EngineError}. */
export function readComponent(bytes: Uint8Array, limits: EngineLimits): ComponentSyntax {
  const reader = new Reader(bytes, limits);
  return readBody(reader, 0);
}

function readBody(reader: Reader, depth: number): ComponentSyntax {
  const offset = reader.offset;
  if (depth > reader.limits.maxDepth) {
    throw limitError("maxDepth", reader.limits, "components are nested too deep", offset);
  }
  readPreamble(reader);
  const definitions: Definition[] = [];
  const customSections: CustomSection[] = [];
  while (!reader.done) {
    const start = reader.offset;
    reader.budget.items -= 1;
    if (reader.budget.items < 0)
      throw limitError("maxDefinitions", reader.limits, "too many sections", start);
    const id = reader.byte("a section");
    const size = reader.u32("the size of a section");
    const section = reader.slice(size, `section ${id}`);
    readSection(id, section, definitions, customSections, depth, start);
    if (!section.done)
      throw section.malformed(`section ${id} has ${section.end - section.offset} bytes left over`);
  }
  return { offset, definitions, customSections };
}

function readPreamble(reader: Reader): void {
  const start = reader.offset;
  const preamble = reader.bytes.subarray(start, Math.min(start + 8, reader.end));
  if (magic.some((byte, i) => i < preamble.length && preamble[i] !== byte) || preamble.length === 0) {
    throw new EngineError("not-a-component", "this is no WebAssembly: the first bytes are not \\0asm", {
      offset: start,
    });
  }
  reader.take(8, "the preamble of a component");
  if (componentVersion.every((byte, i) => preamble[4 + i] === byte)) return;
  if (coreVersion.every((byte, i) => preamble[4 + i] === byte)) {
    throw new EngineError(
      "not-a-component",
      "this is a core WebAssembly module, not a component: make a component of it (wasm-tools component new)",
      { offset: start },
    );
  }
  const hex = [...preamble.subarray(4)].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
  throw new EngineError("malformed", `version ${hex} of the component format is not known (0d 00 01 00 is)`, {
    offset: start + 4,
  });
}

function readSection(
  id: number,
  reader: Reader,
  definitions: Definition[],
  customSections: CustomSection[],
  depth: number,
  start: number,
): void {
  const each = (what: string, read: (offset: number) => Definition): void => {
    reader.vec(what, () => definitions.push(read(reader.offset)));
  };
  switch (id) {
    case 0: {
      const name = reader.name("the name of a custom section");
      customSections.push({ name, bytes: reader.take(reader.end - reader.offset, "a custom section") });
      return;
    }
    case 1:
      definitions.push({ kind: "core-module", start: reader.offset, end: reader.end, offset: reader.offset });
      reader.take(reader.end - reader.offset, "a core module");
      return;
    case 2:
      each("core instances", (offset) => readCoreInstance(reader, offset));
      return;
    case 3:
      each("core types", (offset) => ({ kind: "core-type", type: readCoreType(reader, depth), offset }));
      return;
    case 4:
      definitions.push({ kind: "component", component: readBody(reader, depth + 1), offset: start });
      return;
    case 5:
      each("instances", (offset) => readInstance(reader, offset));
      return;
    case 6:
      each("aliases", (offset) => readAlias(reader, offset));
      return;
    case 7:
      each("types", (offset) => ({ kind: "type", type: readType(reader, depth, readDecl), offset }));
      return;
    case 8:
      each("canonical definitions", (offset) => ({ kind: "canon", canon: readCanon(reader), offset }));
      return;
    case 9:
      reader.take(reader.end - reader.offset, "a start section");
      definitions.push({ kind: "start", offset: start });
      return;
    case 10:
      each("imports", (offset) => {
        const extern = readExternName(reader, "the name of an import");
        return { kind: "import", name: extern.name, extern, desc: readExternDesc(reader), offset };
      });
      return;
    case 11:
      each("exports", (offset) => {
        const extern = readExternName(reader, "the name of an export");
        const target = readSortIndex(reader);
        const ascribed = reader.optional("the type of an export", () => readExternDesc(reader));
        return { kind: "export", name: extern.name, extern, target, ascribed, offset };
      });
      return;
    case 12:
      reader.take(reader.end - reader.offset, "a value section");
      definitions.push({ kind: "value", offset: start });
      return;
    default:
      throw reader.malformed(`${id} is no section of a component`, start);
  }
}

function readCoreInstance(reader: Reader, offset: number): Definition {
  const form = reader.byte("a core instance");
  if (form === 0) {
    const module = reader.u32("a core module");
    const args = reader.vec("arguments of a core instance", () => {
      const name = reader.name("the name of an argument");
      if (reader.byte("the sort of an argument") !== 0x12) {
        throw reader.malformed("only instances can be arguments of a core instance");
      }
      return { name, instance: reader.u32("a core instance") };
    });
    return { kind: "core-instantiate", module, args, offset };
  }
  if (form !== 1) throw reader.malformed(`0x${form.toString(16)} is no core instance`, offset);
  const exports = reader.vec("exports of a core instance", (): NamedSortIndex => {
    const name = reader.name("the name of an export");
    return { name, sort: readCoreSort(reader), index: reader.u32("an index") };
  });
  return { kind: "core-inline-instance", exports, offset };
}

function readInstance(reader: Reader, offset: number): Definition {
  const form = reader.byte("an instance");
  if (form === 0) {
    const component = reader.u32("a component");
    const args = reader.vec("arguments of an instance", (): NamedSortIndex => {
      const name = reader.name("the name of an argument");
      return { name, ...readSortIndex(reader) };
    });
    return { kind: "instantiate", component, args, offset };
  }
  if (form !== 1) throw reader.malformed(`0x${form.toString(16)} is no instance`, offset);
  const exports = reader.vec("exports of an instance", (): ExternSortIndex => {
    const extern = readExternName(reader, "the name of an export");
    return { name: extern.name, extern, ...readSortIndex(reader) };
  });
  return { kind: "inline-instance", exports, offset };
}

function readAlias(reader: Reader, offset: number): Definition {
  const sort = readSort(reader);
  const target = reader.byte("the target of an alias");
  switch (target) {
    case 0: {
      const instance = reader.u32("an instance");
      return { kind: "alias-export", sort, instance, name: reader.name("the name of an export"), offset };
    }
    case 1: {
      if (!isCoreSort(sort))
        throw reader.malformed("a core export can only be aliased as a core sort", offset);
      const instance = reader.u32("a core instance");
      return {
        kind: "alias-core-export",
        sort,
        instance,
        name: reader.name("the name of an export"),
        offset,
      };
    }
    case 2: {
      const count = reader.u32("the count of an outer alias");
      return { kind: "alias-outer", sort, count, index: reader.u32("the index of an outer alias"), offset };
    }
    default:
      throw reader.malformed(`0x${target.toString(16)} is no target of an alias`, offset);
  }
}

/** A declaration in an instance type, or in a component type, which can also have imports. */
function readDecl(reader: Reader, inComponent: boolean, depth: number): Decl {
  const offset = reader.offset;
  if (depth > reader.limits.maxDepth) {
    throw limitError("maxDepth", reader.limits, "types are nested too deep", offset);
  }
  const form = reader.byte("a declaration");
  switch (form) {
    case 0x00:
      return { kind: "core-type", type: readCoreType(reader, depth + 1), offset };
    case 0x01:
      return { kind: "type", type: readType(reader, depth, readDecl), offset };
    case 0x02:
      return readAlias(reader, offset);
    case 0x03: {
      if (!inComponent) break;
      const extern = readExternName(reader, "the name of an import");
      return { kind: "import", name: extern.name, extern, desc: readExternDesc(reader), offset };
    }
    case 0x04: {
      const extern = readExternName(reader, "the name of an export");
      return { kind: "export-decl", name: extern.name, extern, desc: readExternDesc(reader), offset };
    }
    default:
      break;
  }
  throw reader.malformed(`0x${form.toString(16)} is no declaration here`, offset);
}

function readExternDesc(reader: Reader): ExternDesc {
  const start = reader.offset;
  const form = reader.byte("the type of an import or export");
  switch (form) {
    case 0x00:
      if (reader.byte("the sort of a core import") !== 0x11) {
        throw reader.malformed("of the core sorts only modules can be imported", start);
      }
      return { kind: "core-module", index: reader.u32("a core type") };
    case 0x01:
      return { kind: "func", index: reader.u32("a function type") };
    case 0x02:
      throw new EngineError("unsupported", "values as imports or exports", { offset: start });
    case 0x03: {
      const bound = reader.byte("the bound of a type");
      if (bound === 0) return { kind: "type-eq", index: reader.u32("a type") };
      if (bound === 1) return { kind: "type-resource" };
      throw reader.malformed(`0x${bound.toString(16)} is no bound of a type`, start);
    }
    case 0x04:
      return { kind: "component", index: reader.u32("a component type") };
    case 0x05:
      return { kind: "instance", index: reader.u32("an instance type") };
    default:
      throw reader.malformed(`0x${form.toString(16)} is no type of an import or export`, start);
  }
}

function readSortIndex(reader: Reader): SortIndex {
  return { sort: readSort(reader), index: reader.u32("an index") };
}

function readSort(reader: Reader): Sort {
  const start = reader.offset;
  const sort = reader.byte("a sort");
  switch (sort) {
    case 0x00:
      return readCoreSort(reader);
    case 0x01:
      return "func";
    case 0x02:
      return "value";
    case 0x03:
      return "type";
    case 0x04:
      return "component";
    case 0x05:
      return "instance";
    default:
      throw reader.malformed(`0x${sort.toString(16)} is no sort`, start);
  }
}

const coreSorts: ReadonlyMap<number, CoreSort> = new Map([
  [0x00, "core-func"],
  [0x01, "core-table"],
  [0x02, "core-memory"],
  [0x03, "core-global"],
  [0x04, "core-tag"],
  [0x10, "core-type"],
  [0x11, "core-module"],
  [0x12, "core-instance"],
]);

function readCoreSort(reader: Reader): CoreSort {
  const start = reader.offset;
  const byte = reader.byte("a core sort");
  const sort = coreSorts.get(byte);
  if (byte === 0x20) throw new EngineError("unsupported", "exact function types", { offset: start });
  if (sort === undefined) throw reader.malformed(`0x${byte.toString(16)} is no core sort`, start);
  return sort;
}

function isCoreSort(sort: Sort): sort is CoreSort {
  return sort.startsWith("core-");
}
