import { assertNever } from "@novywave/base";
import { ReadFailure } from "../failure.js";
import type { ValueMeaning } from "../format/value-meaning.js";
import { NONE } from "../store/hierarchy.js";
import { MAX_WIDTH } from "../store/signal-store.js";
import type { WaveformBuilder } from "../store/waveform-builder.js";
import {
  WRITTEN_BYTE,
  WRITTEN_INT32,
  WRITTEN_INT64,
  WRITTEN_REAL,
  type BasicSignals,
  type Writing,
} from "./basic-signals.js";
import type { GhwInput } from "./ghw-input.js";
import type { TypeTable } from "./read-types.js";
import { scalarLook, type Look, type ShownSignals } from "./shown-signals.js";
import {
  baseOf,
  rangeLength,
  scalarsOf,
  type ArrayType,
  type EnumType,
  type GhwType,
  type IndexRange,
  type ScalarType,
} from "./types.js";

// Kinds of GHDL's hierarchy (`ghw_hie_kind`).
const END = 0;
const GENERATE_FOR = 5;
const PROCESS = 13;
const END_OF_SCOPE = 15;

/** Scopes are called as in FST, so that VHDL looks the same in both. */
const SCOPES: Readonly<Partial<Record<number, string>>> = {
  3: "vhdl_block",
  4: "vhdl_if_generate",
  [GENERATE_FOR]: "vhdl_for_generate",
  6: "vhdl_architecture",
  7: "vhdl_package",
  [PROCESS]: "vhdl_process",
  14: "vhdl_generic",
};
const RECORD_SCOPE = "vhdl_record";
const ARRAY_SCOPE = "vhdl_array";

const DIRECTIONS: Readonly<Partial<Record<number, string | undefined>>> = {
  16: undefined,
  17: "input",
  18: "output",
  19: "inout",
  20: "buffer",
  21: "linkage",
};

const MAX_DEPTH = 1_000;
const MAX_PATH = 16_384;
/** Bytes that declarations may take: elements of arrays and fields are declared one by one. */
const FREE_BYTES = 8 << 20;
const BYTES_PER_BYTE = 256;
const DECLARATION_BYTES = 64;

interface OpenScope {
  readonly id: number;
  /** Characters of the names down to it. */
  readonly path: number;
  readonly depth: number;
}

/**
 * Reads section HIE and declares what is in it. An array of bits is one variable with its range, an array of characters
 * one text; other arrays and records are scopes, their elements and fields variables in them.
 */
export class HierarchyReader {
  readonly #input: GhwInput;
  readonly #types: TypeTable;
  readonly #builder: WaveformBuilder;
  readonly #basics: BasicSignals;
  readonly #shown: ShownSignals;
  readonly #meanings = new Map<ScalarType, number>();
  #bytesLeft: number;
  /** Basic signals of the declaration that is read, and how many of them have found their variable. */
  #ids = new Uint32Array(64);
  #taken = 0;

  constructor(
    input: GhwInput,
    types: TypeTable,
    signals: { builder: WaveformBuilder; basics: BasicSignals; shown: ShownSignals },
  ) {
    this.#input = input;
    this.#types = types;
    this.#builder = signals.builder;
    this.#basics = signals.basics;
    this.#shown = signals.shown;
    this.#bytesLeft = FREE_BYTES + BYTES_PER_BYTE * input.size;
  }

  run(): void {
    const input = this.#input;
    input.count("reserved bytes");
    input.count("scopes");
    input.count("signals");
    input.count("signal elements");
    const open: OpenScope[] = [{ id: NONE, path: 0, depth: 0 }];
    for (;;) {
      input.begin();
      const kind = input.byte();
      if (kind === END) return;
      if (kind === END_OF_SCOPE) {
        open.pop();
        if (open.length === 0) input.fail("More scopes end than were opened");
        continue;
      }
      const parent = open.at(-1) ?? input.fail("More scopes end than were opened");
      const name = this.#types.name();
      const scope = SCOPES[kind];
      if (scope !== undefined) {
        const opened = this.#scope(
          parent,
          kind === GENERATE_FOR ? `${name}(${this.#iteration()})` : name,
          scope,
        );
        if (kind !== PROCESS) open.push(opened);
      } else if (kind in DIRECTIONS) {
        const type = this.#types.reference();
        this.#readIds(type);
        this.#declare(parent, name, type, DIRECTIONS[kind]);
      } else {
        input.fail(`A declaration of the unknown kind ${kind}`);
      }
    }
  }

  /** The value of the parameter of a generate statement, as VHDL writes it. */
  #iteration(): string {
    const input = this.#input;
    const type = baseOf(this.#types.reference());
    if (type === undefined) return input.fail("The parameter of a generate statement is no scalar");
    switch (type.kind) {
      case "enum":
        return type.literals[input.byte()] ?? input.fail("A value outside of its enumeration");
      case "integer":
        return type.bits === 32 ? String(input.sleb()) : String(input.sleb64());
      case "real":
        return String(input.float64());
      default:
        return assertNever(type);
    }
  }

  #scope(parent: OpenScope, name: string, kind: string): OpenScope {
    this.#pay(name.length);
    const path = parent.path + name.length;
    if (parent.depth >= MAX_DEPTH) this.#input.fail(`Scopes are nested deeper than ${MAX_DEPTH}`);
    if (path > MAX_PATH) this.#input.fail(`The names of nested scopes are longer than ${MAX_PATH} together`);
    return { id: this.#builder.hierarchy.addScope(parent.id, name, kind), path, depth: parent.depth + 1 };
  }

  #readIds(type: GhwType): void {
    const count = scalarsOf(type);
    if (count < 0) this.#input.fail("A signal whose type has no bounds");
    this.#taken = 0;
    for (let i = 0; i < count; i++) {
      const id = this.#input.uleb();
      this.#basics.check(this.#input, id);
      if (i === this.#ids.length) {
        const ids = new Uint32Array(i * 2);
        ids.set(this.#ids);
        this.#ids = ids;
      }
      this.#ids[i] = id;
    }
  }

  #declare(scope: OpenScope, name: string, type: GhwType, direction: string | undefined): void {
    // An array of no elements, or a record of such, has no values.
    if (scalarsOf(type) === 0) return;
    switch (type.kind) {
      case "enum":
      case "integer":
      case "real":
      case "subtype": {
        const base = type.kind === "subtype" ? type.base : type;
        this.#variable(scope, name, "", {
          type: type.name,
          base,
          look: scalarLook(base),
          count: 1,
          direction,
          meaning: this.#meaning(base),
        });
        return;
      }
      case "record": {
        const opened = this.#scope(scope, name, RECORD_SCOPE);
        for (const field of type.fields) this.#declare(opened, field.name, field.type, direction);
        return;
      }
      case "array":
        this.#array(scope, name, type, { from: 0, direction });
        return;
      case "open-array":
        this.#input.fail("A signal whose type has no bounds");
    }
  }

  /** Declares the dimensions of an array from the given one on. */
  #array(
    scope: OpenScope,
    name: string,
    type: ArrayType,
    { from, direction }: { from: number; direction: string | undefined },
  ): void {
    const range = type.ranges[from];
    if (range === undefined) return this.#declare(scope, name, type.element, direction);
    const base = baseOf(type.element);
    const look =
      from === type.ranges.length - 1 && base?.kind === "enum" ? elementLook(base, range) : undefined;
    if (base !== undefined && look !== undefined) {
      const written = look.kind === "text" ? "" : `[${range.left}:${range.right}]`;
      const count = rangeLength(range);
      if (count > MAX_WIDTH) this.#input.fail(`A vector of ${count} elements is wider than ${MAX_WIDTH}`);
      this.#variable(scope, name, written, { type: type.name, base, look, count, direction, meaning: 0 });
      return;
    }
    const opened = this.#scope(scope, name, ARRAY_SCOPE);
    for (let i = 0, count = rangeLength(range); i < count; i++) {
      const index = range.downto ? range.left - i : range.left + i;
      this.#array(opened, `[${range.literals?.[index] ?? index}]`, type, { from: from + 1, direction });
    }
  }

  #variable(
    scope: OpenScope,
    name: string,
    range: string,
    what: {
      type: string;
      base: ScalarType;
      look: Look;
      count: number;
      direction: string | undefined;
      meaning: number;
    },
  ): void {
    this.#pay(name.length + range.length);
    const ids = this.#ids.slice(this.#taken, this.#taken + what.count);
    this.#taken += what.count;
    const writing = writingOf(what.base);
    for (const id of ids) {
      if (!this.#basics.declare(id, writing)) this.#input.fail(`Signal ${id} has two different types`);
    }
    const { signals, hierarchy } = this.#builder;
    const signal = this.#shown.signal(what.look, ids);
    hierarchy.addVariable(scope.id, name, range, {
      type: what.type.slice(0, 40),
      width: signals.width(signal),
      signal,
      direction: what.direction,
      meaning: what.meaning,
    });
  }

  #meaning(type: ScalarType): number {
    let meaning = this.#meanings.get(type);
    if (meaning === undefined) {
      const said = meaningOf(type);
      meaning = said === undefined ? 0 : this.#builder.hierarchy.addMeaning(said);
      this.#meanings.set(type, meaning);
    }
    return meaning;
  }

  #pay(characters: number): void {
    this.#bytesLeft -= characters + DECLARATION_BYTES;
    if (this.#bytesLeft < 0) {
      throw new ReadFailure("too-large", "The arrays and records of the file have too many elements", {
        byte: this.#input.item,
      });
    }
  }
}

/** How an array of these elements is shown as one variable; `undefined` if it is not. */
function elementLook(element: EnumType, range: IndexRange): Look | undefined {
  if (range.literals !== undefined) return undefined;
  if (element.wellKnown !== undefined) return { kind: "vector", wellKnown: element.wellKnown };
  return element.name === "character" && element.literals.length === 256 ? { kind: "text" } : undefined;
}

function writingOf(type: ScalarType): Writing {
  switch (type.kind) {
    case "enum":
      return { how: WRITTEN_BYTE, limit: type.literals.length };
    case "integer":
      return { how: type.bits === 32 ? WRITTEN_INT32 : WRITTEN_INT64, limit: 0 };
    case "real":
      return { how: WRITTEN_REAL, limit: 0 };
    default:
      return assertNever(type);
  }
}

function meaningOf(type: ScalarType): ValueMeaning | undefined {
  if (type.kind === "integer") {
    return type.units.length > 0 ? { kind: "units", units: type.units } : { kind: "integer" };
  }
  if (type.kind !== "enum" || type.wellKnown === "bit" || type.wellKnown === "std_ulogic") return undefined;
  const look = scalarLook(type);
  const width = look.kind === "number" ? look.width : 1;
  return {
    kind: "names",
    names: type.literals.map((name, position) => ({
      value: position.toString(2).padStart(width, "0"),
      name,
    })),
  };
}
