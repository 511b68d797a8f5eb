import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createSandbox, type Sandbox } from "../test/run-command.js";
import { smallVcd } from "../test/waveform.js";

const repository = fileURLToPath(new URL("../../../../", import.meta.url));

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = createSandbox();
});
afterEach(() => sandbox[Symbol.dispose]());

describe("diff", () => {
  it("exits with 0 for equal files", async () => {
    sandbox.write("a.vcd", smallVcd);
    sandbox.write("b.vcd", smallVcd.replace("$timescale 1ns", "$comment the same $end\n$timescale 1ns"));
    const { code, stdout } = await sandbox.run("diff", "a.vcd", "b.vcd");
    expect([code, stdout]).toEqual([0, "2 variables are equal\n"]);
    expect((await sandbox.run("diff", "a.vcd", "b.vcd", "--json")).json()).toMatchObject({
      equal: true,
      compared: 2,
      differences: [],
    });
  });

  it("exits with 1 and says where they differ first", async () => {
    sandbox.write("a.vcd", smallVcd);
    sandbox.write("b.vcd", smallVcd.replace("b101", "b1x1"));
    const text = await sandbox.run("diff", "a.vcd", "b.vcd");
    expect(text.code).toBe(1);
    expect(text.stdout).toMatch(/top\.count\[7:0\] +at 2 ns +05 \| 0x/u);
    const json = await sandbox.run("diff", "a.vcd", "b.vcd", "--json");
    expect(json.code).toBe(1);
    expect(json.json()).toMatchObject({
      equal: false,
      differences: [{ name: "top.count[7:0]", time: "2000000", a: "00000101", b: "000001x1" }],
    });
  });

  it.each([
    ["a variable less", smallVcd.replace("$var wire 1 ! clk $end\n", ""), /1 only in a\.vcd:\n +top\.clk/u],
    [
      "another width",
      smallVcd.replace('8 " count [7:0]', '9 " count [8:0]'),
      /another width:\n +top\.count\[7:0\] +top\.count\[8:0\]/u,
    ],
    ["another end", `${smallVcd}#9\n`, /They span 0 to 5 ns, and 0 to 9 ns/u],
  ])("exits with 1 for %s", async (_, other, message) => {
    sandbox.write("a.vcd", smallVcd);
    sandbox.write("b.vcd", other);
    const { code, stdout } = await sandbox.run("diff", "a.vcd", "b.vcd");
    expect(code).toBe(1);
    expect(stdout).toMatch(message);
  });

  it.each([
    ["absent.vcd", "a.vcd", "absent.vcd"],
    ["a.vcd", "absent.vcd", "absent.vcd"],
  ])("exits with 2 and names what cannot be read of %s and %s", async (a, b, missing) => {
    sandbox.write("a.vcd", smallVcd);
    const { code, stderr } = await sandbox.run("diff", a, b);
    expect(code).toBe(2);
    expect(stderr).toContain(missing);
  });
});

describe("export, read by GTKWave's tools, and read again", () => {
  const isInstalled = ["vcd2fst", "fst2vcd"].every((tool) => {
    try {
      execFileSync("sh", ["-c", `command -v ${tool}`]);
      return true;
    } catch {
      return false;
    }
  });

  it("of every VHDL type is equal, by the result that is kept here", async () => {
    const [ghw, fst] = ["types.ghw", "types.exported.fst"].map((name) =>
      join(repository, "tests/fixtures/ghw", name),
    );
    const { code, stdout } = await sandbox.run("diff", ghw ?? "", fst ?? "");
    expect([code, stdout]).toEqual([0, "77 variables are equal\n"]);
  });

  const files = [
    "test_files/uart/uart.vcd",
    "test_files/uart/uart.fst",
    "test_files/counter/counter.fst",
    "test_files/analog/sine.vcd",
    "test_files/alu/deep/er/alu.ghw",
    "test_files/alu/deep/er/alu.fst",
    "tests/fixtures/ghw/types.ghw",
    "tests/fixtures/ghw/extra.ghw",
  ];
  it.runIf(isInstalled).each(files)("%s is equal, in every compression and back as VCD", async (name) => {
    const original = join(repository, name);
    const at = (file: string): string => join(sandbox.workspace, file);
    expect((await sandbox.run("export", original, "-o", "a.vcd")).code).toBe(0);
    for (const pack of ["-4", "-F", "-Z", "-c"]) {
      execFileSync("vcd2fst", [pack, at("a.vcd"), at("a.fst")]);
      expect(await sandbox.run("diff", original, "a.fst"), pack).toMatchObject({ code: 0 });
    }
    execFileSync("fst2vcd", ["-f", at("a.fst"), "-o", at("b.vcd")]);
    expect(await sandbox.run("diff", original, "b.vcd")).toMatchObject({ code: 0 });
  });
});
