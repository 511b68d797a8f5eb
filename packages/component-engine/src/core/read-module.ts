import { EngineError } from "../errors.js";
import { limitError, type EngineLimits } from "../limits.js";
import { Reader } from "../binary/reader.js";
import type {
  CoreExtern,
  CoreExternKind,
  CoreFuncType,
  CoreImport,
  CoreModule,
  CoreValueType,
} from "./module-types.js";

const pageSize = 65_536;
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
const externKinds: readonly CoreExternKind[] = ["func", "table", "memory", "global", "tag"];

/** Section ids of a core module that this reader looks into. */
const section = { type: 1, import: 2, function: 3, table: 4, memory: 5, export: 7 } as const;

/**
 * Reads the signatures of a core module and writes the limits into its memory and table sections. Code is not looked at: the
 * platform validates it. Refuses shared and 64-bit memories and the types of the GC proposal.
 */
export function readCoreModule(component: Reader, start: number, end: number): CoreModule {
  const limits = component.limits;
  const reader = new Reader(component.bytes, limits, start, end, component.budget);
  const preamble = reader.take(8, "the preamble of a core module");
  if ([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0].some((byte, i) => preamble[i] !== byte)) {
    throw reader.malformed("this core module section holds no core module", start);
  }
  const state = new ModuleReader(limits);
  const chunks: Uint8Array[] = [];
  let kept = start;
  while (!reader.done) {
    const sectionStart = reader.offset;
    reader.budget.items -= 1;
    if (reader.budget.items < 0)
      throw limitError("maxDefinitions", limits, "too many sections", sectionStart);
    const id = reader.byte("a section");
    const body = reader.slice(reader.u32("the size of a section"), `section ${id} of a core module`);
    const replacement = state.readSection(id, body);
    if (replacement === undefined) continue;
    chunks.push(component.bytes.subarray(kept, sectionStart), frame(id, replacement));
    kept = reader.offset;
  }
  chunks.push(component.bytes.subarray(kept, end));
  return {
    offset: start,
    imports: state.imports,
    exports: state.exports,
    memories: state.memories,
    tables: state.tables,
    bytes: chunks,
  };
}

class ModuleReader {
  readonly imports: CoreImport[] = [];
  readonly exports = new Map<string, CoreExtern>();
  memories = 0;
  tables = 0;
  readonly #limits: EngineLimits;
  readonly #types: CoreFuncType[] = [];
  readonly #funcs: CoreFuncType[] = [];

  constructor(limits: EngineLimits) {
    this.#limits = limits;
  }

  /** Reads a section; answers with the bytes that replace it, if it has to change. */
  readSection(id: number, reader: Reader): number[] | undefined {
    switch (id) {
      case section.type:
        reader.vec("core types", () => this.#types.push(readFuncType(reader)));
        return undefined;
      case section.import:
        reader.vec("core imports", () => this.imports.push(this.#readImport(reader)));
        return undefined;
      case section.function:
        reader.vec("core functions", () => this.#funcs.push(this.#type(reader)));
        return undefined;
      case section.table:
        return this.#rewriteTables(reader);
      case section.memory:
        return this.#rewriteMemories(reader);
      case section.export:
        reader.vec("core exports", () => this.#readExport(reader));
        return undefined;
      default:
        return undefined;
    }
  }

  #type(reader: Reader): CoreFuncType {
    const start = reader.offset;
    const index = reader.u32("a core type");
    const type = this.#types[index];
    if (type === undefined) throw reader.malformed(`core type ${index} does not exist`, start);
    return type;
  }

  #readImport(reader: Reader): CoreImport {
    const module = reader.name("the module of a core import");
    const name = reader.name("the name of a core import");
    const start = reader.offset;
    const kind = externKinds[reader.byte("a core import")];
    switch (kind) {
      case "func": {
        const type = this.#type(reader);
        this.#funcs.push(type);
        return { module, name, kind, type };
      }
      case "table":
        readRefType(reader);
        readLimits(reader, "table");
        return { module, name, kind, type: undefined };
      case "memory":
        readLimits(reader, "memory");
        return { module, name, kind, type: undefined };
      case "global":
        readValueType(reader);
        reader.byte("the mutability of a global");
        return { module, name, kind, type: undefined };
      case "tag":
        reader.byte("the attribute of a tag");
        return { module, name, kind, type: this.#type(reader) };
      default:
        throw reader.malformed("unknown kind of core import", start);
    }
  }

  #readExport(reader: Reader): void {
    const name = reader.name("the name of a core export");
    const start = reader.offset;
    const kind = externKinds[reader.byte("a core export")];
    if (kind === undefined) throw reader.malformed("unknown kind of core export", start);
    const index = reader.u32("the index of a core export");
    const type = kind === "func" ? this.#funcs[index] : undefined;
    if (kind === "func" && type === undefined) {
      throw reader.malformed(`core function ${index} does not exist`, start);
    }
    if (this.exports.has(name))
      throw reader.malformed(`two core exports are named ${JSON.stringify(name)}`, start);
    this.exports.set(name, { kind, type });
  }

  #rewriteTables(reader: Reader): number[] {
    const max = this.#limits.maxTableEntries;
    const out: number[] = [];
    const count = reader.count("tables");
    pushU32(out, count);
    for (let i = 0; i < count; i++) {
      const start = reader.offset;
      if (reader.peek("a table") === 0x40) {
        throw new EngineError("unsupported", "tables with an initial value", { offset: start });
      }
      out.push(readRefType(reader));
      const { minimum, maximum } = readLimits(reader, "table");
      if (minimum > max) {
        throw limitError("maxTableEntries", this.#limits, `a table of at least ${minimum} entries`, start);
      }
      out.push(1);
      pushU32(out, minimum);
      pushU32(out, Math.min(maximum ?? max, max));
      this.tables += 1;
    }
    return out;
  }

  #rewriteMemories(reader: Reader): number[] {
    const max = Math.min(Math.floor(this.#limits.maxMemoryBytes / pageSize), maxPages);
    const out: number[] = [];
    const count = reader.count("memories");
    pushU32(out, count);
    for (let i = 0; i < count; i++) {
      const start = reader.offset;
      const { minimum, maximum } = readLimits(reader, "memory");
      if (minimum > max) {
        throw limitError(
          "maxMemoryBytes",
          this.#limits,
          `a memory of at least ${minimum * pageSize} bytes`,
          start,
        );
      }
      out.push(1);
      pushU32(out, minimum);
      pushU32(out, Math.min(maximum ?? max, max));
      this.memories += 1;
    }
    return out;
  }
}

function readFuncType(reader: Reader): CoreFuncType {
  const start = reader.offset;
  const form = reader.byte("a core type");
  if (form !== 0x60) {
    if ([0x4e, 0x4f, 0x50, 0x5e, 0x5f, 0x65].includes(form)) {
      throw new EngineError("unsupported", "types of the GC proposal in a core module", { offset: start });
    }
    throw reader.malformed(`0x${form.toString(16)} is no core type`, start);
  }
  const params = reader.vec("core parameters", () => readValueType(reader));
  const results = reader.vec("core results", () => readValueType(reader));
  return { params, results };
}

function readValueType(reader: Reader): CoreValueType {
  const start = reader.offset;
  const byte = reader.byte("a core value type");
  const type = valueTypes.get(byte);
  if (type === undefined) throw unknownType(reader, byte, start);
  return type;
}

function readRefType(reader: Reader): number {
  const start = reader.offset;
  const byte = reader.byte("a reference type");
  if (byte !== 0x70 && byte !== 0x6f && byte !== 0x69) throw unknownType(reader, byte, start);
  return byte;
}

function unknownType(reader: Reader, byte: number, start: number): EngineError {
  // 0x62 to 0x75 are the abstract heap types and typed references of the GC and function-references proposals.
  if (byte >= 0x62 && byte <= 0x75) {
    return new EngineError("unsupported", "reference types of the GC proposal in a core module", {
      offset: start,
    });
  }
  return reader.malformed(`0x${byte.toString(16)} is no core type`, start);
}

function readLimits(reader: Reader, what: string): { minimum: number; maximum: number | undefined } {
  const start = reader.offset;
  const flags = reader.byte(`the limits of a ${what}`);
  const refuse = (feature: string): EngineError => new EngineError("unsupported", feature, { offset: start });
  if ((flags & 0x02) !== 0) throw refuse(`a shared ${what}`);
  if ((flags & 0x04) !== 0) throw refuse(`a 64-bit ${what}`);
  if ((flags & 0x08) !== 0) throw refuse(`a ${what} with a page size of its own`);
  if (flags > 1) throw reader.malformed(`0x${flags.toString(16)} are no limits`, start);
  const minimum = reader.u32(`the minimum of a ${what}`);
  return { minimum, maximum: flags === 1 ? reader.u32(`the maximum of a ${what}`) : undefined };
}

function frame(id: number, body: readonly number[]): Uint8Array {
  const out = [id];
  pushU32(out, body.length);
  for (const byte of body) out.push(byte);
  return Uint8Array.from(out);
}

function pushU32(out: number[], value: number): void {
  let rest = value;
  while (rest >= 0x80) {
    out.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  out.push(rest);
}
