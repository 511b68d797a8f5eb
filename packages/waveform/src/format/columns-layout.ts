/**
 * The bytes of a column answer, little-endian, every section padded to 8 bytes:
 * header (48): u32 magic, u32 columns, u32 rows, u32 zero, 3 × u32 start, 3 × u32 end (96-bit two's complement), 8 zero.
 * Then the rows; each: header (32): u32 bytes of the row with this header, u32 signal, u8 kind, u8 bytes per index,
 * u8 analog, u8 zero, u32 width, u32 number of values n, u32 bytes of values, 8 zero; then, when analog, f64 min[columns]
 * and f64 max[columns] (NaN where there is no number); u32 offsets[n + 1]; first[columns] and last[columns], indices
 * into the values + 1, 0 for "no value yet"; u8 flags[columns]; u8 forms[n]; the values.
 */
export const COLUMNS_MAGIC = 0x3143574e;
export const COLUMNS_HEADER = 48;
export const ROW_HEADER = 32;

export const KINDS = ["bits", "real", "string", "event"] as const;

/** The value changes in the column; it changes more than once; x or z is in force in it; an event fires in it. */
export const COLUMN_CHANGED = 1;
export const COLUMN_MULTIPLE = 2;
export const COLUMN_X = 4;
export const COLUMN_Z = 8;
export const COLUMN_EVENT = 16;

/** The next multiple of eight. */
export function padded(bytes: number): number {
  return (bytes + 7) & ~7;
}
