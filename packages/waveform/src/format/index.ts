export { COLUMN_CHANGED, COLUMN_EVENT, COLUMN_MULTIPLE, COLUMN_X, COLUMN_Z } from "./columns-layout.js";
export {
  ColumnsFormatError,
  decodeColumns,
  type DecodedColumns,
  type DecodedRow,
  type IndexArray,
} from "./decode-columns.js";
export { decodeChanges, type Change, type DecodedChanges } from "./decode-changes.js";
export { formatTime, parseTime, type TickLength } from "./format-time.js";
export {
  availableFormats,
  formatReal,
  formatValue,
  MAX_FRACTION,
  parseFixed,
  type FixedFormat,
  type ValueFormat,
} from "./format-value.js";
export { floatWidth, type FloatFormat } from "./float-bits.js";
export {
  finestExponent,
  pow10,
  rescale,
  tickExponent,
  unionRange,
  type Exponent,
  type TimeRange,
} from "./time-axis.js";
export { digitsOf, type PackedValue } from "./packed-value.js";
export type { NamedValue, PhysicalUnit, ValueMeaning } from "./value-meaning.js";
