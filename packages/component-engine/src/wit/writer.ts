/** Text that is built line by line, up to a bound: a hostile component can describe more than memory holds. */
export class Writer {
  readonly #maxLength: number;
  #text = "";
  #full = false;
  indent = 0;

  constructor(maxLength: number) {
    this.#maxLength = maxLength;
  }

  /** How much may still be written. */
  get room(): number {
    return this.#full ? 0 : this.#maxLength - this.#text.length;
  }

  line(text: string): void {
    if (this.#full) return;
    const line = text === "" ? "\n" : `${"  ".repeat(this.indent)}${text}\n`;
    if (line.length > this.room) {
      this.#full = true;
      this.#text += "// … cut: the description is too long\n";
      return;
    }
    this.#text += line;
  }

  /** `head {`, what `body` writes one level deeper, and `}`. */
  block(head: string, body: () => void): void {
    this.line(`${head} {`);
    this.indent += 1;
    body();
    this.indent -= 1;
    this.line("}");
  }

  toString(): string {
    return this.#text;
  }
}

const keywords = new Set(
  (
    "use type func u8 u16 u32 u64 s8 s16 s32 s64 f32 f64 char bool string own borrow resource record flags variant enum " +
    "option result list tuple map future stream error-context include interface world import export package static " +
    "constructor async as with from"
  ).split(" "),
);

/** A name as it is written in WIT: keywords get a `%`. */
export function identifier(name: string): string {
  return keywords.has(name) ? `%${name}` : name;
}

/** `ns:pkg/iface@1.0.0` or `ns:pkg@1.0.0`, as it is written in WIT. */
export function path(name: string): string {
  const at = name.indexOf("@");
  const [ids, version] = at < 0 ? [name, ""] : [name.slice(0, at), name.slice(at)];
  return ids.replace(/[^:/]+/g, identifier) + version;
}
