import type { CoreExtern, CoreFuncType, CoreImport } from "../core/module-types.js";
import type { FuncType, ResourceType, ValueType } from "../types/value-types.js";

/**
 * Types as validation sees them. Nothing is instantiated: a resource is a name for a type that is not known, and every component
 * has a type that says what it asks for and what it gives. A type that an import or export names is an object of its own, so
 * that "named here" is a question about objects; what it is another name of is `of`.
 */

/** Names that lead to a resource: of an import or export, then of exports of the instances in it. */
export type Path = readonly string[];

export interface Sized {
  /** What the type lists, types inside it included. */
  readonly weight: number;
  /** Levels of instances and components inside each other. */
  readonly depth: number;
}

export interface InstanceSignature extends Sized {
  readonly kind: "instance-type";
  readonly exports: ReadonlyMap<string, Signature>;
  /** Resources that are new with each instance of the type. An instance that exists has none: it is known whose they are. */
  readonly fresh: ReadonlySet<ResourceType>;
  /** Where each exported resource is found. */
  readonly paths: ReadonlyMap<ResourceType, Path>;
}

export interface ComponentSignature extends Sized {
  readonly kind: "component-type";
  readonly imports: ReadonlyMap<string, Signature>;
  readonly exports: ReadonlyMap<string, Signature>;
  /** Resources that come with the arguments. */
  readonly imported: ReadonlyMap<ResourceType, Path>;
  /** Resources that are new with each instance. */
  readonly fresh: ReadonlyMap<ResourceType, Path>;
  readonly paths: ReadonlyMap<ResourceType, Path>;
}

export interface ModuleSignature {
  readonly imports: readonly CoreImport[];
  readonly exports: ReadonlyMap<string, CoreExtern>;
}

/** What stands in the index space of types. */
export type AnyType = ValueType | FuncType | ResourceType | InstanceSignature | ComponentSignature;

export function isValueType(type: AnyType): type is ValueType {
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

/** What stands in each index space. */
export interface Spaces {
  func: FuncType;
  type: AnyType;
  instance: InstanceSignature;
  component: ComponentSignature;
  "core-func": CoreExtern;
  "core-table": CoreExtern;
  "core-memory": CoreExtern;
  "core-global": CoreExtern;
  "core-tag": CoreExtern;
  "core-type": CoreFuncType | ModuleSignature;
  "core-module": ModuleSignature;
  "core-instance": ReadonlyMap<string, CoreExtern>;
}

export type SignatureKind = "func" | "type" | "instance" | "component" | "core-module";

export type SignatureOf<K extends SignatureKind> = {
  [P in K]: { readonly kind: P; readonly type: Spaces[P] };
}[K];

/** The type of a definition of a component, of an import, or of an export. */
export type Signature = SignatureOf<SignatureKind>;

/** A resource type that is no other. It has no number before the component is planned. */
export function freshResource(name?: string): ResourceType {
  return { kind: "resource", definition: -1, name, of: undefined };
}
