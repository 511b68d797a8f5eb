/** Characters that change how what stands around them is read: control characters, line breaks, writing direction. */
const unprintable = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;

/** Whether a text is what it looks like when it is shown to somebody who decides by it. */
export function isPrintable(text: string): boolean {
  return text.search(unprintable) === -1;
}

/**
 * Text of a plugin as one line for people: control characters are replaced (they could rewrite a terminal, or the meaning
 * of the line), and it is cut at `maxLength` UTF-16 units.
 */
export function printable(text: string, maxLength: number): string {
  const cut = text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
  return cut.replace(unprintable, (char) => (/\s/u.test(char) ? " " : "\u{fffd}"));
}
