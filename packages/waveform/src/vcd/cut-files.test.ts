import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { WaveformQueries } from "../query/waveform-queries.js";
import { bytesSource } from "../source/byte-source.js";
import { WaveformBuilder } from "../store/waveform-builder.js";
import { readVcd } from "./vcd-reader.js";

const REPOSITORY = join(import.meta.dirname, "../../../..");
const FILES = ["tests/fixtures/waveforms/counter_short.vcd", "tests/fixtures/waveforms/kinds.vcd"];

function read(bytes: Uint8Array): WaveformBuilder {
  const builder = new WaveformBuilder();
  readVcd(bytesSource(bytes), builder, { chunkBytes: 4_096 });
  return builder;
}

function valuesAt(builder: WaveformBuilder, time: bigint): unknown {
  const signals = Array.from({ length: builder.signals.length }, (_, signal) => signal);
  return new WaveformQueries(builder).values(signals, time);
}

describe("a file that is cut at any of its bytes", () => {
  it.each(FILES)("%s: every change before the cut is there, and where it was cut is said", (path) => {
    const bytes = readFileSync(join(REPOSITORY, path));
    const whole = read(bytes);
    const bodyAt = bytes.indexOf("$enddefinitions");
    for (let length = 1; length < bytes.length; length++) {
      const cut = read(bytes.subarray(0, length));
      const warning = cut.warnings.find(({ code }) => code === "truncated");
      if (warning) {
        expect(warning.byte).toBeLessThanOrEqual(length);
        expect(warning.time).toBe(cut.end);
      } else {
        // Only what ends with a whole line, or a whole command, looks whole.
        if (!bytes.subarray(0, length).toString("latin1").endsWith("$end"))
          expect(bytes[length - 1]).toBe(10);
        expect(length).toBeGreaterThan(bodyAt);
      }
      if (length < bodyAt) continue;
      const complete = bytes.subarray(0, length).lastIndexOf("\n#");
      if (complete < bodyAt) continue;
      const ticks = cut.times;
      // All that lies before the last stamp was read whole.
      for (let i = ticks.length - 2; i >= Math.max(0, ticks.length - 4); i--) {
        expect(valuesAt(cut, ticks.at(i))).toEqual(valuesAt(whole, ticks.at(i)));
      }
    }
  });
});
