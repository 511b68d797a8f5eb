import type { ExternNameForm } from "../binary/names.js";
import type { CoreExtern, CoreFuncType } from "../core/module-types.js";
import type { FuncType, ResourceType } from "../types/value-types.js";
import type {
  AnyType,
  ComponentSignature,
  InstanceSignature,
  ModuleSignature,
  Path,
  Signature,
} from "./types.js";

export type ScopeKind = "component" | "component-type" | "instance-type";
export type Direction = "import" | "export";

/** What is imported, or what is exported, by name; and which types are known by those names. */
export class Externs {
  readonly items = new Map<string, Signature>();
  /** Names under the form in which they have to differ. */
  readonly keys = new Map<string, string>();
  readonly resourceNames = new Set<string>();
  readonly nameOfResource = new Map<ResourceType, string>();
  /** Types that may be used in the type of an import or export that follows. */
  readonly visibleTypes = new Set<AnyType>();
  /** Value types in which everything was found visible. */
  readonly looked = new Set<AnyType>();
}

/** The index spaces of a component, or of a component or instance type, while it is validated. */
export class ValidationScope {
  readonly kind: ScopeKind;
  readonly outer: ValidationScope | undefined;
  readonly depth: number;
  readonly coreTypes: (CoreFuncType | ModuleSignature)[] = [];
  readonly coreModules: ModuleSignature[] = [];
  readonly coreInstances: ReadonlyMap<string, CoreExtern>[] = [];
  readonly coreFuncs: CoreExtern[] = [];
  readonly coreTables: CoreExtern[] = [];
  readonly coreMemories: CoreExtern[] = [];
  readonly coreGlobals: CoreExtern[] = [];
  readonly coreTags: CoreExtern[] = [];
  readonly types: AnyType[] = [];
  readonly funcs: FuncType[] = [];
  readonly instances: InstanceSignature[] = [];
  readonly components: ComponentSignature[] = [];
  readonly imports = new Externs();
  readonly exports = new Externs();
  /** Resources that come with an import, and where. */
  readonly importedResources = new Map<ResourceType, Path>();
  /** Resources that are made here, or by a component that is instantiated here. */
  readonly ownResources = new Set<ResourceType>();
  /** Those of them that this very component defines: it knows what represents them. */
  readonly definedResources = new Set<ResourceType>();
  /** Resources that an export leads to. */
  readonly exportedResources = new Map<ResourceType, Path>();

  constructor(kind: ScopeKind, outer: ValidationScope | undefined) {
    this.kind = kind;
    this.outer = outer;
    this.depth = outer === undefined ? 0 : outer.depth + 1;
  }

  externs(direction: Direction): Externs {
    return direction === "import" ? this.imports : this.exports;
  }

  /** The index space of core definitions of a kind. */
  coreSpace(kind: CoreExtern["kind"]): CoreExtern[] {
    return {
      func: this.coreFuncs,
      table: this.coreTables,
      memory: this.coreMemories,
      global: this.coreGlobals,
      tag: this.coreTags,
    }[kind];
  }
}

/** Names that say of which resource a function is. */
export type MemberForm = Extract<ExternNameForm, { readonly resource: string }>;
