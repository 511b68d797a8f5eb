import type { ValueFormat } from "@novywave/protocol";
import { describe, expect, it } from "vitest";
import { sampleVariable } from "../testing/samples.js";
import { valuePattern } from "./value-pattern.js";

const pattern = (text: string, format: ValueFormat, width: number): string | undefined =>
  valuePattern(text, format, sampleVariable({ kind: "bits", width }));

describe("a value as it is typed is looked for in the digits of the signal", () => {
  it.each<[string, ValueFormat, number, string]>([
    ["2c", "hex", 8, "00101100"],
    ["2C_20", "hex", 16, "0010110000100000"],
    ["7", "hex", 3, "111"],
    ["x", "hex", 3, "xxx"],
    ["?f", "hex", 8, "????1111"],
    ["17", "oct", 8, "001111"],
    ["10-z", "bin", 8, "10-z"],
    ["200", "unsigned", 8, "11001000"],
    ["-1", "signed", 4, "1111"],
    ["x", "signed", 4, "xxxx"],
    ["0xff", "unsigned", 8, "11111111"],
    ["0b101", "hex", 8, "101"],
    ["AB", "ascii", 16, "0100000101000010"],
  ])("%s in %s, of %i bits", (text, format, width, wanted) => {
    expect(pattern(text, format, width)).toBe(wanted);
  });

  it.each<[string, ValueFormat, number]>([
    ["", "hex", 8],
    ["g", "hex", 8],
    ["fff", "hex", 8],
    ["2", "bin", 8],
    ["8", "oct", 8],
    ["256", "unsigned", 8],
    ["-129", "signed", 8],
    ["0x", "hex", 8],
    ["ABC", "ascii", 16],
  ])("%j in %s is no value of %i bits", (text, format, width) => {
    expect(pattern(text, format, width)).toBeUndefined();
  });

  it("takes the names of an enumeration, numbers of reals, and any text of strings", () => {
    const meaning = { kind: "names", names: [{ value: "10", name: "BUSY" }] } as const;
    const state = sampleVariable({
      kind: "bits",
      width: 2,
      meaning: { ...meaning, names: [...meaning.names] },
    });
    expect(valuePattern("busy", "named", state)).toBe("10");
    expect(valuePattern("1", "named", state)).toBe("01");
    expect(valuePattern("1.5e3", "real", sampleVariable({ kind: "real" }))).toBe("1.5e3");
    expect(valuePattern("much", "real", sampleVariable({ kind: "real" }))).toBeUndefined();
    expect(valuePattern("g!", "string", sampleVariable({ kind: "string" }))).toBe("g!");
  });
});
