import { expect, it } from "vitest";
import { isPrintable, printable } from "./text.js";

it("text of plugins is one line without control characters, and not longer than allowed", () => {
  expect(printable("Größe 10 µs, 時間", 100)).toBe("Größe 10 µs, 時間");
  expect(printable("a\nb\r\tc\u2028d", 100)).toBe("a b  c d");
  expect(printable("\u001b[2Jok\u0000\u009b\u202egpj", 100)).toBe("\u{fffd}[2Jok\u{fffd}\u{fffd}\u{fffd}gpj");
  expect(printable("x".repeat(1_000_000), 10)).toBe("xxxxxxxxxx…");
});

it("what is shown to somebody who decides by it has to be what it looks like", () => {
  expect(["/scratch/lab 1", "/größe", ""].map(isPrintable)).toEqual([true, true, true]);
  expect(["/a\nb", "/a\u202eb", "/a\u0000", "/\u001b[2J"].map(isPrintable)).toEqual(Array(4).fill(false));
});
