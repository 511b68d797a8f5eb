import { Reader } from "../binary/reader.js";
import type { CoreExternSyntax } from "../binary/syntax.js";
import { invalid, unsupported } from "../errors.js";
import { requireWithin, type EngineLimits } from "../limits.js";
import { skipConstantExpression } from "./constant-expressions.js";
import { at } from "../validate/checks.js";
import {
  CoreExterns,
  type CoreExtern,
  type CoreExternKind,
  type CoreFuncType,
  type CoreModule,
} from "./module-types.js";
import {
  maxPages,
  pageSize,
  readCoreExtern,
  readCoreKind,
  readFuncType,
  readGlobalType,
  readLimited,
  readTag,
} from "./read-types.js";

/**
 * Reads the types of what a core module imports and exports, and writes the limits into its memory and table sections. Code is
 * not looked at: the platform validates it. Refuses shared and 64-bit memories and the types of the GC proposal.
 */
export function readCoreModule(component: Reader, start: number, end: number): CoreModule {
  const limits = component.limits;
  const reader = new Reader(component.bytes, limits, start, end, component.budget);
  if (reader.take(8).join() !== "0,97,115,109,1,0,0,0") {
    throw reader.malformed("this is no core module", start);
  }
  const state = new ModuleReader(limits);
  const chunks: Uint8Array[] = [];
  let kept = start;
  for (let next = reader.section(sectionName); next !== undefined; next = reader.section(sectionName)) {
    const replacement = state.readSection(next.id, next.body);
    if (replacement === undefined) continue;
    // The platform validates what comes in the place of this section.
    const { body } = next;
    if (!body.done) throw body.malformed(`${body.end - body.offset} bytes left over`, body.offset);
    chunks.push(component.bytes.subarray(kept, next.start), frame(next.id, replacement));
    kept = reader.offset;
  }
  chunks.push(component.bytes.subarray(kept, end));
  return {
    offset: start,
    imports: [...state.externs.imports.values()],
    exports: state.externs.exports,
    defined: state.defined,
    bytes: chunks,
  };
}

function sectionName(id: number): string {
  return `section ${id} of a core module`;
}

class ModuleReader {
  readonly externs = new CoreExterns();
  readonly defined = { memory: 0, table: 0 };
  readonly #limits: EngineLimits;
  readonly #types: CoreFuncType[] = [];
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
      case 1: // types
        reader.vec(readFuncType, this.#types);
        break;
      case 2: // imports
        for (let left = reader.count(); left > 0; left--) this.#readImport(reader);
        break;
      case 3: // functions
        this.#readFunctions(reader);
        break;
      case 4: // tables
        return this.#rewriteLimits(reader, "table");
      case 5: // memories
        return this.#rewriteLimits(reader, "memory");
      case 6: // globals
        reader.vec(readGlobal, this.#spaces.global);
        break;
      case 13: // tags
        for (let left = reader.count(); left > 0; left--) {
          const { offset } = reader;
          this.#spaces.tag.push(coreExternOf({ kind: "tag", index: readTag(reader) }, this.#types, offset));
        }
        break;
      case 7: // exports
        for (let left = reader.count(); left > 0; left--) this.#readExport(reader);
        break;
      default:
    }
    return undefined;
  }

  /** Thousands of functions share a few types. */
  #readFunctions(reader: Reader): void {
    const space = this.#spaces.func;
    const funcs: CoreExtern[] = [];
    for (let left = reader.count(); left > 0; left--) {
      const { offset } = reader;
      const index = reader.u32();
      space.push((funcs[index] ??= coreExternOf({ kind: "func", index }, this.#types, offset)));
    }
  }

  #readImport(reader: Reader): void {
    const start = reader.offset;
    const module = reader.name();
    const name = reader.name();
    const extern = coreExternOf(readCoreExtern(reader), this.#types, start);
    this.externs.import(module, name, extern, start);
    this.#spaces[extern.kind].push(extern);
  }

  #readExport(reader: Reader): void {
    const name = reader.name();
    const { offset } = reader;
    const kind = readCoreKind(reader);
    this.externs.export(name, at(this.#spaces[kind], reader.u32(), `core-${kind}`, offset), offset);
  }

  /** Writes the limits of the engine into tables or memories. */
  #rewriteLimits(reader: Reader, kind: "table" | "memory"): number[] {
    const [limit, unit, units] =
      kind === "table"
        ? (["maxTableEntries", 1, "entries"] as const)
        : (["maxMemoryBytes", pageSize, "bytes"] as const);
    const most = Math.min(Math.floor(this.#limits[limit] / unit), kind === "table" ? Infinity : maxPages);
    const count = reader.count();
    const out = leb(count);
    for (let i = 0; i < count; i++) {
      const { offset } = reader;
      if (kind === "table") {
        const byte = reader.peek();
        if (byte === 0x40) throw unsupported("tables with an initial value", offset);
        out.push(byte);
      }
      const extern = readLimited(reader, kind);
      const { minimum, maximum = most } = extern.limits;
      requireWithin(
        this.#limits,
        limit,
        minimum * unit,
        `a ${kind} of at least ${minimum * unit} ${units}`,
        offset,
      );
      out.push(1, ...leb(minimum), ...leb(Math.min(maximum, most)));
      this.#spaces[kind].push(extern);
      this.defined[kind] += 1;
    }
    return out;
  }
}

function readGlobal(reader: Reader): CoreExtern {
  const type = readGlobalType(reader);
  skipConstantExpression(reader);
  return type;
}

/** The type of an import or export whose signature is one of `types`. */
export function coreExternOf(
  syntax: CoreExternSyntax,
  types: readonly CoreFuncType[],
  offset?: number,
): CoreExtern {
  if (!("index" in syntax)) return syntax;
  const type = at(types, syntax.index, "core-type", offset);
  if (syntax.kind === "tag" && type.results.length > 0) throw invalid("a tag with results", offset);
  return { kind: syntax.kind, type };
}

function frame(id: number, body: readonly number[]): Uint8Array {
  return Uint8Array.from([id, ...leb(body.length), ...body]);
}

/** An unsigned number in LEB128. */
function leb(value: number): number[] {
  return value > 0x7f ? [(value & 0x7f) | 0x80, ...leb(value >>> 7)] : [value];
}
