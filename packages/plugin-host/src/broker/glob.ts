import { assertNever, err, ok, type Result } from "@novywave/base";

// Globs come from plugins and run in the server, so they are not turned into regular expressions: one pattern with a
// few stars can keep a backtracking engine busy for hours. This matcher takes at most pattern × text steps.

type Token =
  | { readonly kind: "char"; readonly char: string }
  | { readonly kind: "any" }
  | { readonly kind: "star" }
  | {
      readonly kind: "class";
      readonly negated: boolean;
      readonly ranges: readonly (readonly [string, string])[];
    };

type Segment = { readonly kind: "deep" } | { readonly kind: "name"; readonly tokens: readonly Token[] };

/** Whether a path relative to the glob's folder matches. */
export type GlobTest = (relative: string) => boolean;

/** Characters of the longest glob. */
export const maxGlobLength = 256;
const maxAlternatives = 64;

/** Alternatives of all globs of a query together: with the length of globs and of names it bounds the steps per file. */
export const maxAlternativesTogether = 256;

export interface Glob {
  readonly test: GlobTest;
  /** Patterns that it stands for. */
  readonly alternatives: number;
}

/**
 * Compiles a glob over `/`-separated paths: `*` and `?` within a name, `[a-z]`, `[!a-z]`, `{vcd,fst}`, and `**` as a
 * whole name for any number of folders. Compared with case; a leading dot is like any other character.
 */
export function compileGlob(glob: string): Result<Glob, string> {
  if (glob.length > maxGlobLength) return err(`a glob pattern is longer than ${maxGlobLength} characters`);
  const alternatives = expandBraces(glob);
  if (alternatives === undefined) return err(`a glob pattern has more than ${maxAlternatives} alternatives`);
  const patterns = alternatives.map((alternative) =>
    alternative
      .split("/")
      .filter((name) => name !== "")
      .map(parseSegment),
  );
  const test: GlobTest = (relative) => {
    const names = relative.split("/");
    return patterns.some((segments) => matchSegments(segments, names));
  };
  return ok({ test, alternatives: patterns.length });
}

/** `a{b,c}d` to `abd`, `acd`, outermost first. A brace without its partner or comma stands for itself. */
function expandBraces(glob: string): readonly string[] | undefined {
  const done: string[] = [];
  const pending = [glob];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const brace = findBraces(next);
    if (brace === undefined) {
      done.push(next);
    } else {
      for (const choice of brace.choices)
        pending.push(next.slice(0, brace.start) + choice + next.slice(brace.end));
    }
    if (done.length + pending.length > maxAlternatives) return undefined;
  }
  return done;
}

function findBraces(glob: string): { start: number; end: number; choices: readonly string[] } | undefined {
  for (let start = glob.indexOf("{"); start !== -1; start = glob.indexOf("{", start + 1)) {
    const commas: number[] = [];
    let depth = 0;
    for (let at = start; at < glob.length; at++) {
      const char = glob[at];
      if (char === "{") depth++;
      else if (char === "," && depth === 1) commas.push(at);
      else if (char === "}" && --depth === 0) {
        if (commas.length === 0) break;
        const cuts = [start, ...commas, at];
        const choices = cuts.slice(1).map((cut, index) => glob.slice((cuts[index] ?? 0) + 1, cut));
        return { start, end: at + 1, choices };
      }
    }
  }
  return undefined;
}

function parseSegment(name: string): Segment {
  if (name === "**") return { kind: "deep" };
  const tokens: Token[] = [];
  const chars = Array.from(name);
  for (let at = 0; at < chars.length; at++) {
    const char = chars[at] ?? "";
    if (char === "*") {
      if (tokens.at(-1)?.kind !== "star") tokens.push({ kind: "star" });
    } else if (char === "?") {
      tokens.push({ kind: "any" });
    } else if (char === "[") {
      const end = chars.indexOf("]", at + 2);
      if (end === -1) {
        tokens.push({ kind: "char", char });
      } else {
        tokens.push(parseClass(chars.slice(at + 1, end)));
        at = end;
      }
    } else if (char === "\\" && at + 1 < chars.length) {
      tokens.push({ kind: "char", char: chars[++at] ?? "" });
    } else {
      tokens.push({ kind: "char", char });
    }
  }
  return { kind: "name", tokens };
}

function parseClass(chars: readonly string[]): Token {
  const negated = chars[0] === "!" || chars[0] === "^";
  const members = negated ? chars.slice(1) : chars;
  const ranges: (readonly [string, string])[] = [];
  for (let at = 0; at < members.length; at++) {
    const from = members[at] ?? "";
    const to = members[at + 2];
    if (members[at + 1] === "-" && to !== undefined) {
      ranges.push([from, to]);
      at += 2;
    } else {
      ranges.push([from, from]);
    }
  }
  return { kind: "class", negated, ranges };
}

// Both loops below are the usual wildcard match: on a mismatch go back to the last star only, which suffices, because
// whatever an earlier star could give the last one can take as well.

function matchSegments(segments: readonly Segment[], names: readonly string[]): boolean {
  let segment = 0;
  let name = 0;
  let retry: { segment: number; name: number } | undefined;
  while (name < names.length) {
    const current = segments[segment];
    if (current?.kind === "deep") {
      retry = { segment: ++segment, name };
    } else if (current !== undefined && matchName(current.tokens, names[name] ?? "")) {
      segment++;
      name++;
    } else if (retry !== undefined) {
      name = ++retry.name;
      segment = retry.segment;
    } else {
      return false;
    }
  }
  return segments.slice(segment).every((rest) => rest.kind === "deep");
}

function matchName(tokens: readonly Token[], text: string): boolean {
  const chars = Array.from(text);
  let token = 0;
  let at = 0;
  let retry: { token: number; at: number } | undefined;
  while (at < chars.length) {
    const current = tokens[token];
    if (current?.kind === "star") {
      retry = { token: ++token, at };
    } else if (current !== undefined && matchChar(current, chars[at] ?? "")) {
      token++;
      at++;
    } else if (retry !== undefined) {
      at = ++retry.at;
      token = retry.token;
    } else {
      return false;
    }
  }
  return tokens.slice(token).every((rest) => rest.kind === "star");
}

function matchChar(token: Exclude<Token, { kind: "star" }>, char: string): boolean {
  switch (token.kind) {
    case "any":
      return true;
    case "char":
      return token.char === char;
    case "class":
      return token.ranges.some(([from, to]) => from <= char && char <= to) !== token.negated;
    default:
      return assertNever(token);
  }
}
