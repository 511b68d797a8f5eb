import type { ComponentSyntax, Decl } from "../binary/syntax.js";
import type { CoreExternKind, CoreModule } from "../core/module-types.js";
import type { CoreRef, FuncSource } from "../plan.js";
import type { FuncType, ResourceType, ValueType } from "../types/value-types.js";

/** What the index spaces of a component hold once it is elaborated. */

/** A scope as the scopes inside it see it. */
export interface EnclosingScope {
  readonly outer: Outer | undefined;
  readonly instance: number;
  readonly depth: number;
  readonly types: readonly TypeEntity[];
  readonly components: readonly ComponentEntity[];
  readonly coreModules: readonly CoreModuleEntity[];
}

/** An enclosing scope, as it was when the inner one began: later definitions cannot be reached. */
export interface Outer {
  readonly scope: EnclosingScope;
  readonly types: number;
  readonly components: number;
  readonly modules: number;
}

export interface FuncEntity {
  readonly kind: "func";
  readonly type: FuncType;
  readonly source: FuncSource;
}

export interface InstanceEntity {
  readonly kind: "instance";
  readonly exports: ReadonlyMap<string, Entity>;
}

/** A component that is not yet instantiated: its definitions and the scope around them. */
export interface ComponentEntity {
  readonly kind: "component";
  readonly syntax: ComponentSyntax;
  readonly outer: Outer | undefined;
}

export interface CoreModuleEntity {
  readonly kind: "core-module";
  readonly index: number;
  readonly module: CoreModule;
}

export type TypeEntity =
  | ValueType
  | FuncType
  | ResourceType
  | { readonly kind: "instance-type"; readonly decls: readonly Decl[]; readonly outer: Outer }
  | { readonly kind: "component-type" };

export type InstanceTypeEntity = Extract<TypeEntity, { readonly kind: "instance-type" }>;

export type Entity =
  | FuncEntity
  | InstanceEntity
  | ComponentEntity
  | CoreModuleEntity
  | { readonly kind: "type"; readonly type: TypeEntity };

export interface CoreEntity {
  readonly kind: CoreExternKind;
  readonly ref: CoreRef;
}

export type CoreInstanceEntity = ReadonlyMap<string, CoreEntity>;

/** Everything that stands in an index space of types, here and where components are validated. */
export type AnyTypeEntity =
  | ValueType
  | FuncType
  | ResourceType
  | { readonly kind: "instance-type" | "component-type" };

export function isValueType(type: AnyTypeEntity): type is ValueType {
  switch (type.kind) {
    case "func":
    case "resource":
    case "instance-type":
    case "component-type":
      return false;
    default:
      return true;
  }
}
