// A strict reader of OpenMetrics 1.0 text (https://prometheus.io/docs/specs/om/open_metrics_spec/), for what this program
// writes: counters, gauges and summaries, without exemplars, timestamps and info.

/** A family as it was read: its samples by name and labels, e.g. `x_total{a="b"}`. */
export interface ReadFamily {
  readonly type: string;
  readonly unit?: string;
  readonly help?: string;
  readonly samples: ReadonlyMap<string, number>;
}

const name = String.raw`[a-zA-Z_:][a-zA-Z0-9_:]*`;
const metadataLine = new RegExp(`^# (TYPE|UNIT|HELP) (${name}) (.*)$`, "u");
const sampleLine = new RegExp(
  String.raw`^(${name})(?:\{(.*)\})? (-?(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?|Inf)|NaN)$`,
  "iu",
);
const label = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)/u;
const suffixes: Readonly<Record<string, readonly string[]>> = {
  counter: ["_total"],
  gauge: [""],
  summary: ["", "_count", "_sum"],
};

/** Reads a document; throws at the first line that breaks the format. */
export function readOpenMetrics(text: string): ReadonlyMap<string, ReadFamily> {
  if (!text.endsWith("# EOF\n")) throw new Error("it does not end in `# EOF` and a line feed");
  const lines = text.slice(0, -"# EOF\n".length).split("\n").slice(0, -1);
  const families = new Map<
    string,
    { type: string; unit?: string; help?: string; samples: Map<string, number> }
  >();
  let current = "";
  for (const [index, line] of lines.entries()) {
    const fail = (why: string): never => {
      throw new Error(`line ${index + 1}: ${why}: ${line}`);
    };
    const metadata = metadataLine.exec(line);
    if (metadata) {
      const [, kind, family = "", rest = ""] = metadata;
      if (kind === "TYPE") {
        if (families.has(family)) fail("a second TYPE of a family, or its lines are not together");
        if (!Object.hasOwn(suffixes, rest)) fail("a type that is not known");
        families.set(family, { type: rest, samples: new Map() });
        current = family;
        continue;
      }
      const read = families.get(family);
      if (!read || family !== current) return fail("metadata outside of its family");
      if (read.samples.size > 0) fail("metadata after samples");
      if (kind === "UNIT") {
        if (read.unit !== undefined) fail("a second UNIT");
        if (!family.endsWith(`_${rest}`)) fail("a family with a unit has it at the end of its name");
        read.unit = rest;
      } else {
        if (read.help !== undefined) fail("a second HELP");
        if (/\\(?![\\"n])/u.test(rest)) fail("a backslash that escapes nothing");
        read.help = rest;
      }
      continue;
    }
    const sample = sampleLine.exec(line);
    if (!sample) return fail("neither metadata nor a sample");
    const [, sampled = "", labels, number] = sample;
    const read = families.get(current);
    const suffix = sampled.slice(current.length);
    if (!read || !sampled.startsWith(current) || suffixes[read.type]?.includes(suffix) !== true) {
      return fail("a sample that is not of the family above it");
    }
    const names = labels === undefined ? [] : readLabels(labels, fail);
    if (new Set(names).size !== names.length) fail("a label twice");
    if ((read.type === "summary" && suffix === "") !== names.includes("quantile")) {
      fail("quantiles are of summaries, and summaries have them");
    }
    const value = Number(number?.replace(/inf/iu, "Infinity"));
    if ((read.type === "counter" || suffix !== "") && !(value >= 0))
      fail("it counts, and is below 0 or no number");
    const key = `${sampled}${labels === undefined ? "" : `{${labels}}`}`;
    if (read.samples.has(key)) fail("the same sample twice");
    read.samples.set(key, value);
  }
  return families;
}

function readLabels(text: string, fail: (why: string) => never): readonly string[] {
  const names: string[] = [];
  let rest = text;
  while (rest !== "") {
    const found = label.exec(rest);
    if (!found) return fail("labels that cannot be read");
    names.push(found[1] ?? "");
    rest = rest.slice(found[0].length);
    if (rest === "" && found[0].endsWith(",")) fail("a comma after the last label");
  }
  return names;
}
