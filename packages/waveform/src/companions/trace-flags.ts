import { MAX_FRACTION, type ValueFormat } from "../format/format-value.js";

// Bits of the flags in front of the traces of a save file (`TraceEntFlagBits` of GTKWave).
const HEX = 1;
const BIN = 3;
const OCT = 4;
const INVERT = 6;
const REVERSE = 7;
const EXCLUDE = 8;
const BLANK = 9;
const SIGNED = 10;
const ASCII = 11;
const ANALOG_STEP = 15;
const ANALOG_INTERPOLATED = 16;
const REAL = 18;
const CLOSED = 22;
const GROUP_BEGIN = 23;
const GROUP_END = 24;
const BINARY_TO_GRAY = 25;
const GRAY_TO_BINARY = 26;
const REAL_TO_BITS = 27;
const POPULATION_COUNT = 29;
const FIXED_POINT = 30;
const TIME = 31;
const ENUM = 32;

/** How a trace is shown. */
export interface TraceLook {
  readonly format: ValueFormat;
  /** The value is drawn as a curve. */
  readonly analog?: "step" | "interpolated";
  /** 0 for 1 and 1 for 0. */
  readonly inverted: boolean;
  /** The last bit first. */
  readonly reversed: boolean;
  /** Not shown. */
  readonly hidden: boolean;
  /** What the value is turned into before it is written. */
  readonly conversion?: "gray-to-binary" | "binary-to-gray" | "real-to-bits" | "population-count";
}

export interface TraceFlags {
  readonly look: TraceLook;
  readonly isBlank: boolean;
  readonly isGroupBegin: boolean;
  readonly isGroupEnd: boolean;
  readonly isClosed: boolean;
}

/** Reads flags; `fraction` is the number of bits after the point of fixed-point numbers. */
export function traceFlags(flags: bigint, fraction: number): TraceFlags {
  const has = (bit: number): boolean => ((flags >> BigInt(bit)) & 1n) === 1n;
  const analog = has(ANALOG_INTERPOLATED) ? "interpolated" : has(ANALOG_STEP) ? "step" : undefined;
  const conversion = has(GRAY_TO_BINARY)
    ? "gray-to-binary"
    : has(BINARY_TO_GRAY)
      ? "binary-to-gray"
      : has(REAL_TO_BITS)
        ? "real-to-bits"
        : has(POPULATION_COUNT)
          ? "population-count"
          : undefined;
  return {
    look: {
      format: formatOf(has, fraction),
      ...(analog === undefined ? {} : { analog }),
      inverted: has(INVERT),
      reversed: has(REVERSE),
      hidden: has(EXCLUDE),
      ...(conversion === undefined ? {} : { conversion }),
    },
    isBlank: has(BLANK),
    isGroupBegin: has(GROUP_BEGIN),
    isGroupEnd: has(GROUP_END),
    isClosed: has(CLOSED),
  };
}

/** Of several formats the one that GTKWave takes first. */
function formatOf(has: (bit: number) => boolean, fraction: number): ValueFormat {
  if (has(ENUM) || has(TIME)) return "named";
  if (has(FIXED_POINT) && fraction > 0) {
    const bits = Math.min(fraction, MAX_FRACTION);
    return has(SIGNED) ? `fixed:${bits}` : `ufixed:${bits}`;
  }
  if (has(ASCII)) return "ascii";
  if (has(HEX)) return "hex";
  if (has(OCT)) return "oct";
  if (has(BIN)) return "bin";
  if (has(SIGNED)) return "dec-signed";
  return has(REAL) ? "real" : "dec-unsigned";
}
