import { partsOf } from "../types/parts.js";
import type { ValueType } from "../types/value-types.js";
import type { Direction, ValidationScope } from "./scope.js";
import type { AnyType, InstanceSignature, Signature } from "./types.js";

/**
 * Whoever sees an import or export must be able to name each record, variant, enum, flags and resource in its type: they have
 * to be imported (for an import) or imported or exported (for an export) before, in the same component or type.
 */
export class VisibleTypes {
  readonly #scope: ValidationScope;
  readonly #direction: Direction;
  /** What the instance type that is looked at exports itself. */
  #inside: Set<AnyType> | undefined;

  constructor(scope: ValidationScope, direction: Direction) {
    this.#scope = scope;
    this.#direction = direction;
  }

  /** What a component exports under a name cannot be told to whoever gives it its imports. */
  namesAnExport(signature: Signature): boolean {
    if (signature.kind !== "type" || this.#direction === "export" || this.#scope.kind === "instance-type") {
      return false;
    }
    const { type } = signature;
    if (!("of" in type) || type.of === undefined) return false;
    const { imports, exports } = this.#scope;
    return exports.visibleTypes.has(type.of) && !imports.visibleTypes.has(type.of);
  }

  /** Whether everything in the type can be named. The types that the import or export names itself can be named from now on. */
  register(signature: Signature): boolean {
    // An instance type may use what is around it: the import or export that it describes is looked at.
    if (this.#scope.kind === "instance-type") return true;
    this.#scope.context.spend(1);
    switch (signature.kind) {
      case "type":
        if (!this.#partsVisible(signature.type)) return false;
        this.#add(signature.type);
        return true;
      case "instance":
        for (const item of signature.type.exports.values()) if (!this.register(item)) return false;
        return true;
      case "func":
        return this.#partsVisible(signature.type);
      // Components and core modules stand for themselves.
      default:
        return true;
    }
  }

  #add(type: AnyType): void {
    const { imports, exports } = this.#scope;
    // What is imported can be named by exports as well.
    if (this.#direction === "import") imports.visibleTypes.add(type);
    exports.visibleTypes.add(type);
  }

  #known(type: AnyType): boolean {
    return this.#inside?.has(type) === true || this.#scope.externs(this.#direction).visibleTypes.has(type);
  }

  #partsVisible(type: AnyType): boolean {
    switch (type.kind) {
      case "resource":
      case "component-type":
        return true;
      case "instance-type":
        return this.#instanceVisible(type);
      case "own":
      case "borrow":
        return this.#known(type.resource);
      default: {
        const parts = partsOf(type);
        this.#scope.context.spend(parts.length);
        for (const part of parts) if (part !== undefined && !this.#visible(part)) return false;
        return true;
      }
    }
  }

  /** Types that an instance type exports can be named in it, and only there. */
  #instanceVisible(type: InstanceSignature): boolean {
    const added: AnyType[] = [];
    let visible = true;
    for (const item of type.exports.values()) {
      this.#scope.context.spend(1);
      visible = this.#itemVisible(item, added);
      if (!visible) break;
    }
    for (const item of added) this.#inside?.delete(item);
    return visible;
  }

  #itemVisible(item: Signature, added: AnyType[]): boolean {
    if (item.kind === "func") return this.#partsVisible(item.type);
    if (item.kind === "instance") return this.#instanceVisible(item.type);
    if (item.kind !== "type") return true;
    if (!this.#partsVisible(item.type)) return false;
    this.#inside ??= new Set();
    if (!this.#inside.has(item.type)) {
      this.#inside.add(item.type);
      added.push(item.type);
    }
    return true;
  }

  #visible(type: ValueType): boolean {
    const { looked } = this.#scope.externs(this.#direction);
    // More and more can be named, never less.
    if (looked.has(type)) return true;
    const visible = mustBeNamed(type) ? this.#known(type) : this.#partsVisible(type);
    if (visible && (this.#inside?.size ?? 0) === 0) looked.add(type);
    return visible;
  }
}

function mustBeNamed(type: ValueType): boolean {
  const { kind } = type;
  return kind === "record" || kind === "variant" || kind === "enum" || kind === "flags";
}
