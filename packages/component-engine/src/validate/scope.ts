import { defined } from "@novywave/base";
import { primitiveKinds, type ComponentSyntax, type TypeRef } from "../binary/syntax.js";
import { invalid } from "../errors.js";
import type { PartMap } from "../types/parts.js";
import { valueTypeOf, type PrimitiveKind, type ResourceType, type ValueType } from "../types/value-types.js";
import { at, sortText } from "./checks.js";
import type { Context } from "./context.js";
import {
  isValueType,
  type AnyType,
  type Path,
  type Signature,
  type SignatureKind,
  type SignatureOf,
  type Spaces,
} from "./types.js";

const single = { weight: 1, depth: 1, handles: 0 } as const;
const primitives: ReadonlyMap<string, ValueType> = new Map(
  primitiveKinds.map((kind: PrimitiveKind) => [kind, valueTypeOf({ kind }, single)]),
);

export type ScopeKind = "component" | "component-type" | "instance-type";
export type Direction = "import" | "export";

/** What is imported, or what is exported, by name; and which types are known by those names. */
export class Externs {
  readonly items = new Map<string, Signature>();
  /** Names under the form in which they have to differ. */
  readonly keys = new Map<string, string>();
  readonly nameOfResource = new Map<ResourceType, string>();
  /** Types that may be used in the type of an import or export that follows. */
  readonly visibleTypes = new Set<AnyType>();
  /** Value types in which everything was found visible. */
  readonly looked = new Set<AnyType>();
}

/** The index spaces of a component, or of a component or instance type, while it is validated. */
export class ValidationScope implements PartMap<TypeRef, ValueType> {
  readonly context: Context;
  readonly kind: ScopeKind;
  readonly outer: ValidationScope | undefined;
  /** Those of this component and of all that are around and inside it. */
  readonly components: Map<ComponentSyntax, ValidationScope>;
  readonly spaces: { readonly [S in keyof Spaces]: Spaces[S][] } = {
    func: [],
    type: [],
    instance: [],
    component: [],
    "core-func": [],
    "core-table": [],
    "core-memory": [],
    "core-global": [],
    "core-tag": [],
    "core-type": [],
    "core-module": [],
    "core-instance": [],
  };
  #imports: Externs | undefined;
  #exports: Externs | undefined;
  /** Resources that come with an import, and where. */
  readonly importedResources = new Map<ResourceType, Path>();
  /** Resources that are made here, or by a component that is instantiated here. */
  readonly ownResources = new Set<ResourceType>();
  /** Those of them that this very component defines: it knows what represents them. */
  readonly definedResources = new Set<ResourceType>();
  /** Resources that an export leads to. */
  readonly exportedResources = new Map<ResourceType, Path>();

  constructor(context: Context, kind: ScopeKind, outer: ValidationScope | undefined) {
    this.context = context;
    this.kind = kind;
    this.outer = outer;
    this.components = outer?.components ?? new Map<ComponentSyntax, ValidationScope>();
  }

  // Made when first asked for: an instance type has no imports.
  get imports(): Externs {
    return (this.#imports ??= new Externs());
  }

  get exports(): Externs {
    return (this.#exports ??= new Externs());
  }

  externs(direction: Direction): Externs {
    return direction === "import" ? this.imports : this.exports;
  }

  /** What is defined under an index. Throws `invalid` when there is nothing. */
  at<S extends keyof Spaces>(sort: S, index: number): Spaces[S] {
    return at<Spaces[S]>(this.spaces[sort], index, sort);
  }

  /** Appends to an index space. */
  push<S extends keyof Spaces>(sort: S, item: Spaces[S]): void {
    this.spaces[sort].push(item);
  }

  pushSignature<K extends SignatureKind>(signature: SignatureOf<K>): void {
    this.push(signature.kind, signature.type);
  }

  signature<K extends SignatureKind>(kind: K, index: number): SignatureOf<K> {
    return { kind, type: this.at(kind, index) };
  }

  /** A type of the kind that is wanted. Throws `invalid` when there is none under the index. */
  typeAt<K extends AnyType["kind"]>(kind: K, index: number): Extract<AnyType, { readonly kind: K }> {
    const type = this.at("type", index);
    if (isKind(type, kind)) return type;
    throw invalid(`type ${index} is no ${sortText(kind)}`);
  }

  /** A value type where it is used. */
  part(ref: TypeRef): ValueType {
    if (ref === "error-context") return this.unsupported(ref);
    if (typeof ref === "string") return defined(primitives.get(ref), ref);
    const type = this.at("type", ref);
    if (!isValueType(type)) throw invalid(`type ${ref} is no value type`);
    return type;
  }

  /** A type that can be named and not used. */
  unsupported(feature: string): ValueType {
    this.context.refuse(feature);
    return valueTypeOf({ kind: "unsupported", feature }, single);
  }
}

function isKind<K extends AnyType["kind"]>(
  type: AnyType,
  kind: K,
): type is Extract<AnyType, { readonly kind: K }> {
  return type.kind === kind;
}
