import { ReadFailure } from "../failure.js";
import type { ScopeFacts } from "../model.js";
import { isSmallMeaning, type ValueMeaning } from "../format/value-meaning.js";
import { GrowableU32 } from "./growable.js";
import { NameTable } from "./name-table.js";

/** More of either is no design, and would not fit a Map. */
const MAX_SCOPES = 4_000_000;
const MAX_WORDS = 65_535;

/** Meanings that are kept; the variables of further ones show their digits. */
const MAX_MEANINGS = 65_535;

/** A variable as it is declared. */
export interface Declared {
  /** As the file says: wire, reg, integer, std_logic, … */
  readonly type: string;
  readonly width: number;
  readonly signal: number;
  /** Of a port: input, output, inout, … */
  readonly direction?: string | undefined;
  /** From {@link Hierarchy.addMeaning}. */
  readonly meaning?: number | undefined;
}

/** No scope, no parent. */
export const NONE = 0xffffffff;

/**
 * Scopes and variables as the file declares them, in columns: no object per variable. A scope that is opened again under
 * the same parent and name is the same scope. Parents come before their children.
 */
export class Hierarchy {
  readonly #names = new NameTable();
  readonly #scopeName = new GrowableU32();
  readonly #scopeParent = new GrowableU32();
  readonly #scopeKind = new GrowableU32();
  readonly #scopeIds = new Map<string, number>();
  /** Only of scopes of which something is said. */
  readonly #scopeFacts = new Map<number, ScopeFacts>();
  readonly #varName = new GrowableU32();
  /** Where the range starts in the name, in UTF-16 units from its end. */
  readonly #varRange = new GrowableU32();
  readonly #varScope = new GrowableU32();
  readonly #varSignal = new GrowableU32();
  readonly #varWidth = new GrowableU32();
  readonly #varType = new GrowableU32();
  /** Word of the direction + 1, and meaning << 16; 0 for none. */
  readonly #varExtra = new GrowableU32();
  readonly #meanings: ValueMeaning[] = [];
  readonly #words: string[] = [];
  readonly #wordIds = new Map<string, number>();

  get scopes(): number {
    return this.#scopeName.length;
  }

  get variables(): number {
    return this.#varName.length;
  }

  /** Opens a scope below `parent` (or {@link NONE}) and returns its id. */
  addScope(parent: number, name: string, kind: string, facts?: ScopeFacts): number {
    const key = `${parent} ${name}`;
    const known = this.#scopeIds.get(key);
    if (known !== undefined) return known;
    const id = this.scopes;
    if (id >= MAX_SCOPES) throw new ReadFailure("too-large", `The file has more than ${MAX_SCOPES} scopes`);
    this.#scopeIds.set(key, id);
    this.#scopeName.push(this.#names.add(name));
    this.#scopeParent.push(parent);
    this.#scopeKind.push(this.#word(kind));
    if (facts !== undefined) this.#scopeFacts.set(id, facts);
    return id;
  }

  /** Adds a variable. `range` is `[7:0]`, `[3]` or empty. */
  addVariable(scope: number, name: string, range: string, declared: Declared): number {
    return this.#declare(this.#names.add(name + range), range.length, scope, declared);
  }

  /** The same with name and range as ASCII bytes, `text[from..to)` and `text[from2..to2)`; together below 60 000. */
  addVariableBytes(
    scope: number,
    text: Uint8Array,
    [from, to, from2, to2]: readonly [number, number, number, number],
    declared: Declared,
  ): number {
    return this.#declare(this.#names.addBytes(text, from, to, from2, to2), to2 - from2, scope, declared);
  }

  #declare(name: number, range: number, scope: number, declared: Declared): number {
    const id = this.variables;
    this.#varName.push(name);
    this.#varRange.push(range);
    this.#varScope.push(scope);
    this.#varSignal.push(declared.signal);
    this.#varWidth.push(declared.width);
    this.#varType.push(this.#word(declared.type));
    const direction = declared.direction === undefined ? 0 : this.#word(declared.direction) + 1;
    this.#varExtra.push((direction | ((declared.meaning ?? 0) << 16)) >>> 0);
    return id;
  }

  /** Keeps a meaning for the variables that have it, and returns its number; 0, "none", if it is too large. */
  addMeaning(meaning: ValueMeaning): number {
    if (this.#meanings.length >= MAX_MEANINGS || !isSmallMeaning(meaning)) return 0;
    return this.#meanings.push(meaning);
  }

  scopeName(scope: number): string {
    return this.#names.get(this.#scopeName.at(scope));
  }

  scopeParent(scope: number): number {
    return this.#scopeParent.at(scope);
  }

  scopeKind(scope: number): string {
    return this.#words[this.#scopeKind.at(scope)] ?? "";
  }

  scopeFacts(scope: number): ScopeFacts | undefined {
    return this.#scopeFacts.get(scope);
  }

  /** Name and range of a variable, as declared. */
  variableName(variable: number): { base: string; range: string } {
    const name = this.#names.get(this.#varName.at(variable));
    const at = name.length - this.#varRange.at(variable);
    return { base: name.slice(0, at), range: name.slice(at) };
  }

  /** Id of the scope, or {@link NONE} for a variable outside of all scopes. */
  variableScope(variable: number): number {
    return this.#varScope.at(variable);
  }

  variableSignal(variable: number): number {
    return this.#varSignal.at(variable);
  }

  variableWidth(variable: number): number {
    return this.#varWidth.at(variable);
  }

  variableType(variable: number): string {
    return this.#words[this.#varType.at(variable)] ?? "";
  }

  variableDirection(variable: number): string | undefined {
    const direction = this.#varExtra.at(variable) & 0xffff;
    return direction === 0 ? undefined : this.#words[direction - 1];
  }

  variableMeaning(variable: number): ValueMeaning | undefined {
    return this.#meanings[(this.#varExtra.at(variable) >>> 16) - 1];
  }

  #word(word: string): number {
    let id = this.#wordIds.get(word);
    if (id === undefined) {
      if (this.#words.length >= MAX_WORDS) {
        throw new ReadFailure("too-large", `The file has more than ${MAX_WORDS} different types`);
      }
      id = this.#words.push(word) - 1;
      this.#wordIds.set(word, id);
    }
    return id;
  }
}
