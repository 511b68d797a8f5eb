import type { ComponentExtern, InterfaceType } from "../plan.js";
import type { ResourceType, ValueType } from "../types/value-types.js";

type AnyType = ValueType | ResourceType;

export interface TypeName {
  /** The interface that names the type; `undefined` for the world. */
  readonly owner: string | undefined;
  readonly name: string;
}

/** Which interface names a type: types are told apart by identity, as they were read. */
export class TypeNames {
  readonly #names = new Map<AnyType, TypeName>();

  constructor(externs: readonly ComponentExtern[]) {
    for (const extern of externs) {
      if (extern.kind === "type") this.#names.set(extern.type, { owner: undefined, name: extern.name });
      if (extern.kind === "instance") this.#addInterface(extern.name, extern.type);
    }
  }

  #addInterface(owner: string, type: InterfaceType): void {
    for (const { name, type: named } of type.types) this.#names.set(named, { owner, name });
  }

  of(type: AnyType): TypeName | undefined {
    return this.#names.get(type);
  }

  /** The named type that this one is another name of. */
  origin(type: AnyType): TypeName | undefined {
    let original = type.of;
    while (original !== undefined) {
      const name = this.#names.get(original);
      if (name !== undefined) return name;
      original = original.of;
    }
    return undefined;
  }
}
