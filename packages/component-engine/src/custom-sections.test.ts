import { metadataAdd } from "@bytecodealliance/jco-transpile/wasm-tools";
import { describe, expect, test } from "vitest";
import { componentName, inspect, producersOf } from "./index.js";
import { componentOf, section, text } from "./testing/bytes.test.helper.js";
import { wat } from "./testing/wat.test.helper.js";

describe("what a component says about itself", () => {
  test("its name, as tools write it", async () => {
    expect(componentName(inspect(await wat("(component $scanner (type $t u32))")))).toBe("scanner");
    expect(componentName(inspect(await wat("(component)")))).toBeUndefined();
  });

  test("who made it, as tools write it", async () => {
    const bytes = await metadataAdd(await wat("(component)"), [
      ["language", [["Rust", "1.95.0"]]],
      ["sdk", [["novywave", "0.1.0"]]],
    ]);
    expect(producersOf(inspect(bytes))).toEqual(
      expect.arrayContaining([
        { field: "language", name: "Rust", version: "1.95.0" },
        { field: "sdk", name: "novywave", version: "0.1.0" },
      ]),
    );
  });

  test("notes that cannot be read count as absent: a component is not refused for them", () => {
    const info = inspect(
      componentOf(
        section(0, [...text("component-name"), 0, 9, 9]),
        section(0, [...text("producers"), 0xff, 0xff, 0xff, 0xff, 0x0f]),
      ),
    );
    expect(info.customSections).toHaveLength(2);
    expect(componentName(info)).toBeUndefined();
    expect(producersOf(info)).toEqual([]);
  });
});
