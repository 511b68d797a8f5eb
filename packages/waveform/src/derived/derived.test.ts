import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeColumns } from "../format/decode-columns.js";
import { digitsOf } from "../format/packed-value.js";
import { WaveformQueries } from "../query/waveform-queries.js";
import { bytesSource } from "../source/byte-source.js";
import { WaveformBuilder } from "../store/waveform-builder.js";
import { randomWaveform, valueAt, type ModelWaveform } from "../testing/random-waveform.test.support.js";
import { readVcd } from "../vcd/vcd-reader.js";
import type { Derivation, Operand } from "./derivation.js";
import { vectorsOfBits } from "./vectors-of-bits.js";

function open({ text }: { text: string }): { builder: WaveformBuilder; queries: WaveformQueries } {
  const builder = new WaveformBuilder();
  readVcd(bytesSource(new TextEncoder().encode(text)), builder);
  return { builder, queries: new WaveformQueries(builder) };
}

/** A derivation as a tree of choices, which fits whatever signals there are. */
interface Choice {
  readonly signal: number;
  readonly high: number;
  readonly low: number;
  readonly parts: readonly Choice[];
}

const { choice } = fc.letrec<{ choice: Choice }>((tie) => ({
  choice: fc.record({
    signal: fc.nat(1_000),
    high: fc.nat(1_000),
    low: fc.nat(1_000),
    parts: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      fc.constant([]),
      fc.array(tie("choice"), { minLength: 1, maxLength: 3 }),
    ),
  }),
}));

/** What a derivation shows at a tick, the slow and obvious way; digits of parts without a value are x. */
function made(
  model: ModelWaveform,
  bits: readonly number[],
  own: Choice,
): { derivation: Operand; width: number; at: (time: bigint) => string } {
  const inner = own.parts.map((part) => made(model, bits, part));
  const signal = bits[own.signal % bits.length] ?? 0;
  const source = model.signals[signal];
  const width = inner.length === 0 ? (source?.width ?? 1) : inner.reduce((sum, part) => sum + part.width, 0);
  const whole = (time: bigint): string =>
    inner.length === 0
      ? ((source && valueAt(source, time)) ?? "x".repeat(width))
      : inner.map((part) => part.at(time)).join("");
  const [low, high] = [own.low % width, own.high % width].toSorted((a, b) => a - b);
  const of: Operand =
    inner.length === 0 ? signal : { kind: "concat", parts: inner.map(({ derivation }) => derivation) };
  const from = width - 1 - (high ?? 0);
  const to = width - (low ?? 0);
  return {
    derivation: { kind: "slice", of, high: high ?? 0, low: low ?? 0 },
    width: to - from,
    at: (time) => whole(time).slice(from, to),
  };
}

describe("derived signals", () => {
  it("show at every tick what their parts show, in every question", () => {
    fc.assert(
      fc.property(randomWaveform(60), choice, (model, own) => {
        const bits = model.signals.flatMap(({ kind }, i) => (kind === "bits" ? [i] : []));
        if (bits.length === 0) return;
        const { builder, queries } = open(model);
        const want = made(model, bits, own);
        if (typeof want.derivation === "number") return;
        const { signal, width } = queries.derive(want.derivation);
        expect(width).toBe(want.width);
        const times = Array.from({ length: builder.times.length }, (_, i) => builder.times.at(i));
        // Nested slices may leave out all that a part shows, so whether there is a value is asked of the answer.
        const changes: { time: bigint; value: string }[] = [];
        for (const time of times) {
          const [got] = queries.values([signal], time);
          if (got === undefined) {
            expect(/^x*$/.test(want.at(time))).toBe(true);
            continue;
          }
          expect(got, `at ${time}`).toBe(want.at(time));
          if (changes.at(-1)?.value !== got) changes.push({ time, value: String(got) });
        }
        const [end = 0n] = times.slice(-1);
        for (const time of [-1n, 0n, ...times]) {
          const next = changes.find((change) => change.time > time);
          expect(queries.findTransition(signal, time, "next")).toBe(next?.time);
          const [first] = changes;
          if (first) {
            const found = changes.find((change) => change.time > time && change.value === first.value);
            expect(queries.findValue({ signal, value: first.value, time, direction: "next" })).toBe(
              found?.time,
            );
          }
        }
        expect(queries.countChanges({ signal, start: 0n, end: end + 1n })).toBe(changes.length);
        const query = {
          start: 0n,
          end: end + 1n,
          columns: 7,
          rows: [{ signal }, { signal: bits[0] ?? 0 }, { signal, analog: true }],
        };
        for (const row of decodeColumns(queries.columns(query)).rows) {
          if (row.signal !== signal) continue;
          for (let i = 0; i < 7; i++) {
            const last = row.value(row.last[i] ?? 0);
            const upTo = (BigInt(i + 1) * (end + 1n)) / 7n;
            const from = (BigInt(i) * (end + 1n)) / 7n;
            const at = upTo > from ? upTo - 1n : from;
            const value = changes.findLast((change) => change.time <= at)?.value;
            expect(last?.kind === "bits" ? digitsOf(last) : undefined).toBe(value);
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  const text = `$var wire 1 ! a $end
$var wire 8 # b $end
$var real 64 r r $end
$enddefinitions $end
#0
b10110011 #
#5
1!
#6
bx #
#7
r1 r
`;

  it("begin when the first of their parts does, with x for the others", () => {
    const { queries } = open({ text });
    const { signal } = queries.derive({
      kind: "concat",
      parts: [0, { kind: "slice", of: 1, high: 7, low: 4 }],
    });
    expect([0n, 5n, 6n, 7n].map((time) => queries.values([signal], time)[0])).toEqual([
      "x1011",
      "11011",
      "1xxxx",
      "1xxxx",
    ]);
    const { signal: late } = queries.derive({ kind: "slice", of: 0, high: 0, low: 0 });
    expect(queries.values([late], 4n)).toEqual([undefined]);
  });

  it("are made of derived ones, and are one for one meaning", () => {
    const { queries } = open({ text });
    const low = queries.derive({ kind: "slice", of: 1, high: 3, low: 0 });
    const high = queries.derive({ kind: "slice", of: 1, high: 7, low: 4 });
    const swapped = queries.derive({ kind: "concat", parts: [low.signal, high.signal] });
    expect(queries.values([swapped.signal], 0n)).toEqual(["00111011"]);
    const again = queries.derive({ kind: "concat", parts: [high.signal, low.signal] });
    expect(again).toEqual(queries.derive({ kind: "slice", of: 1, high: 7, low: 0 }));
    expect(queries.values([again.signal], 0n)).toEqual(["10110011"]);
  });

  it("follow a file that has grown", () => {
    const { builder, queries } = open({ text });
    const { signal } = queries.derive({ kind: "concat", parts: [0, 0] });
    expect(queries.values([signal], 20n)).toEqual(["11"]);
    const index = builder.times.push(0, 9);
    builder.signals.now = index;
    builder.signals.appendDigit(0, 0);
    queries.contentChanged();
    expect(queries.values([signal], 20n)).toEqual(["00"]);
  });

  it("name the signals of the file that must be there for them, until they are made", () => {
    const { queries } = open({ text });
    const { signal } = queries.derive({ kind: "concat", parts: [1, 0, 1] });
    expect(queries.sourcesOf([2, signal])).toEqual([2, 1, 0]);
    queries.values([signal], 0n);
    expect(queries.sourcesOf([2, signal])).toEqual([2]);
  });

  it.each<[string, Derivation]>([
    ["no parts", { kind: "concat", parts: [] }],
    ["digits that are not there", { kind: "slice", of: 1, high: 8, low: 0 }],
    ["digits the wrong way round", { kind: "slice", of: 1, high: 1, low: 2 }],
    ["half a digit", { kind: "slice", of: 1, high: 1.5, low: 0 }],
    ["a signal that is not there", { kind: "concat", parts: [77] }],
    ["a signal without digits", { kind: "concat", parts: [2] }],
  ])("%s are refused", (_, derivation) => {
    expect(() => open({ text }).queries.derive(derivation)).toThrow(RangeError);
  });

  it("that are too deep, too many or too wide are refused", () => {
    let deep: Operand = 1;
    for (let i = 0; i < 200; i++) deep = { kind: "concat", parts: [deep] };
    let many: Operand = 1;
    for (let i = 0; i < 20; i++) many = { kind: "concat", parts: [many, 0, many] };
    const { queries } = open({ text });
    for (const derivation of [deep, many]) {
      if (typeof derivation !== "number") expect(() => queries.derive(derivation)).toThrow(RangeError);
    }
  });
});

describe("vectors of single bits", () => {
  it("are found by their names and shown as one", () => {
    const { queries } = open({
      text: `$scope module top $end
$var wire 1 a data[2] $end
$var wire 1 b data[0] $end
$var wire 1 c data[1] $end
$var wire 1 d lone[0] $end
$var wire 1 e gap[0] $end
$var wire 1 f gap[2] $end
$var wire 4 g wide[3:0] $end
$upscope $end
$enddefinitions $end
#0
1a
0b
zc
`,
    });
    const vectors = vectorsOfBits(queries.variables({ offset: 0, limit: 100 }).items);
    expect(vectors.map(({ fullName, name }) => [fullName, name])).toEqual([["top.data[2:0]", "data[2:0]"]]);
    const [vector] = vectors;
    if (vector === undefined) throw new Error("no vector");
    expect(queries.values([queries.derive(vector.derivation).signal], 0n)).toEqual(["1z0"]);
  });
});
