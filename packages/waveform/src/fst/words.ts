/**
 * The words for the numbers of FST (doc/block_format.txt and fstapi.h of libfst), as `fst2vcd` writes them into VCD.
 */
export const SCOPE_KINDS: readonly string[] = [
  "module",
  "task",
  "function",
  "begin",
  "fork",
  "generate",
  "struct",
  "union",
  "class",
  "interface",
  "package",
  "program",
  "vhdl_architecture",
  "vhdl_procedure",
  "vhdl_function",
  "vhdl_record",
  "vhdl_process",
  "vhdl_block",
  "vhdl_for_generate",
  "vhdl_if_generate",
  "vhdl_generate",
  "vhdl_package",
];

export const VARIABLE_TYPES: readonly string[] = [
  "event",
  "integer",
  "parameter",
  "real",
  "real_parameter",
  "reg",
  "supply0",
  "supply1",
  "time",
  "tri",
  "triand",
  "trior",
  "trireg",
  "tri0",
  "tri1",
  "wand",
  "wire",
  "wor",
  "port",
  "sparray",
  "realtime",
  "string",
  "bit",
  "logic",
  "int",
  "shortint",
  "longint",
  "byte",
  "enum",
  "shortreal",
];

export const TYPE_EVENT = 0;
export const TYPE_PORT = 18;
export const TYPE_STRING = 21;

/** real, real_parameter, realtime, shortreal: eight bytes, whatever length the file says. */
export function isRealType(type: number): boolean {
  return type === 3 || type === 4 || type === 20 || type === 29;
}

/** 0 says nothing about the direction. */
export const DIRECTIONS: readonly (string | undefined)[] = [
  undefined,
  "input",
  "output",
  "inout",
  "buffer",
  "linkage",
];

export const SCOPE_BEGIN = 254;
export const SCOPE_END = 255;
export const ATTRIBUTE_BEGIN = 252;
export const ATTRIBUTE_END = 253;

export const ATTRIBUTE_MISC = 0;
export const MISC_COMMENT = 0;
export const MISC_ENVIRONMENT = 1;
export const MISC_SUPPLEMENT = 2;
export const MISC_PATH = 3;
export const MISC_SOURCE = 4;
export const MISC_INSTANCE = 5;
export const MISC_ENUM_TABLE = 7;

/** The other kinds of attributes, which enclose what they are about, and their subtypes. */
export const ENCLOSING: readonly (readonly [string, readonly string[]] | undefined)[] = [
  undefined,
  ["array", ["none", "unpacked", "packed", "sparse"]],
  [
    "enum",
    [
      "integer",
      "bit",
      "logic",
      "int",
      "shortint",
      "longint",
      "byte",
      "unsigned_integer",
      "unsigned_bit",
      "unsigned_logic",
      "unsigned_int",
      "unsigned_shortint",
      "unsigned_longint",
      "unsigned_byte",
      "reg",
      "time",
    ],
  ],
  ["class", ["none", "unpacked", "packed", "tagged_packed"]],
];

/** What a supplemented variable is, in the upper bits of the argument of its attribute. */
export const SUPPLEMENT_ROLES: readonly (string | undefined)[] = [
  undefined,
  "signal",
  "variable",
  "constant",
  "file",
  "memory",
];
/** Its type, in the lower ten bits; used if the attribute does not name it. */
export const SUPPLEMENT_TYPES: readonly (string | undefined)[] = [
  undefined,
  "boolean",
  "bit",
  "bit_vector",
  "std_ulogic",
  "std_ulogic_vector",
  "std_logic",
  "std_logic_vector",
  "unsigned",
  "signed",
  "integer",
  "real",
  "natural",
  "positive",
  "time",
  "character",
  "string",
];
export const SUPPLEMENT_SHIFT = 10;
