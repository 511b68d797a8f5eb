import { NONE, type Hierarchy } from "../store/hierarchy.js";

/**
 * A declared name as part of a full name. One with a dot or white space in it is written as Verilog's escaped identifier
 * (IEEE 1364-2005, 3.7.1): a backslash before, a space after it, so that full names stay unambiguous.
 */
export function namePart(name: string): string {
  if (!/[.\s]/.test(name)) return name;
  return `${name.startsWith("\\") ? "" : "\\"}${name} `;
}

/** Full names of scopes and variables. */
export class FullNames {
  readonly #hierarchy: Hierarchy;
  readonly #scopes: string[] = [];
  readonly #scopeHashes: number[] = [];
  /** Nobody can make up names that all have one hash. */
  readonly #seed = Math.floor(Math.random() * 2 ** 32);

  constructor(hierarchy: Hierarchy) {
    this.#hierarchy = hierarchy;
  }

  scope(scope: number): string {
    // Parents come before their children, so all that is missing can be filled in from the front.
    for (let id = this.#scopes.length; id <= scope; id++) {
      const parent = this.#hierarchy.scopeParent(id);
      const part = namePart(this.#hierarchy.scopeName(id));
      this.#scopes.push(parent === NONE ? part : `${this.#scopes[parent] ?? ""}.${part}`);
    }
    return this.#scopes[scope] ?? "";
  }

  variable(variable: number, withRange = true): string {
    const part = this.#part(variable, withRange);
    const scope = this.#hierarchy.variableScope(variable);
    return scope === NONE ? part : `${this.scope(scope)}.${part}`;
  }

  /** The hash of the full name of a variable, made without its text: many variables share a long path. */
  hashOfVariable(variable: number, withRange = true): number {
    const part = this.#part(variable, withRange);
    const scope = this.#hierarchy.variableScope(variable);
    return (scope === NONE ? hash(part, this.#seed) : hash(part, hash(".", this.#hashOfScope(scope)))) >>> 0;
  }

  #part(variable: number, withRange: boolean): string {
    const { base, range } = this.#hierarchy.variableName(variable);
    // The index of a single bit is part of its name.
    return namePart(base) + (withRange || !range.includes(":") ? range : "");
  }

  /** The same for a name that is asked for. */
  hashOfName(name: string): number {
    return hash(name, this.#seed) >>> 0;
  }

  #hashOfScope(scope: number): number {
    for (let id = this.#scopeHashes.length; id <= scope; id++)
      this.#scopeHashes.push(hash(this.scope(id), this.#seed));
    return this.#scopeHashes[scope] ?? 0;
  }
}

/** FNV-1a over UTF-16 units, from a state that an earlier part left or from a seed. */
function hash(text: string, state: number): number {
  let hash = state;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash;
}
