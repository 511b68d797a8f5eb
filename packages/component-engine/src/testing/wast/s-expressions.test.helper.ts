/** A list or a word of a script, with its place in the text. Strings keep their quotes and escapes. */
export type Node =
  | { readonly kind: "list"; readonly items: readonly Node[]; readonly start: number; readonly end: number }
  | { readonly kind: "word" | "string"; readonly text: string; readonly start: number; readonly end: number };

export type List = Extract<Node, { readonly kind: "list" }>;

/** Cuts a text of the WebAssembly kind into its lists. Understands comments and strings, and nothing of what the lists mean. */
export function readLists(text: string): readonly List[] {
  const open: { readonly items: Node[]; readonly start: number }[] = [];
  const lists: List[] = [];
  const token = /\s+|;;[^\n]*|\(;|"(?:[^"\\]|\\[^])*"|\(|\)|[^\s()";]+|;/gy;
  let at = 0;
  while (at < text.length) {
    token.lastIndex = at;
    const found = token.exec(text)?.[0];
    if (found === undefined) throw new Error(`line ${lineOf(text, at)}: a string without an end`);
    const end = found === "(;" ? endOfComment(text, at) : at + found.length;
    const innermost = open.at(-1);
    if (found === "(") {
      open.push({ items: [], start: at });
    } else if (found === ")") {
      open.pop();
      if (innermost === undefined) throw new Error(`line ${lineOf(text, at)}: a parenthesis too many`);
      const list: List = { kind: "list", items: innermost.items, start: innermost.start, end };
      const around = open.at(-1);
      if (around === undefined) lists.push(list);
      else around.items.push(list);
    } else if (!/^(?:\s|;;|\(;)/.test(found)) {
      if (innermost === undefined)
        throw new Error(`line ${lineOf(text, at)}: ${found} stands outside of lists`);
      innermost.items.push({ kind: found.startsWith('"') ? "string" : "word", text: found, start: at, end });
    }
    at = end;
  }
  const unclosed = open.at(-1);
  if (unclosed !== undefined) throw new Error(`line ${lineOf(text, unclosed.start)}: a list without an end`);
  return lists;
}

function endOfComment(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length - 1; at++) {
    const two = text.slice(at, at + 2);
    if (two !== "(;" && two !== ";)") continue;
    depth += two === "(;" ? 1 : -1;
    at += 1;
    if (depth === 0) return at + 1;
  }
  throw new Error(`line ${lineOf(text, start)}: a comment without an end`);
}

export function lineOf(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf("\n"); at >= 0 && at < offset; at = text.indexOf("\n", at + 1)) line += 1;
  return line;
}

/** The bytes of a string literal: `\\n`, `\\t`, `\\u{…}`, and two hexadecimal digits for a byte. */
export function bytesOf(literal: string): Uint8Array {
  const out: number[] = [];
  const part = /\\u\{([0-9a-fA-F_]+)\}|\\([0-9a-fA-F]{2})|\\([^])|([^\\]+)/gy;
  for (const [, code, hex, escaped, plain] of literal.slice(1, -1).matchAll(part)) {
    if (hex !== undefined) out.push(Number.parseInt(hex, 16));
    else if (code !== undefined) out.push(...utf8(String.fromCodePoint(Number.parseInt(code, 16))));
    else if (escaped !== undefined) out.push(...utf8(escapes[escaped] ?? escaped));
    else out.push(...utf8(plain ?? ""));
  }
  return Uint8Array.from(out);
}

export function textOf(literal: string): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytesOf(literal));
}

const escapes: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r" };

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
