import * as fc from "fast-check";

/** A signal of a made-up waveform with its changes as a person would note them: tick and value, the plain truth. */
export interface ModelSignal {
  readonly kind: "bits" | "real" | "string" | "event";
  readonly width: number;
  readonly changes: readonly { readonly time: bigint; readonly value: string }[];
}

/** A made-up waveform and the VCD text that says the same. */
export interface ModelWaveform {
  readonly signals: readonly ModelSignal[];
  readonly text: string;
  readonly end: bigint;
}

const digit = fc.constantFrom("0", "1", "0", "1", "0", "1", "x", "z");
const nine = fc.constantFrom("0", "1", "x", "z", "u", "w", "l", "h", "-");

/** Waveforms of a few signals of all kinds with up to `maxChanges` written values. */
export function randomWaveform(maxChanges: number): fc.Arbitrary<ModelWaveform> {
  const shape = fc.oneof(
    fc.constant({ kind: "bits" as const, width: 1 }),
    fc.record({ kind: fc.constant("bits" as const), width: fc.integer({ min: 2, max: 8 }) }),
    fc.record({ kind: fc.constant("bits" as const), width: fc.integer({ min: 9, max: 70 }) }),
    fc.constant({ kind: "real" as const, width: 1 }),
    fc.constant({ kind: "string" as const, width: 1 }),
    fc.constant({ kind: "event" as const, width: 1 }),
  );
  return fc
    .record({
      shapes: fc.array(shape, { minLength: 1, maxLength: 6 }),
      step: fc.constantFrom(1n, 3n, 1_000_003n, 2n ** 50n, 2n ** 57n),
      writes: fc.array(
        fc.record({
          advance: fc.integer({ min: 0, max: 3 }),
          signal: fc.nat(1_000),
          digits: fc.array(fc.oneof({ arbitrary: digit, weight: 5 }, nine), { minLength: 1, maxLength: 80 }),
          plain: fc.integer({ min: 0, max: 0xffffffff }),
          isPlain: fc.boolean(),
          real: fc.double(),
          word: fc.string({
            unit: fc.constantFrom("a", "Z", "ö", "\\", "_", "~"),
            minLength: 0,
            maxLength: 6,
          }),
        }),
        { maxLength: maxChanges },
      ),
    })
    .map(({ shapes, step, writes }) => {
      const changes: { time: bigint; value: string }[][] = shapes.map(() => []);
      const lines = ["$timescale 1 ns $end", "$scope module top $end"];
      for (const [i, { kind, width }] of shapes.entries()) {
        lines.push(`$var ${kind === "bits" ? "wire" : kind} ${width} s${i} sig${i} $end`);
      }
      lines.push("$upscope $end", "$enddefinitions $end", "#0");
      let time = 0n;
      for (const write of writes) {
        const next = time + BigInt(write.advance) * step;
        if (write.advance > 0 && next < 2n ** 64n) {
          time = next;
          lines.push(`#${time}`);
        }
        const signal = write.signal % shapes.length;
        const { kind, width } = shapes[signal] ?? { kind: "event", width: 1 };
        let value = "1";
        if (kind === "bits") {
          const written = (write.isPlain ? write.plain.toString(2) : write.digits.join("")).slice(0, width);
          lines.push(width === 1 && !write.isPlain ? `${written}s${signal}` : `b${written} s${signal}`);
          value = extended(written, width);
        } else if (kind === "real") {
          lines.push(`r${Object.is(write.real, -0) ? "-0" : write.real} s${signal}`);
          value = realText(write.real);
        } else if (kind === "string") {
          lines.push(`s${write.word.replaceAll("\\", "\\\\")} s${signal}`);
          value = write.word;
        } else {
          lines.push(`1s${signal}`);
        }
        note(changes[signal], kind === "event", time, value);
      }
      const signals = shapes.map((own, i) => ({
        ...own,
        changes: settled(changes[i] ?? [], own.kind === "event"),
      }));
      return { signals, text: `${lines.join("\n")}\n`, end: time };
    });
}

/** A real as a text that tells all numbers apart that are different. */
export function realText(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

/** Of several values at one tick the last counts. */
function note(
  changes: { time: bigint; value: string }[] | undefined,
  isEvent: boolean,
  time: bigint,
  value: string,
): void {
  if (changes === undefined) return;
  const last = changes.at(-1);
  if (last && last.time === time && !isEvent) last.value = value;
  else if (!last || last.time !== time) changes.push({ time, value });
}

/** A value that equals the one before is no change. */
function settled(
  changes: { time: bigint; value: string }[],
  isEvent: boolean,
): { time: bigint; value: string }[] {
  return changes.filter(({ value }, i) => isEvent || changes[i - 1]?.value !== value);
}

/** IEEE 1364-2005, 18.2.1: x and z extend to the left, everything else with 0. */
function extended(digits: string, width: number): string {
  const lead = digits[0] === "x" || digits[0] === "z" ? digits[0] : "0";
  return digits.padStart(width, lead);
}

/** Value in force at a tick, `undefined` before the first. */
export function valueAt(signal: ModelSignal, time: bigint): string | undefined {
  return signal.changes.findLast((change) => change.time <= time)?.value;
}
