import { describe, expect, it } from "vitest";
import { matchContract, parseInterfaceName } from "./capability.js";

describe("names of interfaces", () => {
  it("takes a name apart", () => {
    expect(parseInterfaceName("novywave:plugins/logging@0.1.0")).toEqual({
      package: "novywave:plugins",
      interface: "logging",
      version: "0.1.0",
    });
    expect(parseInterfaceName("a:b/c")).toEqual({ package: "a:b", interface: "c" });
    expect(parseInterfaceName("init")).toBeUndefined();
  });

  it.each(["0.1.0", "0.1.7"])("a plugin built for %s loads on a host of 0.1.x", (version) => {
    expect(matchContract(`novywave:plugins/timer@${version}`)).toEqual({ kind: "match", interface: "timer" });
  });

  it.each(["0.2.0", "1.0.0", "0.1.0-rc.1"])("one built for %s does not", (version) => {
    expect(matchContract(`novywave:plugins/timer@${version}`)).toEqual({
      kind: "version",
      wanted: version,
      offered: "0.1.0",
    });
  });

  it("other packages are not ours", () => {
    expect(matchContract("wasi:cli/environment@0.2.3")).toEqual({ kind: "other" });
  });
});
