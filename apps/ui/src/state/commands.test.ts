import { describe, expect, it } from "vitest";
import { commandFor, keyCaps, searchCommands, strokeName, type Command } from "./commands.js";

const stroke = (
  key: string,
  modifiers: Partial<Record<"shiftKey" | "altKey" | "ctrlKey" | "metaKey", boolean>> = {},
) => ({
  key,
  shiftKey: false,
  altKey: false,
  ctrlKey: false,
  metaKey: false,
  ...modifiers,
});

const command = (id: string, title: string, ...keys: string[]): Command => ({
  id,
  title,
  group: "Time",
  keys,
  run: () => {},
});

describe("commands", () => {
  it("names key strokes the same with caps lock and on every system", () => {
    expect(strokeName(stroke("w"))).toBe("W");
    expect(strokeName(stroke("W", { shiftKey: true }))).toBe("Shift+W");
    expect(strokeName(stroke("?", { shiftKey: true }))).toBe("?");
    expect(strokeName(stroke("k", { metaKey: true }))).toBe(strokeName(stroke("k", { ctrlKey: true })));
    expect(strokeName(stroke("ArrowUp", { altKey: true }))).toBe("Alt+ArrowUp");
  });

  it("keeps the browser's own strokes alone: Ctrl+W is not W", () => {
    const commands = [command("time.zoom-in", "Zoom in", "W")];
    expect(commandFor(commands, stroke("w"))?.id).toBe("time.zoom-in");
    expect(commandFor(commands, stroke("w", { ctrlKey: true }))).toBeUndefined();
  });

  it("finds commands by words in any order", () => {
    const commands = [command("a", "Fast zoom in"), command("b", "Zoom in"), command("c", "Pan left")];
    expect(searchCommands(commands, "in zoom").map((found) => found.id)).toEqual(["a", "b"]);
    expect(searchCommands(commands, "zoom").map((found) => found.id)).toEqual(["b", "a"]);
  });

  it("shows key caps", () => {
    expect(keyCaps("Mod+K", true)).toEqual(["⌘", "K"]);
    expect(keyCaps("Alt+ArrowUp", false)).toEqual(["Alt", "↑"]);
  });
});
