import type { NamedValue } from "../format/value-meaning.js";
import type { ScopeFacts, SourceLine } from "../model.js";
import type { WaveformBuilder } from "../store/waveform-builder.js";
import { unescapeString } from "../vcd/values.js";
import { ByteReader } from "./byte-reader.js";
import {
  ATTRIBUTE_MISC,
  MISC_COMMENT,
  MISC_ENUM_TABLE,
  MISC_ENVIRONMENT,
  MISC_INSTANCE,
  MISC_PATH,
  MISC_SOURCE,
  MISC_SUPPLEMENT,
  SUPPLEMENT_SHIFT,
  SUPPLEMENT_TYPES,
} from "./words.js";

/** Types that variables are said to have, beyond these they have those of VCD. */
const MAX_TYPES = 10_000;
const MAX_TYPE_LENGTH = 200;
/** Comments and environment variables that are kept. */
const MAX_NOTES = 1_000;
const MAX_NOTE_LENGTH = 10_000;

/** What attributes say about the variable that comes next. */
export interface VariableFacts {
  readonly type: string | undefined;
  readonly meaning: number | undefined;
}

/** Reads the attributes of a hierarchy and keeps what they say until the scope or variable comes that it is said of. */
export class HierarchyAttributes {
  readonly #builder: WaveformBuilder;
  readonly #decoder = new TextDecoder();
  readonly #paths = new Map<number, string>();
  readonly #types = new Set<string>();
  /** Meaning in the hierarchy of each table of names. */
  readonly #enums = new Map<number, number>();
  #declaredAt: SourceLine | undefined;
  #instantiatedAt: SourceLine | undefined;
  #type: string | undefined;
  #meaning: number | undefined;

  constructor(builder: WaveformBuilder) {
    this.#builder = builder;
  }

  /** Takes the attribute whose bytes start at the reader, behind its tag. */
  read(reader: ByteReader): void {
    const kind = reader.u8();
    const subtype = reader.u8();
    const from = reader.at;
    const to = reader.textEnd();
    const argument = reader.varint64();
    // The others enclose variables (members of an array, an enumeration, a packed structure), whose names tell the same.
    if (kind !== ATTRIBUTE_MISC) return;
    const text = reader.bytes.subarray(from, to);
    switch (subtype) {
      case MISC_COMMENT:
        this.#note(this.#builder.comments, text);
        break;
      case MISC_ENVIRONMENT:
        this.#note(this.#builder.environment, text);
        break;
      case MISC_PATH:
        this.#paths.set(Number(argument), this.#decoder.decode(text));
        break;
      case MISC_SOURCE:
        this.#declaredAt = this.#line(text, argument);
        break;
      case MISC_INSTANCE:
        this.#instantiatedAt = this.#line(text, argument);
        break;
      case MISC_SUPPLEMENT:
        this.#supplement(text, Number(BigInt.asUintN(32, argument)));
        break;
      case MISC_ENUM_TABLE:
        if (to > from) this.#enums.set(Number(argument), this.#enumTable(text));
        else this.#meaning = this.#enums.get(Number(argument));
        break;
      default:
        break;
    }
  }

  /** What was said about the scope that begins. */
  takeScope(component: string): ScopeFacts | undefined {
    const declaredAt = this.#declaredAt;
    const instantiatedAt = this.#instantiatedAt;
    this.#declaredAt = this.#instantiatedAt = undefined;
    if (component === "" && declaredAt === undefined && instantiatedAt === undefined) return undefined;
    return {
      ...(component === "" ? {} : { component }),
      ...(declaredAt === undefined ? {} : { declaredAt }),
      ...(instantiatedAt === undefined ? {} : { instantiatedAt }),
    };
  }

  /** What was said about the variable that is declared; `undefined` if nothing was. */
  takeVariable(): VariableFacts | undefined {
    this.#declaredAt = this.#instantiatedAt = undefined;
    if (this.#type === undefined && this.#meaning === undefined) return undefined;
    const facts = { type: this.#type, meaning: this.#meaning };
    this.#type = this.#meaning = undefined;
    return facts;
  }

  #note(notes: string[], text: Uint8Array): void {
    if (notes.length < MAX_NOTES) notes.push(this.#decoder.decode(text.subarray(0, MAX_NOTE_LENGTH)));
  }

  /** The text of a source attribute is the number of a path. */
  #line(text: Uint8Array, line: bigint): SourceLine | undefined {
    if (text.length === 0 || text.length > 8 || (text.at(-1) ?? 0) > 127) return undefined;
    const path = this.#paths.get(new ByteReader(text, 0, "A source attribute").varint());
    return path === undefined ? undefined : { path, line: Number(line) };
  }

  #supplement(text: Uint8Array, codes: number): void {
    const named = this.#decoder.decode(text.subarray(0, MAX_TYPE_LENGTH));
    const type = named === "" ? SUPPLEMENT_TYPES[codes & ((1 << SUPPLEMENT_SHIFT) - 1)] : named;
    if (type === undefined || (this.#types.size >= MAX_TYPES && !this.#types.has(type))) return;
    this.#types.add(type);
    this.#type = type;
  }

  /** `NAME COUNT LITERAL… VALUE…`, each word escaped as in C. */
  #enumTable(text: Uint8Array): number {
    const words = this.#decoder
      .decode(text)
      .split(" ")
      .map((word) => this.#unescape(word));
    const count = Number(words[1]);
    if (!Number.isInteger(count) || words.length !== 2 + 2 * count) return 0;
    const names: NamedValue[] = [];
    for (let i = 0; i < count; i++)
      names.push({ name: words[2 + i] ?? "", value: words[2 + count + i] ?? "" });
    return this.#builder.hierarchy.addMeaning({ kind: "names", names });
  }

  #unescape(word: string): string {
    if (!word.includes("\\")) return word;
    const bytes = new TextEncoder().encode(word);
    return this.#decoder.decode(unescapeString(bytes, 0, bytes.length));
  }
}
