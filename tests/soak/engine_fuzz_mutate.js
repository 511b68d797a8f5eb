/**
 * Mutations of component binaries that keep to their structure: sections keep right sizes, so that what is wrong lies behind the
 * first check of lengths. Everything comes from one number, so that a case can be run again.
 */

/** @param {number} seed */
export function randomOf(seed) {
  // mulberry32
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** @param {() => number} random @param {number} count */
export function below(random, count) {
  return Math.floor(random() * count);
}

/** @template T @param {() => number} random @param {readonly T[]} items @returns {T} */
export function pick(random, items) {
  if (items.length === 0) throw new Error("nothing to pick from");
  return items[below(random, items.length)];
}

/** @param {number} value */
function leb(value) {
  const out = [];
  let rest = value;
  while (rest >= 0x80) {
    out.push((rest % 0x80) + 0x80);
    rest = Math.floor(rest / 0x80);
  }
  return [...out, rest];
}

/** @typedef {{ id: number, body: Uint8Array }} Section */

/** The sections of a component or of a core module; what cannot be parsed is left out. @param {Uint8Array} bytes */
function sectionsOf(bytes) {
  /** @type {Section[]} */
  const sections = [];
  let at = 8;
  while (at < bytes.length) {
    const id = bytes[at++] ?? 0;
    let size = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = bytes[at++] ?? 0;
      size += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
    }
    sections.push({ id, body: bytes.subarray(at, at + size) });
    at += size;
  }
  return sections;
}

/** @param {readonly Uint8Array[]} parts */
function concat(parts) {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** @param {Uint8Array} preamble @param {readonly Section[]} sections */
function assemble(preamble, sections) {
  const parts = sections.flatMap(({ id, body }) => [Uint8Array.from([id, ...leb(body.length)]), body]);
  return concat([preamble.subarray(0, 8), ...parts]);
}

const opcodes = [
  0x3f, 0x40, 0x41, 0x42, 0x68, 0x69, 0x6a, 0x6b, 0x6d, 0x6e, 0x6f, 0x70, 0x71, 0x72, 0x73, 0x74, 0x77, 0x7f,
];
const numbers = [0, 1, 2, 3, 16, 17, 127, 128, 255, 65_535, 65_536, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1];

/** Changes a few bytes; half of the time the length as well. @param {() => number} random @param {Uint8Array} body */
function mutateBytes(random, body) {
  const at = below(random, body.length + 1);
  const rest = Math.min(body.length - at, below(random, 4));
  // Most indices and kinds are one small byte: another one in its place is a change that is read to the end.
  if (random() < 0.6) {
    const copy = body.slice();
    if (copy.length > 0) copy[at % copy.length] = below(random, 12);
    return copy;
  }
  switch (below(random, 7)) {
    case 0: {
      const copy = body.slice();
      if (copy.length > 0) copy[at % copy.length] = below(random, 256);
      return copy;
    }
    case 1: {
      const copy = body.slice();
      const place = at % Math.max(1, copy.length);
      copy[place] = ((copy[place] ?? 0) + (random() < 0.5 ? 1 : 255)) & 0xff;
      return copy;
    }
    case 2: {
      const copy = body.slice();
      if (copy.length > 0) copy[at % copy.length] = pick(random, opcodes);
      return copy;
    }
    case 3:
      return concat([
        body.subarray(0, at),
        Uint8Array.from(leb(pick(random, numbers))),
        body.subarray(at + 1),
      ]);
    case 4:
      return concat([body.subarray(0, at), body.subarray(at + rest)]);
    case 5:
      return concat([body.subarray(0, at), Uint8Array.from(leb(below(random, 64))), body.subarray(at)]);
    default: {
      // The same piece again, and the count at the beginning one higher.
      const length = Math.min(body.length - at, 1 + below(random, 24));
      const copy = concat([
        body.subarray(0, at + length),
        body.subarray(at, at + length),
        body.subarray(at + length),
      ]);
      if (copy.length > 0) copy[0] = ((copy[0] ?? 0) + 1) & 0x7f;
      return copy;
    }
  }
}

/** @param {() => number} random @param {Section} section @param {readonly Uint8Array[]} corpus @param {number} depth @returns {Section} */
function mutateSection(random, section, corpus, depth) {
  // 1 holds a core module, 4 a component; 10 and 11 of a core module are code and data.
  const nested = section.body.length > 8 && (section.id === 1 || section.id === 4) && depth < 3;
  if (nested && random() < 0.9) return { ...section, body: mutate(random, section.body, corpus, depth + 1) };
  return { ...section, body: mutateBytes(random, section.body) };
}

/**
 * A component, or a nested one, with one to four changes.
 * @param {() => number} random @param {Uint8Array} bytes @param {readonly Uint8Array[]} corpus @param {number} depth @returns {Uint8Array}
 */
export function mutate(random, bytes, corpus, depth = 0) {
  const sections = sectionsOf(bytes);
  for (let i = below(random, 4); i >= 0; i--) {
    const at = below(random, sections.length);
    const section = sections[at];
    if (section === undefined) continue;
    switch (below(random, 10)) {
      case 0:
        sections.splice(at, 1);
        break;
      case 1:
        sections.splice(below(random, sections.length + 1), 0, section);
        break;
      case 2:
        sections.splice(at, 1);
        sections.splice(below(random, sections.length + 1), 0, section);
        break;
      case 3: {
        const other = sectionsOf(pick(random, corpus));
        if (other.length > 0) sections.splice(at, 0, pick(random, other));
        break;
      }
      case 4:
        if (depth === 0 && bytes.length < 50_000)
          sections.splice(at, 0, { id: 4, body: pick(random, corpus) });
        break;
      default:
        sections[at] = mutateSection(random, section, corpus, depth);
    }
  }
  return assemble(bytes, sections);
}
