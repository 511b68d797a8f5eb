import { twoNamed } from "../binary/names.js";
import { sameList } from "../types/same-list.js";

/** What a core module imports and exports. */

export type CoreValueType = "i32" | "i64" | "f32" | "f64" | "v128" | "funcref" | "externref" | "exnref";

export interface CoreFuncType {
  readonly params: readonly CoreValueType[];
  readonly results: readonly CoreValueType[];
}

export type CoreExternKind = "func" | "table" | "memory" | "global" | "tag";

/** How large a table (entries) or a memory (pages) is, and may become. */
export interface CoreLimits {
  readonly minimum: number;
  readonly maximum: number | undefined;
}

/** The type of something that a core module imports or exports. */
export type CoreExtern =
  /** The signature; absent for built-ins that are refused anyway. */
  | { readonly kind: "func" | "tag"; readonly type: CoreFuncType | undefined }
  | CoreTable
  | CoreMemory
  | {
      readonly kind: "global";
      readonly type: undefined;
      readonly value: CoreValueType;
      readonly mutable: boolean;
    };

export interface CoreTable {
  readonly kind: "table";
  readonly type: undefined;
  readonly element: CoreValueType;
  readonly limits: CoreLimits;
}

export interface CoreMemory {
  readonly kind: "memory";
  readonly type: undefined;
  readonly limits: CoreLimits;
}

export interface CoreImport {
  readonly module: string;
  readonly name: string;
  readonly type: CoreExtern;
}

/** What no two imports of a module have in common. */
export function coreImportKey(module: string, name: string): string {
  return `${module.length} ${module}${name}`;
}

/** The imports and exports of a core module or of its type, while they are read: no two have the same name. */
export class CoreExterns {
  readonly imports = new Map<string, CoreImport>();
  readonly exports = new Map<string, CoreExtern>();

  import(module: string, name: string, type: CoreExtern, offset?: number): void {
    const key = coreImportKey(module, name);
    if (this.imports.has(key)) throw twoNamed("core import", [module, name], offset);
    this.imports.set(key, { module, name, type });
  }

  export(name: string, type: CoreExtern, offset?: number): void {
    if (this.exports.has(name)) throw twoNamed("core export", [name], offset);
    this.exports.set(name, type);
  }
}

export interface CoreModule {
  readonly offset: number;
  readonly imports: readonly CoreImport[];
  readonly exports: ReadonlyMap<string, CoreExtern>;
  /** How many memories and tables the module defines itself. */
  readonly defined: { readonly memory: number; readonly table: number };
  /** The module's bytes, with the maximum of each memory and table set. */
  readonly bytes: readonly Uint8Array[];
}

export function sameCoreFuncType(a: CoreFuncType, b: CoreFuncType): boolean {
  return sameList(a.params, b.params) && sameList(a.results, b.results);
}

/** `(i32, i64) -> (f32)` */
export function showCoreFuncType(type: CoreFuncType): string {
  return `(${type.params.join(", ")}) -> (${type.results.join(", ")})`;
}

/** `func (i32) -> ()`, `memory 1..2`, `table funcref 1..`, `mutable global i32` */
export function showCoreExtern(extern: CoreExtern): string {
  switch (extern.kind) {
    case "func":
    case "tag":
      return `${extern.kind} ${extern.type === undefined ? "" : showCoreFuncType(extern.type)}`;
    case "table":
      return `table ${extern.element} ${showLimits(extern.limits)}`;
    case "memory":
      return `memory ${showLimits(extern.limits)}`;
    default:
      return `${extern.mutable ? "mutable " : ""}global ${extern.value}`;
  }
}

function showLimits(limits: CoreLimits): string {
  return `${limits.minimum}..${limits.maximum ?? ""}`;
}

/** Whether what is given can stand where the other is asked for. */
export function fitsCoreExtern(given: CoreExtern, wanted: CoreExtern): boolean {
  switch (wanted.kind) {
    case "func":
    case "tag":
      if (given.kind !== wanted.kind) return false;
      return (
        given.type === undefined || wanted.type === undefined || sameCoreFuncType(given.type, wanted.type)
      );
    case "table":
      return (
        given.kind === "table" && given.element === wanted.element && fitsLimits(given.limits, wanted.limits)
      );
    case "memory":
      return given.kind === "memory" && fitsLimits(given.limits, wanted.limits);
    default:
      return given.kind === "global" && given.value === wanted.value && given.mutable === wanted.mutable;
  }
}

function fitsLimits(given: CoreLimits, wanted: CoreLimits): boolean {
  if (given.minimum < wanted.minimum) return false;
  if (wanted.maximum === undefined) return true;
  return given.maximum !== undefined && given.maximum <= wanted.maximum;
}
