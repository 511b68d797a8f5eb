/** A place in a text, for people: both count from 1, columns count Unicode characters (not bytes, not UTF-16 units). */
export interface Position {
  readonly line: number;
  readonly column: number;
}

const BOM = "\uFEFF";

/** Where the document begins: after a byte order mark, if there is one. */
export function contentStart(text: string): number {
  return text.startsWith(BOM) ? 1 : 0;
}

/** Finds positions in one text; cheap after the first. */
export class LineIndex {
  readonly #text: string;
  readonly #starts: number[];

  constructor(text: string) {
    this.#text = text;
    this.#starts = [contentStart(text)];
    for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) this.#starts.push(at + 1);
  }

  /** The position of the character at `offset` (in UTF-16 units). A byte order mark has no column. */
  at(offset: number): Position {
    let low = 0;
    let high = this.#starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    const before = this.#text.slice(this.#starts[low], Math.max(offset, this.#starts[low] ?? 0));
    return { line: low + 1, column: countCharacters(before) + 1 };
  }
}

/** The number of Unicode characters (code points) in a text. */
export function countCharacters(text: string): number {
  return Array.from(text).length;
}

/** At most `length` characters of a text, with an ellipsis if there are more. */
export function clip(text: string, length: number): string {
  const characters = Array.from(text);
  return characters.length > length ? `${characters.slice(0, length).join("")}…` : text;
}

/** Offset at which the line of `offset` begins. */
export function lineStart(text: string, offset: number): number {
  const start = offset === 0 ? 0 : text.lastIndexOf("\n", offset - 1) + 1;
  return start === 0 ? Math.min(contentStart(text), offset) : start;
}

/** Offset at which the line of `offset` ends, before its line break. */
export function lineEnd(text: string, offset: number): number {
  const newline = text.indexOf("\n", offset);
  if (newline === -1) return text.length;
  return newline > offset && text[newline - 1] === "\r" ? newline - 1 : newline;
}

/** Offset at which the next line begins, or the end of the text. */
export function nextLine(text: string, offset: number): number {
  const newline = text.indexOf("\n", offset);
  return newline === -1 ? text.length : newline + 1;
}

/** The line break in use: that of the first line, or `\n`. */
export function lineBreakOf(text: string): string {
  const newline = text.indexOf("\n");
  return newline > 0 && text[newline - 1] === "\r" ? "\r\n" : "\n";
}
