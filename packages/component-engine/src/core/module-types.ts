/** What a core module imports and exports, as far as linking needs it. */

export type CoreValueType = "i32" | "i64" | "f32" | "f64" | "v128" | "funcref" | "externref" | "exnref";

export interface CoreFuncType {
  readonly params: readonly CoreValueType[];
  readonly results: readonly CoreValueType[];
}

export type CoreExternKind = "func" | "table" | "memory" | "global" | "tag";

export interface CoreExtern {
  readonly kind: CoreExternKind;
  /** The signature, for functions. Everything else is checked by the platform when it links. */
  readonly type: CoreFuncType | undefined;
}

export interface CoreImport extends CoreExtern {
  readonly module: string;
  readonly name: string;
}

export interface CoreModule {
  readonly offset: number;
  readonly imports: readonly CoreImport[];
  readonly exports: ReadonlyMap<string, CoreExtern>;
  /** How many memories and tables the module defines itself. */
  readonly memories: number;
  readonly tables: number;
  /** The module's bytes, with the maximum of each memory and table set. */
  readonly bytes: readonly Uint8Array[];
}

export function sameCoreFuncType(a: CoreFuncType, b: CoreFuncType): boolean {
  return sameList(a.params, b.params) && sameList(a.results, b.results);
}

function sameList(a: readonly CoreValueType[], b: readonly CoreValueType[]): boolean {
  return a.length === b.length && a.every((type, i) => type === b[i]);
}

/** `(i32, i64) -> (f32)` */
export function showCoreFuncType(type: CoreFuncType): string {
  return `(${type.params.join(", ")}) -> (${type.results.join(", ")})`;
}
