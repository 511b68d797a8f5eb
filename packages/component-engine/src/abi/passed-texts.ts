/** How texts pass of which the host wants no strings; `Utf8Texts` is one way. */
export interface PassedTexts {
  /** What stands for a text, of which these are the bytes in UTF-8; `undefined` for a string. Throws if they are not UTF-8. */
  lift(bytes: Uint8Array): object | undefined;
  /** The bytes of what stands for a text, `undefined` if it is none. */
  lower(value: unknown): Uint8Array | undefined;
  /** What was lifted before is not used any more. */
  drop(): void;
}
