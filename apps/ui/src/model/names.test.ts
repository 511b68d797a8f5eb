import { describe, expect, it } from "vitest";
import type { Row } from "../state/app-state.js";
import { shortNames, splitName } from "./names.js";

const row = (key: string, name: string, file = "a.vcd"): Row => ({
  key,
  file,
  name,
  format: undefined,
  resolution: { kind: "resolving" },
});

describe("names", () => {
  it("splits at the last dot outside of a range or an escaped name", () => {
    expect(splitName("top.cpu.data[3:0]")).toEqual({ scope: "top.cpu", leaf: "data[3:0]" });
    expect(splitName("clk")).toEqual({ scope: "", leaf: "clk" });
    expect(splitName("top.\\a.b ")).toEqual({ scope: "top", leaf: "\\a.b " });
    expect(splitName("top.\\a.b .q")).toEqual({ scope: "top.\\a.b ", leaf: "q" });
    expect(splitName("top.ram.[1].[3][7:0]")).toEqual({ scope: "top", leaf: "ram.[1].[3][7:0]" });
  });

  it("shows no more of the scope than tells rows apart", () => {
    const names = shortNames([
      row("1", "top.a.fifo.full"),
      row("2", "top.b.fifo.full"),
      row("3", "top.clk"),
      row("4", "top.clk"),
    ]);
    expect(names.get("1")).toEqual({ scope: "a.fifo", leaf: "full" });
    expect(names.get("2")).toEqual({ scope: "b.fifo", leaf: "full" });
    expect(names.get("3")).toEqual({ scope: "", leaf: "clk" });
  });

  it("names the file where the same variable comes from two", () => {
    const names = shortNames([row("1", "top.clk", "a.vcd"), row("2", "top.clk", "b.vcd")]);
    expect(names.get("1")).toEqual({ scope: "a.vcd", leaf: "clk" });
    expect(names.get("2")).toEqual({ scope: "b.vcd", leaf: "clk" });
  });
});
