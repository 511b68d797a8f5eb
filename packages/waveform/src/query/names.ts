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

  variable(variable: number): string {
    const { base, range } = this.#hierarchy.variableName(variable);
    const scope = this.#hierarchy.variableScope(variable);
    const part = namePart(base) + range;
    return scope === NONE ? part : `${this.scope(scope)}.${part}`;
  }
}
