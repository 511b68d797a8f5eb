import type { CoreExtern, CoreFuncType } from "../core/module-types.js";
import type { ExternName } from "./names.js";

/**
 * The component binary format as read, nothing resolved: indices are numbers.
 * Source: component-model, design/mvp/Binary.md, layer 1, version 0x0d.
 */

/** What a definition, an alias or an export can be. */
export type Sort = "func" | "value" | "type" | "component" | "instance" | CoreSort;
export type CoreSort =
  | "core-func"
  | "core-table"
  | "core-memory"
  | "core-global"
  | "core-tag"
  | "core-type"
  | "core-module"
  | "core-instance";

export interface SortIndex {
  readonly sort: Sort;
  readonly index: number;
}

export interface NamedSortIndex extends SortIndex {
  readonly name: string;
}

/** An item of an instance that is made of what is already there. */
export interface ExternSortIndex extends NamedSortIndex {
  readonly extern: ExternName;
}

export const primitiveKinds = [
  "bool",
  "s8",
  "u8",
  "s16",
  "u16",
  "s32",
  "u32",
  "s64",
  "u64",
  "f32",
  "f64",
  "char",
  "string",
] as const;
export type PrimitiveKind = (typeof primitiveKinds)[number];

/** A value type where it is used: a primitive, or the index of a type. */
export type TypeRef = PrimitiveKind | "error-context" | number;

export interface LabelledRef {
  readonly name: string;
  readonly type: TypeRef;
}
export interface CaseRef {
  readonly name: string;
  readonly type: TypeRef | undefined;
}

export type ValueTypeSyntax =
  | { readonly kind: "alias"; readonly to: PrimitiveKind | "error-context" }
  | { readonly kind: "record"; readonly fields: readonly LabelledRef[] }
  | { readonly kind: "variant"; readonly cases: readonly CaseRef[] }
  | { readonly kind: "list"; readonly element: TypeRef }
  | { readonly kind: "fixed-list"; readonly element: TypeRef; readonly length: number }
  | { readonly kind: "map"; readonly key: TypeRef; readonly value: TypeRef }
  | { readonly kind: "tuple"; readonly items: readonly TypeRef[] }
  | { readonly kind: "flags"; readonly labels: readonly string[] }
  | { readonly kind: "enum"; readonly labels: readonly string[] }
  | { readonly kind: "option"; readonly some: TypeRef }
  | { readonly kind: "result"; readonly ok: TypeRef | undefined; readonly err: TypeRef | undefined }
  | { readonly kind: "own" | "borrow"; readonly resource: number }
  | { readonly kind: "stream" | "future"; readonly element: TypeRef | undefined };

export interface FuncTypeSyntax {
  readonly kind: "func";
  readonly async: boolean;
  readonly params: readonly LabelledRef[];
  readonly result: TypeRef | undefined;
}

export interface ResourceSyntax {
  readonly kind: "resource";
  readonly dtor: number | undefined;
  readonly async: boolean;
}

export type Decl = Definition;

/** The type of an import or export in a module type; signatures by their index. */
export type CoreExternSyntax = { readonly kind: "func" | "tag"; readonly index: number } | CoreExtern;

export type CoreModuleDecl = { readonly offset: number } & (
  | {
      readonly kind: "import";
      readonly module: string;
      readonly name: string;
      readonly extern: CoreExternSyntax;
    }
  | { readonly kind: "export"; readonly name: string; readonly extern: CoreExternSyntax }
  | { readonly kind: "type"; readonly type: CoreFuncType }
  | { readonly kind: "alias-outer"; readonly count: number; readonly index: number }
);

export type CoreTypeSyntax =
  | { readonly kind: "func"; readonly type: CoreFuncType }
  | { readonly kind: "module"; readonly decls: readonly CoreModuleDecl[] };

export type TypeSyntax =
  | ValueTypeSyntax
  | FuncTypeSyntax
  | ResourceSyntax
  | { readonly kind: "instance-type"; readonly decls: readonly Decl[] }
  | { readonly kind: "component-type"; readonly decls: readonly Decl[] };

export type ExternDesc =
  | { readonly kind: "core-module"; readonly index: number }
  | { readonly kind: "func"; readonly index: number }
  | { readonly kind: "type-eq"; readonly index: number }
  | { readonly kind: "type-resource" }
  | { readonly kind: "component"; readonly index: number }
  | { readonly kind: "instance"; readonly index: number };

export interface CanonOptions {
  readonly encoding: StringEncoding;
  readonly memory: number | undefined;
  readonly realloc: number | undefined;
  readonly postReturn: number | undefined;
  /** Names an option that this engine refuses. */
  readonly unsupported: string | undefined;
}
export type StringEncoding = "utf8" | "utf16" | "latin1+utf16";

export type Canon =
  | { readonly kind: "lift"; readonly func: number; readonly options: CanonOptions; readonly type: number }
  | { readonly kind: "lower"; readonly func: number; readonly options: CanonOptions }
  | { readonly kind: "resource.new" | "resource.drop" | "resource.rep"; readonly resource: number }
  | { readonly kind: "unsupported"; readonly feature: string };

export type Definition = { readonly offset: number } & (
  | { readonly kind: "core-module"; readonly start: number; readonly end: number }
  | {
      readonly kind: "core-instantiate";
      readonly module: number;
      readonly args: readonly { readonly name: string; readonly instance: number }[];
    }
  | { readonly kind: "core-inline-instance"; readonly exports: readonly NamedSortIndex[] }
  | { readonly kind: "core-type"; readonly type: CoreTypeSyntax }
  | { readonly kind: "component"; readonly component: ComponentSyntax }
  | { readonly kind: "instantiate"; readonly component: number; readonly args: readonly NamedSortIndex[] }
  | { readonly kind: "inline-instance"; readonly exports: readonly ExternSortIndex[] }
  | { readonly kind: "alias-export"; readonly sort: Sort; readonly instance: number; readonly name: string }
  | {
      readonly kind: "alias-core-export";
      readonly sort: CoreSort;
      readonly instance: number;
      readonly name: string;
    }
  | { readonly kind: "alias-outer"; readonly sort: Sort; readonly count: number; readonly index: number }
  | { readonly kind: "type"; readonly type: TypeSyntax }
  | { readonly kind: "canon"; readonly canon: Canon }
  | { readonly kind: "start" }
  | { readonly kind: "value" }
  | { readonly kind: "import"; readonly name: string; readonly extern: ExternName; readonly desc: ExternDesc }
  | {
      readonly kind: "export";
      readonly name: string;
      readonly extern: ExternName;
      readonly target: SortIndex;
      readonly ascribed: ExternDesc | undefined;
    }
  /** Inside an instance or component type: an export that the type promises. */
  | {
      readonly kind: "export-decl";
      readonly name: string;
      readonly extern: ExternName;
      readonly desc: ExternDesc;
    }
);

export interface CustomSection {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface ComponentSyntax {
  readonly offset: number;
  readonly definitions: readonly Definition[];
  readonly customSections: readonly CustomSection[];
}
