import { ReadFailure } from "../failure.js";
import type { GhwInput } from "./ghw-input.js";
import {
  arrayScalars,
  baseOf,
  depthOf,
  recordScalars,
  scalarsOf,
  type ArrayType,
  type EnumType,
  type GhwType,
  type IndexRange,
  type IntegerType,
  type OpenArrayType,
  type RecordType,
  type WellKnown,
} from "./types.js";

/** Deeper nesting is no design. */
const MAX_DEPTH = 32;
/** Subtypes of records repeat their fields; this often, and as often as the file has bytes, times four. */
const FREE_FIELDS = 1_000_000;

// The run-time kinds of GHDL (`ghdl_rtik`) that occur in files.
const B2 = 22;
const E8 = 23;
const I32 = 25;
const I64 = 26;
const F64 = 27;
const P32 = 28;
const P64 = 29;
const ARRAY = 31;
const RECORD = 32;
const SUBTYPE_SCALAR = 34;
const SUBTYPE_ARRAY = 35;
const SUBTYPE_OPEN_ARRAY = 37;
const SUBTYPE_RECORD = 38;
const SUBTYPE_OPEN_RECORD = 39;

const WELL_KNOWN: readonly (WellKnown | undefined)[] = [undefined, "boolean", "bit", "std_ulogic"];

/** The types of a file. They refer to each other, and variables to them, by number from 1, to earlier ones only. */
export class TypeTable {
  readonly #input: GhwInput;
  readonly #strings: readonly string[];
  readonly #version: number;
  readonly #types: GhwType[] = [];
  #fieldsLeft: number;

  /** `version` is that of the file's format: in version 0 physical types have no units. */
  constructor(input: GhwInput, strings: readonly string[], version: number) {
    this.#input = input;
    this.#strings = strings;
    this.#version = version;
    this.#fieldsLeft = FREE_FIELDS + 4 * input.size;
  }

  /** Reads the number of a string. */
  name(): string {
    const name = this.#strings[this.#input.uleb()];
    return name ?? this.#input.fail("There is no string of this number");
  }

  /** Reads the number of a type. */
  reference(): GhwType {
    const type = this.#types[this.#input.uleb() - 1];
    return type ?? this.#input.fail("There is no type of this number");
  }

  /** Section TYP. */
  readTypes(): void {
    const input = this.#input;
    input.count("reserved bytes");
    const count = input.count("types");
    for (let i = 0; i < count; i++) {
      input.begin();
      this.#types.push(this.#type());
    }
    if (input.byte() !== 0) input.fail("The types do not end where they should");
  }

  /** Section WKT: which of the types are those of the standard packages. */
  readWellKnown(): void {
    const input = this.#input;
    input.count("reserved bytes");
    for (;;) {
      input.begin();
      const number = input.byte();
      if (number === 0) return;
      const type = this.reference();
      const wellKnown = WELL_KNOWN[number];
      if (type.kind !== "enum" || wellKnown === undefined) continue;
      if (type.literals.length !== (wellKnown === "std_ulogic" ? 9 : 2)) {
        input.fail(`A ${wellKnown} has another number of values`);
      }
      type.wellKnown = wellKnown;
    }
  }

  #type(): GhwType {
    const input = this.#input;
    const kind = input.byte();
    const name = this.name();
    switch (kind) {
      case B2:
      case E8:
        return this.#enumeration(name);
      case I32:
      case I64:
        return { kind: "integer", name, bits: kind === I32 ? 32 : 64, units: [] };
      case F64:
        return { kind: "real", name };
      case P32:
      case P64:
        return this.#physical(name, kind === P32 ? 32 : 64);
      case SUBTYPE_SCALAR: {
        const base = baseOf(this.reference()) ?? input.fail("A scalar subtype of a type that is no scalar");
        this.#range(undefined);
        return { kind: "subtype", name: name === "" ? base.name : name, base };
      }
      case ARRAY:
        return this.#openArray(name);
      case SUBTYPE_ARRAY:
        return this.#array(this.#arrayReference(), name);
      case SUBTYPE_OPEN_ARRAY: {
        const base = this.#arrayReference();
        return name === "" ? base : { ...base, name };
      }
      case RECORD:
        return this.#record(name);
      case SUBTYPE_RECORD:
        return this.#bounded(this.#recordReference(), name);
      case SUBTYPE_OPEN_RECORD: {
        const base = this.#recordReference();
        return name === "" ? base : { ...base, name };
      }
      default:
        return input.fail(`A type of the unknown kind ${kind}`);
    }
  }

  #enumeration(name: string): EnumType {
    const literals: string[] = [];
    for (let left = this.#input.uleb(); left > 0; left--) literals.push(this.name());
    if (literals.length === 0 || literals.length > 256) {
      this.#input.fail("An enumeration that has not 1 to 256 values");
    }
    return { kind: "enum", name, literals, wellKnown: undefined };
  }

  #physical(name: string, bits: 32 | 64): IntegerType {
    const units: { name: string; scale: string }[] = [];
    for (let left = this.#version === 0 ? 0 : this.#input.uleb(); left > 0; left--) {
      units.push({ name: this.name(), scale: this.#input.sleb64().toString() });
    }
    return { kind: "integer", name, bits, units };
  }

  #openArray(name: string): OpenArrayType {
    const input = this.#input;
    const element = this.reference();
    const dimensions: GhwType[] = [];
    for (let left = input.uleb(); left > 0; left--) dimensions.push(this.reference());
    if (dimensions.length === 0) input.fail("An array without a dimension");
    return this.#checked({
      kind: "open-array",
      name,
      element,
      dimensions,
      depth: depthOf(element) + dimensions.length,
    });
  }

  /** The bounds of an array, and of its elements where their type has none. */
  #array(base: OpenArrayType, name: string): ArrayType {
    const ranges = base.dimensions.map((dimension) => this.#range(dimension));
    const element = scalarsOf(base.element) >= 0 ? base.element : this.#bounds(base.element);
    return {
      kind: "array",
      name: name === "" ? base.name : name,
      element,
      ranges,
      scalars: arrayScalars(ranges, element),
      depth: base.depth,
    };
  }

  #record(name: string): RecordType {
    const fields: { name: string; type: GhwType }[] = [];
    for (let left = this.#input.uleb(); left > 0; left--) {
      fields.push({ name: this.name(), type: this.reference() });
    }
    return this.#checked(recordOf(name, fields));
  }

  /** A record with the bounds of those fields whose type has none. */
  #bounded(base: RecordType, name: string): RecordType {
    if (base.scalars >= 0) return name === "" ? base : { ...base, name };
    this.#fieldsLeft -= base.fields.length;
    if (this.#fieldsLeft < 0) {
      throw new ReadFailure("too-large", "The records of the file have too many subtypes", {
        byte: this.#input.item,
      });
    }
    const fields = base.fields.map((field) =>
      scalarsOf(field.type) >= 0 ? field : { name: field.name, type: this.#bounds(field.type) },
    );
    return recordOf(name === "" ? base.name : name, fields);
  }

  #bounds(type: GhwType): GhwType {
    if (type.kind === "open-array") return this.#array(type, "");
    if (type.kind === "record") return this.#bounded(type, "");
    return this.#input.fail("Bounds for a type that has bounds");
  }

  #arrayReference(): OpenArrayType {
    const type = this.reference();
    return type.kind === "open-array" ? type : this.#input.fail("Bounds for a type that is no open array");
  }

  #recordReference(): RecordType {
    const type = this.reference();
    return type.kind === "record" ? type : this.#input.fail("A subtype of a type that is no record");
  }

  /** Reads a range. It matters only where it is the index of an array, whose type is then given. */
  #range(index: GhwType | undefined): IndexRange {
    const input = this.#input;
    const first = input.byte();
    const downto = first >= 128;
    switch (first & 127) {
      case B2:
      case E8: {
        const base = index && baseOf(index);
        const literals = base?.kind === "enum" ? base.literals : undefined;
        return { left: input.byte(), right: input.byte(), downto, literals };
      }
      case I32:
      case P32:
        return { left: input.sleb(), right: input.sleb(), downto, literals: undefined };
      case I64:
      case P64:
        if (index) input.fail("An index of 64 bits");
        return { left: Number(input.sleb64()), right: Number(input.sleb64()), downto, literals: undefined };
      case F64:
        if (index) input.fail("An index that is a real number");
        return { left: input.float64(), right: input.float64(), downto, literals: undefined };
      default:
        return input.fail(`A range of the unknown kind ${first & 127}`);
    }
  }

  #checked<T extends OpenArrayType | RecordType>(type: T): T {
    if (type.depth > MAX_DEPTH) this.#input.fail(`Types are nested deeper than ${MAX_DEPTH}`);
    return type;
  }
}

function recordOf(name: string, fields: RecordType["fields"]): RecordType {
  return {
    kind: "record",
    name,
    fields,
    scalars: recordScalars(fields),
    depth: 1 + fields.reduce((most, { type }) => Math.max(most, depthOf(type)), 0),
  };
}
