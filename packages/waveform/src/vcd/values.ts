/** Text of a real number after `r`; `undefined` if it is none. */
export function parseReal(text: Uint8Array, from: number, to: number): number | undefined {
  if (to <= from || to - from > 1_000) return undefined;
  const word = String.fromCharCode(...text.subarray(from, to));
  const value = Number(word);
  if (!Number.isNaN(value)) return /^[-+.\d]/.test(word) && !/[xob]/i.test(word) ? value : named(word);
  return named(word);
}

function named(word: string): number | undefined {
  const match = /^([-+]?)(nan|inf|infinity)(\(.*\))?$/i.exec(word);
  if (match === null) return undefined;
  if (match[2]?.toLowerCase() === "nan") return Number.NaN;
  return match[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

const BACKSLASH = 92;
const SIMPLE_ESCAPES: ReadonlyMap<number, number> = new Map(
  Object.entries({ n: 10, t: 9, r: 13, b: 8, f: 12, v: 11, a: 7, "\\": BACKSLASH, '"': 34, "'": 39 }).map(
    ([letter, byte]) => [letter.charCodeAt(0), byte],
  ),
);

/** A string value, in which GTKWave and Icarus escape what is not printable the way C does: `\n`, `\040`, `\x20`. */
export function unescapeString(text: Uint8Array, from: number, to: number): Uint8Array {
  const raw = text.subarray(from, to);
  if (!raw.includes(BACKSLASH)) return raw;
  const out = new Uint8Array(raw.length);
  let length = 0;
  for (let i = 0; i < raw.length; i++) {
    const byte = raw[i] ?? 0;
    const next = raw[i + 1] ?? 0;
    const simple = byte === BACKSLASH ? SIMPLE_ESCAPES.get(next) : undefined;
    if (simple !== undefined) {
      out[length++] = simple;
      i++;
      continue;
    }
    const coded =
      byte === BACKSLASH
        ? /^(?:x[0-9a-f]{2}|[0-3][0-7]{2})/i.exec(String.fromCharCode(...raw.subarray(i + 1, i + 4)))
        : null;
    if (coded === null) {
      out[length++] = byte;
    } else {
      const digits = coded[0];
      out[length++] =
        digits.startsWith("x") || digits.startsWith("X")
          ? Number.parseInt(digits.slice(1), 16)
          : Number.parseInt(digits, 8);
      i += digits.length;
    }
  }
  return out.subarray(0, length);
}

/** Port states of extended VCD (IEEE 1364-2005, 18.4.3.1) as digits; conflicts show as x. */
const PORT_STATES: ReadonlyMap<string, string> = new Map([
  ..."DdLl0".split("").map((state) => [state, "0"] as const),
  ..."UuHh1".split("").map((state) => [state, "1"] as const),
  ..."NX?AaBbCcf".split("").map((state) => [state, "x"] as const),
  ..."ZTF".split("").map((state) => [state, "z"] as const),
]);

/** The digits of a port value, `undefined` if a character is no port state. */
export function portDigits(text: Uint8Array, from: number, to: number): Uint8Array | undefined {
  if (to === from) return undefined;
  const digits = new Uint8Array(to - from);
  for (let i = from; i < to; i++) {
    const digit = PORT_STATES.get(String.fromCharCode(text[i] ?? 0));
    if (digit === undefined) return undefined;
    digits[i - from] = digit.charCodeAt(0);
  }
  return digits;
}
