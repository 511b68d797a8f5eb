import { expect, it } from "vitest";
import { crashRecord, crashText } from "./crash-record.js";

const backtrace = [
  "at recurse (wasm://wasm/bcf945ae:wasm-function[16]:0x46c)",
  "at recurse (wasm://wasm/bcf945ae:wasm-function[16]:0x474)",
  "at a (b) c (wasm://wasm/bcf945ae:wasm-function[2]:0x1)",
  "at wasm://wasm/bcf945ae:wasm-function[18]:0x70d",
  "at somewhere else",
].join("\n");

it("R5.5 a record has what is known, and frames with the names that the module gives", () => {
  const evidence = {
    export: "handle-event",
    hostCall: "filesystem.find-files",
    elapsedMs: 120,
    guestMs: 100,
    lastEvents: ["init", "handle-event tick"],
  };
  const limit = { name: "call_deadline_ms", value: 100 };
  const record = crashRecord("a.b", { code: "deadline", message: "it hung", evidence, limit, backtrace });
  expect(record).toEqual({
    plugin: "a.b",
    code: "deadline",
    message: "it hung",
    ...evidence,
    limit,
    frames: [
      { name: "recurse", index: 16, byte: 0x46c, times: 2 },
      { name: "a (b) c", index: 2, byte: 1 },
      { index: 18, byte: 0x70d },
    ],
  });
  expect(crashText(record).split("\n")).toEqual([
    "deadline: it hung",
    "  in handle-event, waiting for filesystem.find-files, after 120 ms (100 ms in the plugin)",
    "  limit call_deadline_ms = 100",
    "  last events: init, handle-event tick",
    "  at recurse (byte 0x46c), 2 times",
    "  at a (b) c (byte 0x1)",
    "  at function 18 (byte 0x70d)",
  ]);
});

it("whatever a plugin puts into names and messages, a record is short and has no control characters", () => {
  const nasty = "\u001b[2J\u202e\n".repeat(50_000);
  const record = crashRecord("a.b", {
    code: "trap",
    message: nasty,
    export: nasty,
    evidence: {
      export: nasty,
      hostCall: nasty,
      elapsedMs: 1,
      guestMs: 1,
      lastEvents: Array(100).fill(nasty),
    },
    backtrace: Array.from(
      { length: 500 },
      (_, n) => `at ${"\u001b".repeat(500)} (wasm://wasm/0:wasm-function[${n}]:0x1)`,
    ).join("\n"),
  });
  const text = JSON.stringify(record);
  expect(text.length).toBeLessThan(16_000);
  expect(`${text}${crashText(record).replaceAll("\n", "")}`).not.toMatch(/[\p{Cc}\u202e]/u);
  expect(record.frames).toHaveLength(24);
});

it("a record of a failure about which little is known says little", () => {
  expect(crashText(crashRecord("a.b", { code: "artifact-missing", message: "no file" }))).toBe(
    "artifact-missing: no file",
  );
});
