/**
 * Where everything stands in a TOML document: sections, keys, values, commas, as ranges of the text. Only for text that
 * `parseToml` accepted: the scanner tells parts apart, it does not judge them. Offsets are UTF-16 units.
 *
 * It is a scanner of our own because the syntax trees to be had cost several times what parsing does, seconds for a
 * hostile file of 1 MiB, and every change of a setting would wait for that.
 */
import { parse } from "smol-toml";
import { contentStart } from "./position.js";

export interface Range {
  readonly start: number;
  readonly end: number;
}

/** One part of a dotted key, quotes included in the range. */
export interface KeyPart extends Range {
  readonly name: string;
}

export interface ScalarSyntax extends Range {
  readonly kind: "scalar";
  readonly style: "bare" | "basic" | "literal" | "multiline";
}

/** What `[…]` and `{…}` have in common. `commas[i]` is the offset of the comma after `items[i]`. */
export interface ListSyntax<T extends Range> extends Range {
  readonly items: readonly T[];
  readonly commas: readonly (number | undefined)[];
  readonly hasComments: boolean;
}

export interface ArraySyntax extends ListSyntax<ValueSyntax> {
  readonly kind: "array";
}

export interface InlineTableSyntax extends ListSyntax<ItemSyntax> {
  readonly kind: "inline-table";
}

export type ValueSyntax = ScalarSyntax | ArraySyntax | InlineTableSyntax;

/** `key = value`, without what surrounds it on its line. */
export interface ItemSyntax extends Range {
  readonly key: readonly KeyPart[];
  readonly value: ValueSyntax;
}

/** The items before the first header (`kind: "root"`), or a header and the items below it. */
export interface SectionSyntax {
  readonly kind: "root" | "table" | "array-element";
  /** Place in the document, 0 for the root. */
  readonly index: number;
  /** From the first `[` to the last `]`; empty for the root. */
  readonly header: Range;
  readonly key: readonly KeyPart[];
  readonly items: readonly ItemSyntax[];
}

/** The text is not what the scanner takes it for: it was not checked, or parser and scanner disagree. */
export class ScanError extends Error {
  readonly offset: number;

  constructor(offset: number, expected: string) {
    super(`expected ${expected} at offset ${offset}`);
    this.offset = offset;
  }
}

/** Finds the parts of `text`. Throws {@link ScanError}. The first section is always the root. */
export function scan(text: string): readonly SectionSyntax[] {
  return new Scanner(text).document();
}

const BARE_KEY = /[A-Za-z0-9_-]+/y;
const BARE_VALUE = /[^,\]}#\r\n]+/y;

class Scanner {
  readonly #text: string;
  #at: number;

  constructor(text: string) {
    this.#text = text;
    this.#at = contentStart(text);
  }

  document(): readonly SectionSyntax[] {
    const sections: SectionSyntax[] = [];
    const start = this.#at;
    let items: ItemSyntax[] = [];
    sections.push({ kind: "root", index: 0, header: { start, end: start }, key: [], items });
    for (;;) {
      this.#skipBlank();
      if (this.#at >= this.#text.length) return sections;
      if (this.#text[this.#at] === "[") {
        items = [];
        sections.push({ ...this.#header(sections.length), items });
      } else {
        items.push(this.#item());
      }
    }
  }

  #header(index: number): Omit<SectionSyntax, "items"> {
    const start = this.#at;
    const double = this.#text[start + 1] === "[";
    this.#at += double ? 2 : 1;
    const key = this.#key();
    this.#expect("]");
    if (double) this.#expect("]");
    return { kind: double ? "array-element" : "table", index, header: { start, end: this.#at }, key };
  }

  #item(): ItemSyntax {
    const start = this.#at;
    const key = this.#key();
    this.#expect("=");
    this.#skipSpaces();
    const value = this.#value();
    return { start, end: value.end, key, value };
  }

  #key(): readonly KeyPart[] {
    const parts: KeyPart[] = [];
    for (;;) {
      this.#skipSpaces();
      parts.push(this.#keyPart());
      this.#skipSpaces();
      if (this.#text[this.#at] !== ".") return parts;
      this.#at++;
    }
  }

  #keyPart(): KeyPart {
    const start = this.#at;
    const quote = this.#text[start];
    if (quote === '"' || quote === "'") {
      this.#quoted(quote);
      const raw = this.#text.slice(start, this.#at);
      const name = raw.includes("\\") ? Object.keys(parse(`${raw} = 0`))[0] : raw.slice(1, -1);
      if (name === undefined) throw new ScanError(start, "a key");
      return { start, end: this.#at, name };
    }
    const name = this.#match(BARE_KEY, "a key");
    return { start, end: this.#at, name };
  }

  #value(): ValueSyntax {
    const start = this.#at;
    const first = this.#text[start];
    if (first === "[") {
      return { kind: "array", ...this.#list("]", () => this.#value()) };
    }
    if (first === "{") {
      return { kind: "inline-table", ...this.#list("}", () => this.#item()) };
    }
    if (first === '"' || first === "'") {
      const style = this.#quoted(first);
      return { kind: "scalar", style, start, end: this.#at };
    }
    const length = this.#match(BARE_VALUE, "a value").trimEnd().length;
    return { kind: "scalar", style: "bare", start, end: start + length };
  }

  #list<T extends Range>(close: string, read: () => T): ListSyntax<T> {
    const start = this.#at++;
    const items: T[] = [];
    const commas: (number | undefined)[] = [];
    let hasComments = this.#skipBlank();
    while (this.#text[this.#at] !== close) {
      items.push(read());
      hasComments = this.#skipBlank() || hasComments;
      if (this.#text[this.#at] === ",") {
        commas.push(this.#at++);
        hasComments = this.#skipBlank() || hasComments;
      } else {
        commas.push(undefined);
        if (this.#text[this.#at] !== close) throw new ScanError(this.#at, `a comma or ${close}`);
      }
    }
    this.#at++;
    return { start, end: this.#at, items, commas, hasComments };
  }

  /** Moves past a string of any of the four kinds. */
  #quoted(quote: string): "basic" | "literal" | "multiline" {
    const start = this.#at;
    const escapes = quote === '"';
    const delimiter = this.#text.startsWith(quote.repeat(3), start) ? quote.repeat(3) : quote;
    let at = start + delimiter.length;
    while (!this.#text.startsWith(delimiter, at)) {
      if (at >= this.#text.length) throw new ScanError(start, "the end of the string");
      at += escapes && this.#text[at] === "\\" ? 2 : 1;
    }
    at += delimiter.length;
    if (delimiter.length === 1) {
      this.#at = at;
      return escapes ? "basic" : "literal";
    }
    // One or two quotes may stand right before the closing three.
    for (let extra = 0; extra < 2 && this.#text[at] === quote; extra++) at++;
    this.#at = at;
    return "multiline";
  }

  #match(pattern: RegExp, expected: string): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found === undefined) throw new ScanError(this.#at, expected);
    this.#at += found.length;
    return found;
  }

  #expect(character: string): void {
    this.#skipSpaces();
    if (this.#text[this.#at] !== character) throw new ScanError(this.#at, character);
    this.#at++;
  }

  #skipSpaces(): void {
    while (this.#text[this.#at] === " " || this.#text[this.#at] === "\t") this.#at++;
  }

  /** Moves past white space, line breaks and comments; whether there were comments. */
  #skipBlank(): boolean {
    let comments = false;
    for (;;) {
      const character = this.#text[this.#at];
      if (character === "#") {
        comments = true;
        const newline = this.#text.indexOf("\n", this.#at);
        this.#at = newline === -1 ? this.#text.length : newline;
      } else if (character === " " || character === "\t" || character === "\r" || character === "\n") {
        this.#at++;
      } else {
        return comments;
      }
    }
  }
}
