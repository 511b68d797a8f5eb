import { describe, expect, it } from "vitest";
import { columns, formatSize, safeText } from "./output.js";

describe("what is printed", () => {
  it("shows control characters of hostile text instead of sending them to the terminal", () => {
    expect(safeText("a\x1b[31mred\x07\u202eb\u009b\ttab\nline é 波")).toBe(
      "a\\x1b[31mred\\x07\\u{202e}b\\x9b\ttab\nline é 波",
    );
  });

  it("aligns columns", () => {
    expect(
      columns([
        ["a", "bb", "c"],
        ["aaa", "b", ""],
      ]),
    ).toBe("a    bb  c\naaa  b");
  });

  it.each([
    [0, "0 bytes"],
    [999, "999 bytes"],
    [1000, "1.0 kB"],
    [15_300, "15.3 kB"],
    [2_500_000, "2.5 MB"],
    [5e15, "5000.0 TB"],
  ])("tells %d bytes as %s", (bytes, text) => {
    expect(formatSize(bytes)).toBe(text);
  });
});
