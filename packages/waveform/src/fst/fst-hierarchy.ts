import { ReadFailure } from "../failure.js";
import type { RandomSource } from "../source/random-source.js";
import { NONE } from "../store/hierarchy.js";
import type { WaveformBuilder } from "../store/waveform-builder.js";
import { splitRange } from "../vcd/declarations.js";
import { ByteReader } from "./byte-reader.js";
import { BLOCK_HIERARCHY_GZIP, BLOCK_HIERARCHY_LZ4, BLOCK_START, type FstBlock } from "./fst-blocks.js";
import { LENGTH_REAL, LENGTH_VARIABLE, lengthOf, MAX_SIGNALS, type FstGeometry } from "./fst-geometry.js";
import { unpack } from "./fst-unpack.js";
import { HierarchyAttributes } from "./hierarchy-attributes.js";
import {
  ATTRIBUTE_BEGIN,
  ATTRIBUTE_END,
  DIRECTIONS,
  SCOPE_BEGIN,
  SCOPE_END,
  SCOPE_KINDS,
  TYPE_PORT,
  VARIABLE_TYPES,
} from "./words.js";

/** The same bounds as for VCD: deeper scopes and longer names are an attack, not a design. */
const MAX_DEPTH = 1_000;
const MAX_NAME = 16_384;
const MAX_PATH = 16_384;

const WHAT = "The hierarchy of the FST file";

/** The type of the first variable of each handle (from 0), and 255 where there is none. */
export interface HandleTypes {
  readonly types: Uint8Array;
  /** As in {@link FstGeometry}, from the declarations. */
  readonly lengths: Uint32Array;
}

/** Unpacks the hierarchy of a file. */
export function unpackHierarchy(source: RandomSource, block: FstBlock): Uint8Array {
  const bytes = source.bytesAt(block.at, block.end - block.at);
  const reader = new ByteReader(bytes, block.at, WHAT);
  reader.at = BLOCK_START;
  const size = reader.count();
  const byte = block.at + reader.at;
  const packed = bytes.subarray(reader.at);
  if (block.type === BLOCK_HIERARCHY_GZIP) return unpack("gzip", packed, size, byte, WHAT);
  if (block.type === BLOCK_HIERARCHY_LZ4) return unpack("lz4", packed, size, byte, WHAT);
  const half = reader.varint();
  return unpack("lz4", unpack("lz4", bytes.subarray(reader.at), half, byte, WHAT), size, byte, WHAT);
}

/**
 * Reads an unpacked hierarchy into the builder. A variable of handle h gets signal h - 1, which the caller adds. `byte` is
 * where the hierarchy stands in the file. An `unfinished` one may end anywhere: what is whole counts.
 */
export function readHierarchy(
  bytes: Uint8Array,
  byte: number,
  builder: WaveformBuilder,
  geometry: FstGeometry | undefined,
  unfinished: boolean,
): HandleTypes {
  const parser = new HierarchyParser(new ByteReader(bytes, byte, WHAT, true), builder, geometry);
  while (parser.reader.left > 0) {
    try {
      parser.next();
    } catch (error) {
      if (unfinished && error instanceof ReadFailure && error.code === "malformed") break;
      throw error;
    }
  }
  return parser.handles();
}

class HierarchyParser {
  readonly reader: ByteReader;
  readonly #builder: WaveformBuilder;
  readonly #geometry: FstGeometry | undefined;
  readonly #attributes: HierarchyAttributes;
  readonly #decoder = new TextDecoder();
  readonly #scopes: number[] = [];
  /** Length of the names of the open scopes together, for each of them. */
  readonly #paths: number[] = [];
  #handles = 0;
  #types: Uint8Array;
  #lengths: Uint32Array;

  constructor(reader: ByteReader, builder: WaveformBuilder, geometry: FstGeometry | undefined) {
    this.reader = reader;
    this.#builder = builder;
    this.#geometry = geometry;
    this.#attributes = new HierarchyAttributes(builder);
    this.#types = new Uint8Array(geometry?.length ?? 1_024).fill(255);
    this.#lengths = geometry ?? new Uint32Array(1_024);
  }

  handles(): HandleTypes {
    const count = this.#geometry?.length ?? this.#handles;
    return { types: this.#types.subarray(0, count), lengths: this.#lengths.subarray(0, count) };
  }

  /** Reads one entry. */
  next(): void {
    const { reader } = this;
    const tag = reader.u8();
    switch (tag) {
      case SCOPE_BEGIN:
        this.#scope();
        break;
      case SCOPE_END:
        this.#scopes.pop();
        this.#paths.pop();
        break;
      case ATTRIBUTE_BEGIN:
        this.#attributes.read(reader);
        break;
      case ATTRIBUTE_END:
        break;
      default:
        if (tag >= VARIABLE_TYPES.length) {
          reader.at--;
          reader.fail(`${tag} is neither a scope nor a variable nor an attribute`);
        }
        this.#variable(tag);
    }
  }

  #scope(): void {
    const { reader } = this;
    const kind = SCOPE_KINDS[reader.u8()] ?? "module";
    const name = this.#text(reader.at, reader.textEnd());
    const component = this.#text(reader.at, reader.textEnd());
    if (this.#scopes.length >= MAX_DEPTH) reader.fail(`scopes are nested deeper than ${MAX_DEPTH}`);
    const path = (this.#paths.at(-1) ?? 0) + name.length;
    if (path > MAX_PATH) reader.fail(`the names of nested scopes are longer than ${MAX_PATH} together`);
    const facts = this.#attributes.takeScope(component);
    this.#scopes.push(this.#builder.hierarchy.addScope(this.#scopes.at(-1) ?? NONE, name, kind, facts));
    this.#paths.push(path);
  }

  #variable(type: number): void {
    const { reader } = this;
    if (this.#builder.hierarchy.variables >= MAX_SIGNALS) {
      throw new ReadFailure("too-large", `The file has more than ${MAX_SIGNALS} variables`);
    }
    const direction = DIRECTIONS[reader.u8()];
    const from = reader.at;
    const to = Math.min(reader.textEnd(), from + MAX_NAME);
    const length = reader.varint();
    const alias = reader.varint();
    const handle = alias === 0 ? this.#newHandle(type, length) : alias - 1;
    if (handle >= (this.#geometry?.length ?? this.#handles)) {
      reader.fail(`a variable refers to signal ${handle + 1}, which there is not`);
    }
    const facts = this.#attributes.takeVariable();
    const declared = {
      type: facts?.type ?? VARIABLE_TYPES[type] ?? "",
      width: widthOf(type, this.#lengths[handle] ?? 0),
      signal: handle,
      direction,
      meaning: facts?.meaning,
    };
    const scope = this.#scopes.at(-1) ?? NONE;
    const { hierarchy } = this.#builder;
    const { bytes } = reader;
    const range = plainRangeAt(bytes, from, to);
    let base = range;
    while (base > from && bytes[base - 1] === SPACE) base--;
    if (base > from) {
      hierarchy.addVariableBytes(scope, bytes, [from, base, range, to], declared);
      return;
    }
    const { name, range: text } = splitRange(this.#text(from, to));
    hierarchy.addVariable(scope, name === "" ? `signal${handle + 1}` : name, text, declared);
  }

  #newHandle(type: number, length: number): number {
    const handle = this.#handles++;
    if (this.#geometry === undefined) {
      if (handle === this.#types.length) {
        const types = new Uint8Array(handle * 2).fill(255);
        types.set(this.#types);
        this.#types = types;
        const lengths = new Uint32Array(handle * 2);
        lengths.set(this.#lengths);
        this.#lengths = lengths;
      }
      this.#lengths[handle] = lengthOf(type, length);
    }
    if (handle < this.#types.length) this.#types[handle] = type;
    return handle;
  }

  #text(from: number, to: number): string {
    return this.#decoder.decode(this.reader.bytes.subarray(from, Math.min(to, from + MAX_NAME * 2)));
  }
}

/** Digits of the values of a variable, from its type and its length as in the geometry. */
export function widthOf(type: number, length: number): number {
  if (length === LENGTH_REAL || length === LENGTH_VARIABLE) return 1;
  // A port has a state and two strengths for each digit, with two spaces between the three.
  return Math.max(1, type === TYPE_PORT ? Math.floor((length - 2) / 3) : length);
}

const SPACE = 32;
const DASH = 45;
const COLON = 58;
const BRACKET = 91;
const BACKSLASH = 92;
const CLOSING_BRACKET = 93;

/**
 * Where the range at the end of a name starts, its end if there is none; -1 if that has to be looked at more closely
 * because of an escaped name, spaces inside of the brackets or the like.
 */
function plainRangeAt(bytes: Uint8Array, from: number, to: number): number {
  if (bytes[from] === BACKSLASH) return -1;
  if (bytes[to - 1] !== CLOSING_BRACKET) return to;
  let at = to - 2;
  let colons = 0;
  let digits = 0;
  for (; at > from && bytes[at] !== BRACKET; at--) {
    const byte = bytes[at] ?? 0;
    if (byte === COLON) colons++;
    else if (byte >= 48 && byte <= 57) digits++;
    else if (byte !== DASH) return -1;
  }
  return at > from && digits > 0 && colons < 2 && to - at < 60 ? at : -1;
}
