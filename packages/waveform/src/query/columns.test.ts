import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  COLUMN_CHANGED,
  COLUMN_EVENT,
  COLUMN_MULTIPLE,
  COLUMN_X,
  COLUMN_Z,
} from "../format/columns-layout.js";
import { decodeColumns, type DecodedRow } from "../format/decode-columns.js";
import { digitsOf } from "../format/packed-value.js";
import { bytesSource } from "../source/byte-source.js";
import { WaveformBuilder } from "../store/waveform-builder.js";
import {
  randomWaveform,
  realText,
  valueAt,
  type ModelSignal,
  type ModelWaveform,
} from "../testing/random-waveform.test.support.js";
import { readVcd } from "../vcd/vcd-reader.js";
import { WaveformQueries } from "./waveform-queries.js";

function open(model: ModelWaveform, options: { batch?: number; directBelow?: number } = {}): WaveformQueries {
  const builder = new WaveformBuilder(options);
  readVcd(bytesSource(new TextEncoder().encode(model.text)), builder);
  return new WaveformQueries(builder);
}

function shown(row: DecodedRow, index: number): string | undefined {
  const value = row.value(index);
  if (value === undefined) return undefined;
  if (value.kind === "bits") return digitsOf(value);
  if (value.kind === "real") return realText(value.value);
  return value.kind === "string" ? value.text : "1";
}

const isX = (value: string): boolean => /[xuw-]/.test(value);
const isZ = (value: string): boolean => value.includes("z");

/** What a column shows, from the model, the slow and obvious way. */
function expected(signal: ModelSignal, from: bigint, to: bigint) {
  const inside = signal.changes.filter(({ time }) => time >= from && time < to);
  const first = valueAt(signal, from);
  const last = to > from ? valueAt(signal, to - 1n) : first;
  const inForce = [first, ...inside.map(({ value }) => value)].filter((value) => value !== undefined);
  let flags = 0;
  if (inside.length > 0) flags |= COLUMN_CHANGED | (signal.kind === "event" ? COLUMN_EVENT : 0);
  if (inside.length > 1) flags |= COLUMN_MULTIPLE;
  if (signal.kind === "bits" && inForce.some(isX)) flags |= COLUMN_X;
  if (signal.kind === "bits" && inForce.some(isZ)) flags |= COLUMN_Z;
  const numbers = inForce
    .filter((value) => signal.kind === "real" || /^[01]+$/.test(value))
    .map((value) => (signal.kind === "real" ? Number(value) : Number(BigInt(`0b${value}`))))
    .filter((value) => !Number.isNaN(value));
  const has = numbers.length > 0;
  return {
    first,
    last,
    flags,
    min: has ? Math.min(...numbers) : Number.NaN,
    max: has ? Math.max(...numbers) : Number.NaN,
  };
}

/** What `toEqual` says, in far less time. */
function same(a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(a).every(([key, value]) => Object.is(value, b[key]));
}

function compareColumns(
  model: ModelWaveform,
  queries: WaveformQueries,
  start: bigint,
  end: bigint,
  columns: number,
): void {
  // Every signal twice: what analog rows look at, plain rows find in the index.
  const rows = model.signals.flatMap((_, signal) => [{ signal, analog: true }, { signal }]);
  const decoded = decodeColumns(queries.columns({ start, end, columns, rows }));
  expect([decoded.start, decoded.end, decoded.columns]).toEqual([start, end, columns]);
  for (const row of decoded.rows) {
    const { signal } = row;
    const own = model.signals[signal];
    if (own === undefined) throw new Error("a row without a signal");
    for (let i = 0; i < columns; i++) {
      const from = start + (BigInt(i) * (end - start)) / BigInt(columns);
      const to = start + (BigInt(i + 1) * (end - start)) / BigInt(columns);
      const want = expected(own, from, to);
      const got = {
        first: shown(row, row.first[i] ?? 0),
        last: shown(row, row.last[i] ?? 0),
        flags: row.flags[i],
        min: want.min + 0,
        max: want.max + 0,
      };
      if (row.analog) {
        // -0 and 0 are the same height on the screen.
        got.min = (row.analog.min[i] ?? 0) + 0;
        got.max = (row.analog.max[i] ?? 0) + 0;
      }
      const wanted = { ...want, min: want.min + 0, max: want.max + 0 };
      if (!same(got, wanted)) {
        expect(got, `signal ${signal}, column ${i} of [${start}, ${end})`).toEqual(wanted);
      }
    }
  }
}

/** Three signals that change at each of `count` ticks, with x, z and high numbers at the given ticks only. */
function longWaveform(count: number, xs: number[], zs: number[], peaks: number[]): ModelWaveform {
  const bit: { time: bigint; value: string }[] = [];
  const byte: { time: bigint; value: string }[] = [];
  const real: { time: bigint; value: string }[] = [];
  const lines = [
    "$var wire 1 ! a $end",
    "$var wire 8 # b $end",
    "$var real 64 $ c $end",
    "$enddefinitions $end",
  ];
  for (let tick = 0; tick < count; tick++) {
    const time = BigInt(tick);
    const odd = xs.includes(tick) ? "x" : zs.includes(tick) ? "z" : undefined;
    const high = peaks.includes(tick);
    bit.push({ time, value: odd ?? String(tick % 2) });
    byte.push({
      time,
      value: odd?.repeat(8) ?? (high ? 255 - (tick % 2) : tick % 7).toString(2).padStart(8, "0"),
    });
    real.push({ time, value: realText(high ? -1 - tick : (tick % 5) / 4) });
    lines.push(`#${tick}`, `${bit.at(-1)?.value}!`, `b${byte.at(-1)?.value} #`, `r${real.at(-1)?.value} $`);
  }
  const distinct = (changes: typeof bit) => changes.filter(({ value }, i) => changes[i - 1]?.value !== value);
  return {
    text: `${lines.join("\n")}\n`,
    end: BigInt(count - 1),
    signals: [
      { kind: "bits", width: 1, changes: distinct(bit) },
      { kind: "bits", width: 8, changes: distinct(byte) },
      { kind: "real", width: 1, changes: distinct(real) },
    ],
  };
}

const range = fc.record({
  a: fc.double({ min: -0.3, max: 1.3, noNaN: true }),
  b: fc.double({ min: -0.3, max: 1.3, noNaN: true }),
});

function ticks(model: ModelWaveform, part: number): bigint {
  return (BigInt(Math.round(part * 1_000)) * (model.end + 2n)) / 1_000n;
}

describe("R-columns: a column shows exactly what a brute-force search finds in it", () => {
  it("for all kinds of signals, ranges and zooms", () => {
    fc.assert(
      fc.property(randomWaveform(60), range, fc.integer({ min: 1, max: 40 }), (model, { a, b }, columns) => {
        const [start, end] = a < b ? [a, b] : [b, a];
        compareColumns(model, open(model), ticks(model, start), ticks(model, end), columns);
      }),
      { numRuns: 300 },
    );
  });

  it("when columns hold far more changes than lie between two checkpoints", () => {
    fc.assert(
      fc.property(randomWaveform(1_500), fc.integer({ min: 1, max: 9 }), (model, columns) => {
        compareColumns(model, open(model), 0n, model.end + 1n, columns);
      }),
      { numRuns: 25 },
    );
  });

  it("when an x, a z or a peak is rare and lies deep inside of a column", () => {
    const places = fc.array(fc.nat(1_199), { maxLength: 3 });
    fc.assert(
      fc.property(places, places, places, fc.integer({ min: 1, max: 24 }), (xs, zs, peaks, columns) => {
        const model = longWaveform(1_200, xs, zs, peaks);
        compareColumns(model, open(model), 0n, model.end + 1n, columns);
        compareColumns(model, open(model), model.end / 3n, model.end, columns);
      }),
      { numRuns: 40 },
    );
  });

  it("when changes are gathered and sorted by signal before they are stored", () => {
    fc.assert(
      fc.property(randomWaveform(120), fc.integer({ min: 1, max: 50 }), (model, batch) => {
        compareColumns(model, open(model, { directBelow: 0, batch }), 0n, model.end + 1n, 11);
      }),
      { numRuns: 100 },
    );
  });

  it("when a value is too wide for a number", () => {
    const text = `$var wire 5000 ! a $end\n$enddefinitions $end\n#0\nb1${"0".repeat(4_999)} !\n#1\nb1x !\n#2\nb11 !\n`;
    const queries = open({ text, end: 2n, signals: [] });
    const query = { start: 0n, end: 3n, columns: 3, rows: [{ signal: 0, analog: true }] };
    const row = decodeColumns(queries.columns(query)).rows[0];
    expect(Array.from(row?.analog?.max ?? [])).toEqual([Infinity, NaN, 3]);
    expect(Array.from(row?.flags ?? [])).toEqual([COLUMN_CHANGED, COLUMN_CHANGED | COLUMN_X, COLUMN_CHANGED]);
  });

  it("to the last tick below 2^64", () => {
    const text =
      "$var wire 1 ! a $end\n$enddefinitions $end\n#0\n0!\n#18446744073709551614\n1!\n#18446744073709551615\n0!\n";
    const changes = [
      { time: 0n, value: "0" },
      { time: 2n ** 64n - 2n, value: "1" },
      { time: 2n ** 64n - 1n, value: "0" },
    ];
    const model: ModelWaveform = {
      text,
      end: 2n ** 64n - 1n,
      signals: [{ kind: "bits", width: 1, changes }],
    };
    const queries = open(model);
    compareColumns(model, queries, 2n ** 64n - 4n, 2n ** 64n, 4);
    compareColumns(model, queries, -5n, 2n ** 64n + 5n, 7);
    expect(queries.findTransition(0, 0n, "next")).toBe(2n ** 64n - 2n);
  });
});

describe("values and transitions at any tick", () => {
  it("agree with the model", () => {
    fc.assert(
      fc.property(randomWaveform(80), range, (model, { a }) => {
        const queries = open(model);
        const time = ticks(model, a);
        const values = queries.values(
          model.signals.map((_, i) => i),
          time,
        );
        for (const [i, signal] of model.signals.entries()) {
          const got = values[i];
          const want = valueAt(signal, time);
          if (signal.kind === "event") {
            const fires = signal.changes.some((change) => change.time === time);
            expect(got).toBe(want === undefined ? undefined : fires ? "1" : "0");
          } else {
            expect(typeof got === "number" ? realText(got) : got).toBe(want);
          }
          expect(queries.findTransition(i, time, "next")).toBe(
            signal.changes.find((change) => change.time > time)?.time,
          );
          expect(queries.findTransition(i, time, "previous")).toBe(
            signal.changes.findLast((change) => change.time < time)?.time,
          );
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe("queries that make no sense are refused with what is wrong", () => {
  const model: ModelWaveform = {
    text: "$var wire 1 ! a $end\n$enddefinitions $end\n#0\n0!\n",
    end: 0n,
    signals: [],
  };
  const queries = open(model);
  const query = { start: 0n, end: 1n, columns: 1, rows: [] };

  it.each([
    [{ ...query, columns: 0 }, /columns must be 1 to 16384/],
    [{ ...query, columns: 16_385 }, /columns must be 1 to 16384/],
    [{ ...query, columns: 1.5 }, /columns must be/],
    [{ ...query, start: 2n }, /start 2 is after end 1/],
    [{ ...query, end: 2n ** 70n }, /within/],
    [{ ...query, rows: [{ signal: 1 }] }, /there is no signal 1/],
    [{ ...query, rows: Array.from({ length: 1_025 }, () => ({ signal: 0 })) }, /at most 1024 rows/],
  ])("%#", (wrong, message) => {
    expect(() => queries.columns(wrong)).toThrow(message);
  });
});

describe("decodeColumns", () => {
  it("takes any bytes without anything but its own error", () => {
    const model: ModelWaveform = {
      text: "$var wire 9 ! a $end\n$enddefinitions $end\n#0\nb101 !\n#5\nbx !\n",
      end: 5n,
      signals: [],
    };
    const good = new Uint8Array(
      open(model).columns({ start: 0n, end: 9n, columns: 5, rows: [{ signal: 0, analog: true }] }),
    );
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(255), fc.nat(good.length), (at, byte, length) => {
        const bytes = good.slice(0, length);
        if (at < length) bytes[at] = byte;
        try {
          const decoded = decodeColumns(bytes.buffer);
          for (const row of decoded.rows) for (let i = 0; i <= row.values; i++) row.value(i);
        } catch (error) {
          expect(String(error)).toMatch(/^ColumnsFormatError/);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
