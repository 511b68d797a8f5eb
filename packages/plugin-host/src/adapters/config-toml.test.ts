import { parse } from "smol-toml";
import { describe, expect, it } from "vitest";
import { toConfigData } from "../config/config-data.js";
import { configToml } from "./config-toml.js";

const read = (text: string): Record<string, unknown> => parse(text, { integersAsBigInt: true });

/** What a plugin of NovyWave 0.2 reads of an entry's `config` table, after `host_base_dir`. */
function received(toml: string): unknown {
  const { host_base_dir, ...rest } = read(configToml(toConfigData(read(toml)), "/w"));
  expect(host_base_dir).toBe("/w");
  return rest;
}

describe("R4.6 get-config-toml", () => {
  it("whole numbers come out exactly, as large as TOML has them", () => {
    const toml = `least = -9223372036854775808
most = 9223372036854775807
odd = [9007199254740993, -9007199254740993, 1]
[nested]
inline = { seed = 1234567890123456789 }
[[each]]
id = 9007199254740993`;
    expect(received(toml)).toEqual(parse(toml, { integersAsBigInt: true }));
  });

  it("texts and keys that look like anything stay what they are", () => {
    const toml = String.raw`i1 = "9007199254740993"
"9007199254740993" = "i9007199254740993"
quoted = "\"9007199254740993, \\"
"" = [":9007199254740993", "s", "é\u0001"]
[table]
"i\"2" = "-"`;
    expect(received(toml)).toEqual(parse(toml));
  });

  it("what is no whole number of TOML is a float; null is left out", () => {
    const config = [
      { key: "a", value: "[1.5, null, 1e300, 10000000000000000000, -2.5e-7]" },
      { key: "b", value: "null" },
      { key: "c", value: '{"x":null,"y":false}' },
    ];
    expect(configToml(config, "/w")).toBe(
      'a = [ 1.5, 1e+300, 10000000000000000000.0, -2.5e-7 ]\nhost_base_dir = "/w"\n\n[c]\ny = false\n',
    );
  });
});
