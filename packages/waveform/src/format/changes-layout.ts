/**
 * The bytes of an answer that lists changes, little-endian, every section padded to 8 bytes:
 * header (40): u32 magic, u8 kind, u8 "the first is from before the window", u8 "there are more", u8 zero, u32 width,
 * u32 number of changes n, u32 bytes of values, u32 zero, u64 where to go on if there are more, 8 zero; then
 * u64 times[n], u32 offsets[n + 1], u8 forms[n], the values as in a column answer.
 */
export const CHANGES_MAGIC = 0x3148434e;
export const CHANGES_HEADER = 40;
