/** Something a person can do, from the keyboard, the palette or a button. */
export interface Command {
  /** Stable, `area.verb`. */
  readonly id: string;
  readonly title: string;
  readonly group: "Time" | "Rows" | "View" | "Files" | "Plugins";
  /** Key strokes such as `w`, `Shift+W`, `Alt+ArrowUp`, `Mod+K` (Ctrl, or Cmd on a Mac). */
  readonly keys: readonly string[];
  run(): void;
}

/** What of a key event decides. */
export interface Stroke {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
}

/** Name of a key stroke as commands list it. Shift counts for letters and named keys, not for signs such as `?`. */
export function strokeName(event: Stroke): string {
  const letter = /^[a-z]$/i.test(event.key);
  const named = event.key.length > 1;
  const parts: string[] = [];
  if (event.ctrlKey || event.metaKey) parts.push("Mod");
  if (event.altKey) parts.push("Alt");
  if (event.shiftKey && (letter || named)) parts.push("Shift");
  parts.push(letter ? event.key.toUpperCase() : event.key);
  return parts.join("+");
}

/** The command of a key stroke. */
export function commandFor(commands: readonly Command[], event: Stroke): Command | undefined {
  const name = strokeName(event);
  return commands.find((command) => command.keys.includes(name));
}

const SIGNS: Readonly<Record<string, string>> = {
  ArrowUp: "↑",
  ArrowDown: "↓",
  ArrowLeft: "←",
  ArrowRight: "→",
  Delete: "Del",
};

/** A key stroke as people read it: `["Alt", "↑"]`. */
export function keyCaps(stroke: string, mac: boolean): string[] {
  const parts = stroke === "+" ? ["+"] : stroke.split("+");
  return parts.map((part) => (part === "Mod" ? (mac ? "⌘" : "Ctrl") : (SIGNS[part] ?? part)));
}

/** Commands whose title has all words of `text` in any order, best first: matches at the start of the title lead. */
export function searchCommands(commands: readonly Command[], text: string): Command[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const score = (command: Command): number => {
    const title = `${command.title} ${command.group}`.toLowerCase();
    if (!words.every((word) => title.includes(word))) return -1;
    return title.startsWith(words[0] ?? "") ? 1 : 0;
  };
  return commands
    .map((command, index) => ({ command, index, score: score(command) }))
    .filter((entry) => entry.score >= 0)
    .sort((a, b) => b.score - a.score || a.index - b.index)
    .map((entry) => entry.command);
}
