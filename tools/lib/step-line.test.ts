import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { stepLine } from "./step-line.js";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** A stream that keeps what is written. */
function recorder(isTTY: boolean): {
  isTTY: boolean;
  columns: number;
  text: string;
  write(text: string): void;
} {
  return {
    isTTY,
    columns: 60,
    text: "",
    write(text) {
      this.text += text;
    },
  };
}

describe("the line of a step that runs", () => {
  it("stands in a log at the start, and again each minute with what the step wrote last", () => {
    const stream = recorder(false);
    const line = stepLine("unit tests", { stream });
    expect(stream.text).toBe("...     unit tests          0 s\n");
    line.onOutput(Buffer.from("\u001B[32m ✓ a.test.ts\u001B[39m\n ✓ b.test.ts\n\n"));
    vi.advanceTimersByTime(60_000);
    line.end();
    vi.advanceTimersByTime(600_000);
    expect(stream.text.split("\n").slice(1)).toEqual(["...     unit tests         60 s  ✓ b.test.ts", ""]);
  });

  it("is one line of a terminal, no longer than that, and gone at the end", () => {
    const stream = recorder(true);
    const line = stepLine("lint", { stream });
    line.onOutput("x".repeat(200));
    stream.text = "";
    vi.advanceTimersByTime(1000);
    expect(stream.text).toBe(`\r\u001B[2K...     lint                1 s  ${"x".repeat(26)}`.slice(0, 64));
    stream.text = "";
    line.end();
    expect(stream.text).toBe("\r\u001B[2K");
  });
});
