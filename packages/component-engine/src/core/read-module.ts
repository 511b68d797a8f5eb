import { quoteName } from "../binary/names.js";
import { Reader } from "../binary/reader.js";
import { unsupported } from "../errors.js";
import { limitError, type EngineLimits } from "../limits.js";
import { skipConstantExpression } from "./constant-expressions.js";
import type { CoreExtern, CoreExternKind, CoreFuncType, CoreImport, CoreModule } from "./module-types.js";
import {
  externKinds,
  pageSize,
  readCoreExtern,
  readFuncType,
  readGlobalType,
  readLimits,
  readRefType,
} from "./read-types.js";

const maxPages = 65_536;

/** Section ids of a core module that this reader looks into. */
const section = {
  type: 1,
  import: 2,
  function: 3,
  table: 4,
  memory: 5,
  global: 6,
  export: 7,
  tag: 13,
} as const;

/**
 * Reads the types of what a core module imports and exports, and writes the limits into its memory and table sections. Code is
 * not looked at: the platform validates it. Refuses shared and 64-bit memories and the types of the GC proposal.
 */
export function readCoreModule(component: Reader, start: number, end: number): CoreModule {
  const limits = component.limits;
  const reader = new Reader(component.bytes, limits, start, end, component.budget);
  const preamble = reader.take(8);
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
    const id = reader.byte();
    const body = reader.slice(reader.u32(), `section ${id} of a core module`);
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
  readonly #funcs: CoreExtern[] = [];
  readonly #imported = new Map<string, Set<string>>();
  readonly #spaces: Readonly<Record<CoreExternKind, CoreExtern[]>> = {
    func: [],
    table: [],
    memory: [],
    global: [],
    tag: [],
  };

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
        reader.vec("core imports", () => this.#readImport(reader));
        return undefined;
      case section.function:
        reader.vec("core functions", () => {
          const start = reader.offset;
          const index = reader.u32();
          // Thousands of functions share a few types.
          const func = (this.#funcs[index] ??= { kind: "func", type: this.#type(reader, index, start) });
          this.#spaces.func.push(func);
        });
        return undefined;
      case section.table:
        return this.#rewriteTables(reader);
      case section.memory:
        return this.#rewriteMemories(reader);
      case section.global:
        reader.vec("core globals", () => {
          this.#spaces.global.push({ kind: "global", type: undefined, ...readGlobalType(reader) });
          skipConstantExpression(reader);
        });
        return undefined;
      case section.tag:
        reader.vec("core tags", () => {
          reader.byte();
          const start = reader.offset;
          const type = this.#type(reader, reader.u32(), start);
          this.#spaces.tag.push({ kind: "tag", type });
        });
        return undefined;
      case section.export:
        reader.vec("core exports", () => this.#readExport(reader));
        return undefined;
      default:
        return undefined;
    }
  }

  #type(reader: Reader, index: number, start: number): CoreFuncType {
    const type = this.#types[index];
    if (type === undefined) throw reader.invalid(`core type ${index} does not exist`, start);
    return type;
  }

  #readImport(reader: Reader): void {
    const start = reader.offset;
    const module = reader.name();
    const name = reader.name();
    const extern = readCoreExtern(reader, (index, offset) => this.#type(reader, index, offset));
    let names = this.#imported.get(module);
    if (names === undefined) this.#imported.set(module, (names = new Set()));
    if (names.has(name)) {
      throw reader.invalid(`a core module imports ${quoteName(module)} ${quoteName(name)} twice`, start);
    }
    names.add(name);
    this.#spaces[extern.kind].push(extern);
    this.imports.push({ ...extern, module, name });
  }

  #readExport(reader: Reader): void {
    const name = reader.name();
    const start = reader.offset;
    const byte = reader.byte();
    if (byte === 0x20) throw unsupported("exact function types", start);
    const kind = externKinds[byte];
    if (kind === undefined) throw reader.unknown("kind of a core export", byte, start);
    const index = reader.u32();
    const extern = this.#spaces[kind][index];
    if (extern === undefined) throw reader.invalid(`core ${kind} ${index} does not exist`, start);
    if (this.exports.has(name)) throw reader.invalid(`two core exports are named ${quoteName(name)}`, start);
    this.exports.set(name, extern);
  }

  #rewriteTables(reader: Reader): number[] {
    const max = this.#limits.maxTableEntries;
    const out: number[] = [];
    const count = reader.count("tables");
    pushU32(out, count);
    for (let i = 0; i < count; i++) {
      const start = reader.offset;
      const byte = reader.peek();
      if (byte === 0x40) {
        throw unsupported("tables with an initial value", start);
      }
      const element = readRefType(reader);
      const limits = readLimits(reader, "table");
      const { minimum, maximum } = limits;
      if (minimum > max) {
        throw limitError("maxTableEntries", this.#limits, `a table of at least ${minimum} entries`, start);
      }
      out.push(byte, 1);
      pushU32(out, minimum);
      pushU32(out, Math.min(maximum ?? max, max));
      this.#spaces.table.push({ kind: "table", type: undefined, element, limits });
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
      const limits = readLimits(reader, "memory");
      const { minimum, maximum } = limits;
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
      this.#spaces.memory.push({ kind: "memory", type: undefined, limits });
      this.memories += 1;
    }
    return out;
  }
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
