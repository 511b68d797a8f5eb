import type { StringEncoding } from "./binary/syntax.js";
import type { FuncType, ResourceType, ValueType } from "./types/value-types.js";

/**
 * A checked component, flattened: every nested component is dissolved into a list of core instances to make, and everything
 * is addressed by number. Plain data, so that it can be posted to a worker.
 */
export interface Plan {
  /** Component instances, each with its own handles and its own right to be entered. */
  readonly instances: number;
  /** In the order in which they are made; the index is the number of the core instance. */
  readonly coreInstances: readonly CoreInstantiation[];
  readonly trampolines: readonly Trampoline[];
  readonly lifts: readonly Lift[];
  readonly resources: readonly ResourceDefinition[];
  readonly imports: readonly ComponentImport[];
  readonly exports: readonly ComponentExport[];
  /** Where the functions of each interface of `exports` come from, in the order of {@link interfacesOf}. */
  readonly exportSources: readonly (readonly FuncSource[])[];
}

export interface CoreInstantiation {
  /** Index into the modules of the component. */
  readonly module: number;
  readonly args: readonly CoreArgument[];
}

export interface CoreArgument {
  readonly module: string;
  readonly name: string;
  readonly value: CoreRef;
}

/** Something that a core instance exports, or a core function that the engine makes. */
export type CoreRef =
  | { readonly kind: "export"; readonly instance: number; readonly name: string }
  | { readonly kind: "trampoline"; readonly index: number };

export interface AbiOptions {
  readonly encoding: StringEncoding;
  readonly memory: CoreRef | undefined;
  readonly realloc: CoreRef | undefined;
  readonly postReturn: CoreRef | undefined;
}

export type Trampoline =
  | {
      readonly kind: "lower";
      readonly source: FuncSource;
      readonly type: FuncType;
      readonly options: AbiOptions;
      readonly instance: number;
    }
  | {
      readonly kind: "resource.new" | "resource.drop" | "resource.rep";
      readonly resource: number;
      readonly instance: number;
    };

/** Where a component function comes from. */
export type FuncSource =
  | { readonly kind: "lift"; readonly index: number }
  /** `func` is absent for a function that is imported by itself. */
  | { readonly kind: "import"; readonly import: string; readonly func: string | undefined };

export interface Lift {
  readonly core: CoreRef;
  readonly type: FuncType;
  readonly options: AbiOptions;
  readonly instance: number;
}

/** Who makes the resources of a type: a component instance, or the host. */
export type ResourceDefinition =
  | { readonly kind: "guest"; readonly instance: number; readonly dtor: CoreRef | undefined }
  | {
      readonly kind: "host";
      /** The import that brings the type: an interface, or the type itself. */
      readonly import: string;
      /** The name of the type in that interface; absent for a type that is imported by itself. */
      readonly type: string | undefined;
    };

/** A function of an interface. */
export interface InterfaceFunction {
  /** As in WIT, in kebab case. */
  readonly name: string;
  readonly type: FuncType;
}

/** A type that an interface names. */
export interface InterfaceNamedType {
  readonly name: string;
  readonly type: ValueType | ResourceType;
}

/** The functions and types of an interface. */
export interface InterfaceType {
  readonly functions: readonly InterfaceFunction[];
  readonly types: readonly InterfaceNamedType[];
}

/** Something that a component imports or exports, under its full name (`ns:pkg/iface@1.0.0`) or a name of the world. */
export type ComponentExtern =
  | { readonly kind: "instance"; readonly name: string; readonly type: InterfaceType }
  | { readonly kind: "func"; readonly name: string; readonly type: FuncType }
  | { readonly kind: "type"; readonly name: string; readonly type: ValueType | ResourceType };

export type ComponentImport = ComponentExtern;
export type ComponentExport = ComponentExtern;

/** A feature that the component uses and this engine refuses. */
export interface Refusal {
  readonly feature: string;
  readonly offset: number;
}

/** An interface that a component imports or exports; what it imports or exports by itself has no name. */
export interface NamedInterface extends InterfaceType {
  readonly name: string | undefined;
}

/** What is imported or exported, by interface. What is so by itself comes last. */
export function interfacesOf(externs: readonly ComponentExtern[]): readonly NamedInterface[] {
  const interfaces: NamedInterface[] = [];
  const functions: InterfaceFunction[] = [];
  const types: InterfaceNamedType[] = [];
  for (const item of externs) {
    if (item.kind === "instance") interfaces.push({ name: item.name, ...item.type });
    else if (item.kind === "func") functions.push(item);
    else types.push(item);
  }
  interfaces.push({ name: undefined, functions, types });
  return interfaces;
}
