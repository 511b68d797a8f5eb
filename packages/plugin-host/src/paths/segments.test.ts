import { describe, expect, it } from "vitest";
import { isInside, pathProblem } from "./segments.js";

describe("paths as each system reads them", () => {
  it.each([
    ["/a/b", "/a/b", true],
    ["/a/b", "/a/b/c", true],
    ["/a/b", "/a/bc", false],
    ["/a/b", "/a", false],
    ["/", "/a", true],
    // Canonical paths have the spelling of the disk: what differs in case or in Unicode form is another folder.
    ["/a/b", "/A/b/c", false],
    ["/a/\u00e9", "/a/e\u0301/x", false],
    ["/a/b", "/a/b\\c", false],
  ])("posix: %s holds %s: %s", (folder, candidate, expected) => {
    expect(isInside(folder, candidate, "posix")).toBe(expected);
  });

  it.each([
    ["C:\\a", "C:\\a\\b", true],
    ["C:\\a", "c:\\a\\b", true],
    ["c:\\", "C:\\a", true],
    ["C:\\a", "C:\\ab", false],
    ["C:\\a", "D:\\a\\b", false],
    ["C:\\a", "C:\\A\\b", false],
    ["C:\\a", "C:\\a/b", false],
    ["\\\\server\\share", "\\\\server\\share\\a", true],
    ["\\\\server\\share", "\\\\server\\share2\\a", false],
  ])("win32: %s holds %s: %s", (folder, candidate, expected) => {
    expect(isInside(folder, candidate, "win32")).toBe(expected);
  });

  it.each(["NUL", "nul.vcd", "a\\CON", "a/aux.txt", "com1", "LPT9.fst", "COM\u00b9", "conin$", "prn .vcd"])(
    "win32: %s is a device",
    (text) => {
      expect(pathProblem(text, "win32")).toMatch(/device/);
      expect(pathProblem(text, "posix")).toBeUndefined();
    },
  );

  it.each([
    "\\\\server\\share\\x",
    "//server/share",
    "\\\\?\\C:\\x",
    "\\\\.\\PhysicalDrive0",
    "\\/mixed",
    "C:relative",
    "c:",
    "a.vcd:stream",
    "a.vcd::$DATA",
    "a.",
    "a \\b",
    "a*",
    "a\u0007",
  ])("win32: %s is refused", (text) => {
    expect(pathProblem(text, "win32")).toEqual(expect.any(String));
  });

  it.each(["C:\\a\\b.vcd", "a\\b", "a/b.vcd", "..\\a", ".", "\u00e9.vcd", "com10.vcd", "console.vcd"])(
    "win32: %s may be looked up",
    (text) => {
      expect(pathProblem(text, "win32")).toBeUndefined();
    },
  );

  it.each(["", "a\0", "\udc00", "x".repeat(4_097)])("everywhere: %j is no path", (text) => {
    expect(pathProblem(text, "posix")).toEqual(expect.any(String));
    expect(pathProblem(text, "win32")).toEqual(expect.any(String));
  });
});
