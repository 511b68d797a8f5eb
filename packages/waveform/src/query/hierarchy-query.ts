import type { ScopeInfo, VariableInfo } from "../model.js";
import { NONE, type Hierarchy } from "../store/hierarchy.js";
import type { SignalStore } from "../store/signal-store.js";
import { withoutRange } from "../reload.js";
import { NameIndex } from "./name-index.js";
import { FullNames } from "./names.js";

export interface ScopesQuery {
  /** Id of a scope; without it the roots are meant. */
  readonly parent?: number;
  readonly offset: number;
  readonly limit: number;
}

export interface VariablesQuery {
  readonly scope?: number;
  /** Also those of the scopes inside of `scope`. Without a scope all variables are searched anyway. */
  readonly recursive?: boolean;
  /** Words separated by spaces, all of which occur in the full name; case does not matter. */
  readonly text?: string;
  readonly offset: number;
  readonly limit: number;
}

export interface Page<T> {
  readonly total: number;
  readonly items: T[];
}

/** Answers questions about scopes and variables. Its indices are made when they are first needed. */
export class HierarchyQuery {
  readonly #hierarchy: Hierarchy;
  readonly #signals: SignalStore;
  readonly #names: FullNames;
  #children: Groups | undefined;
  #members: Groups | undefined;
  #byName: NameIndex | undefined;
  #byBase: NameIndex | undefined;
  #found: { key: string; ids: Uint32Array } | undefined;

  /** Of which the answers are. */
  readonly #size: number;

  constructor(hierarchy: Hierarchy, signals: SignalStore) {
    this.#hierarchy = hierarchy;
    this.#size = hierarchy.variables + hierarchy.scopes;
    this.#signals = signals;
    this.#names = new FullNames(hierarchy);
  }

  /** Nothing was declared since this was made. */
  get isUpToDate(): boolean {
    return this.#size === this.#hierarchy.variables + this.#hierarchy.scopes;
  }

  scopes(query: ScopesQuery): Page<ScopeInfo> {
    const ids = this.#childScopes().of(query.parent ?? NONE);
    const items = Array.from(ids.subarray(query.offset, query.offset + query.limit), (id) =>
      this.#scopeInfo(id),
    );
    return { total: ids.length, items };
  }

  variables(query: VariablesQuery): Page<VariableInfo> {
    const ids = this.#search(query);
    const items = Array.from(ids.subarray(query.offset, query.offset + query.limit), (id) =>
      this.variable(id),
    );
    return { total: ids.length, items };
  }

  /**
   * The first variable of each full name. A vector whose range is another than it was, or is not said, is found by the
   * rest of its name, if only one variable has that.
   */
  resolve(names: readonly string[]): (VariableInfo | undefined)[] {
    return names.map((name) => {
      const { variables } = this.#hierarchy;
      this.#byName ??= new NameIndex(this.#names, variables, true);
      const first = this.#byName.first(name);
      if (first >= 0) return this.variable(first);
      this.#byBase ??= new NameIndex(this.#names, variables, false);
      const only = this.#byBase.only(withoutRange(name));
      return only < 0 ? undefined : this.variable(only);
    });
  }

  variable(id: number): VariableInfo {
    const hierarchy = this.#hierarchy;
    const { base, range } = hierarchy.variableName(id);
    const signal = hierarchy.variableSignal(id);
    const kind = this.#signals.kind(signal);
    const direction = hierarchy.variableDirection(id);
    const meaning = hierarchy.variableMeaning(id);
    return {
      id,
      name: base + range,
      fullName: this.#names.variable(id),
      scope: hierarchy.variableScope(id),
      signal,
      width: kind === "bits" ? hierarchy.variableWidth(id) : 1,
      kind,
      type: hierarchy.variableType(id),
      ...(direction === undefined ? {} : { direction }),
      ...(meaning === undefined ? {} : { meaning }),
    };
  }

  #scopeInfo(id: number): ScopeInfo {
    return {
      id,
      name: this.#hierarchy.scopeName(id),
      fullName: this.#names.scope(id),
      kind: this.#hierarchy.scopeKind(id),
      childScopes: this.#childScopes().of(id).length,
      variables: this.#variablesOf().of(id).length,
      ...this.#hierarchy.scopeFacts(id),
    };
  }

  #search(query: VariablesQuery): Uint32Array {
    const words = (query.text ?? "")
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== "");
    const { scope, recursive = false } = query;
    const key = JSON.stringify([scope, recursive, words]);
    if (this.#found?.key === key) return this.#found.ids;
    let ids: Uint32Array;
    if (scope === undefined) ids = Uint32Array.from({ length: this.#hierarchy.variables }, (_, id) => id);
    else if (recursive) ids = this.#below(scope);
    else ids = this.#variablesOf().of(scope);
    if (words.length > 0) {
      ids = ids.filter((id) => {
        const name = this.#names.variable(id).toLowerCase();
        return words.every((word) => name.includes(word));
      });
    }
    this.#found = { key, ids };
    return ids;
  }

  /** The variables of a scope and of all scopes in it. */
  #below(scope: number): Uint32Array {
    const hierarchy = this.#hierarchy;
    const inside = new Uint8Array(hierarchy.scopes);
    const parts: Uint32Array[] = [];
    let total = 0;
    for (let id = scope; id < hierarchy.scopes; id++) {
      const parent = hierarchy.scopeParent(id);
      if (id !== scope && (parent === NONE || inside[parent] !== 1)) continue;
      inside[id] = 1;
      const ids = this.#variablesOf().of(id);
      parts.push(ids);
      total += ids.length;
    }
    const all = new Uint32Array(total);
    let at = 0;
    for (const part of parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }

  #childScopes(): Groups {
    const { scopes } = this.#hierarchy;
    this.#children ??= new Groups(scopes, scopes, (id) => this.#hierarchy.scopeParent(id));
    return this.#children;
  }

  #variablesOf(): Groups {
    const { scopes, variables } = this.#hierarchy;
    this.#members ??= new Groups(variables, scopes, (id) => this.#hierarchy.variableScope(id));
    return this.#members;
  }
}

/** Numbers 0..count grouped by a key from 0..keys or {@link NONE}, each group in ascending order. */
class Groups {
  readonly #starts: Uint32Array;
  readonly #ids: Uint32Array;

  constructor(count: number, keys: number, keyOf: (id: number) => number) {
    const starts = new Uint32Array(keys + 2);
    const slot = (id: number): number => Math.min(keyOf(id), keys);
    for (let id = 0; id < count; id++) starts[slot(id) + 1] = (starts[slot(id) + 1] ?? 0) + 1;
    for (let key = 0; key <= keys; key++) starts[key + 1] = (starts[key + 1] ?? 0) + (starts[key] ?? 0);
    const ids = new Uint32Array(count);
    const next = starts.slice();
    for (let id = 0; id < count; id++) {
      const at = next[slot(id)] ?? 0;
      ids[at] = id;
      next[slot(id)] = at + 1;
    }
    this.#starts = starts;
    this.#ids = ids;
  }

  of(key: number): Uint32Array {
    const group = Math.min(key, this.#starts.length - 2);
    return this.#ids.subarray(this.#starts[group] ?? 0, this.#starts[group + 1] ?? 0);
  }
}
