import { describe, expect, it } from "vitest";
import { withSourcePositions } from "./source-positions.js";

const positions = { files: ["src/a.ts", "src/b.ts"], lines: [[], [2, 0, 7, 9, 1, 3]] };

describe("withSourcePositions", () => {
  it("puts the author's file and line in place of each frame that it knows", () => {
    const stack = "  at f (componentize-qjs:user.js:2:3)\n  at g (componentize-qjs:user.js:2:12)\n";
    expect(withSourcePositions(stack, positions)).toBe("  at f (src/a.ts:7)\n  at g (src/b.ts:3)\n");
    // Code before the first position of a line belongs to it as well.
    expect(withSourcePositions("componentize-qjs:user.js:2:1", positions)).toBe("src/a.ts:7");
  });

  it("leaves what it does not know as it is", () => {
    for (const frame of ["componentize-qjs:user.js:1:1", "componentize-qjs:user.js:99:1", "native"])
      expect(withSourcePositions(frame, positions)).toBe(frame);
    expect(withSourcePositions("componentize-qjs:user.js:2:1")).toBe("componentize-qjs:user.js:2:1");
  });
});
