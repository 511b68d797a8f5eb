import type { Theme } from "@novywave/protocol";
import type { Command } from "./commands.js";

/** What the commands act on. */
export interface CommandTarget {
  zoom(numerator: bigint, denominator: bigint): void;
  pan(tenths: bigint): void;
  panToEdge(edge: "start" | "end"): void;
  jump(direction: "previous" | "next", far: boolean): Promise<void>;
  fitView(): void;
  centreCursor(): void;
  toggleMarker(): void;
  moveFocus(step: number): void;
  moveFocusedRow(step: number): void;
  removeFocusedRow(): void;
  removeAllRows(): void;
  restoreRows(): void;
  cycleFormat(): void;
  togglePlugins(): void;
  setTheme(theme: Theme): void;
  changeTextSize(steps: number): void;
  findAgain(direction: "next" | "previous"): Promise<void>;
  showDialog(dialog: "palette" | "find-value" | "shortcuts"): void;
}

/** Puts the keyboard into a field or a list, by the id of its element. */
function focusField(id: string): void {
  const field = document.getElementById(id);
  field?.focus();
  if (field instanceof HTMLInputElement) field.select();
}

const command = (
  id: string,
  group: Command["group"],
  title: string,
  keys: readonly string[],
  run: () => void,
): Command => ({ id, group, title, keys, run });

/** Everything that can be done by key and from the palette, in the order of the shortcut sheet. */
export function appCommands(app: CommandTarget): readonly Command[] {
  return [
    command("time.zoom-in", "Time", "Zoom in", ["W", "+", "="], () => app.zoom(1n, 2n)),
    command("time.zoom-out", "Time", "Zoom out", ["S", "-"], () => app.zoom(2n, 1n)),
    command("time.zoom-in-fast", "Time", "Zoom in fast", ["Shift+W"], () => app.zoom(1n, 10n)),
    command("time.zoom-out-fast", "Time", "Zoom out fast", ["Shift+S"], () => app.zoom(10n, 1n)),
    command("time.pan-left", "Time", "Pan left", ["A", "ArrowLeft"], () => app.pan(-2n)),
    command("time.pan-right", "Time", "Pan right", ["D", "ArrowRight"], () => app.pan(2n)),
    command("time.to-start", "Time", "Go to the start", ["Shift+A", "Home"], () => app.panToEdge("start")),
    command("time.to-end", "Time", "Go to the end", ["Shift+D", "End"], () => app.panToEdge("end")),
    command("time.previous-transition", "Time", "Cursor to the previous transition", ["Q"], () => {
      void app.jump("previous", false);
    }),
    command("time.next-transition", "Time", "Cursor to the next transition", ["E"], () => {
      void app.jump("next", false);
    }),
    command("time.first-transition", "Time", "Cursor to the first transition", ["Shift+Q"], () => {
      void app.jump("previous", true);
    }),
    command("time.last-transition", "Time", "Cursor to the last transition", ["Shift+E"], () => {
      void app.jump("next", true);
    }),
    command("time.find-value", "Time", "Find a value of the row…", ["Mod+F"], () =>
      app.showDialog("find-value"),
    ),
    command("time.next-value", "Time", "Next place with that value", ["N"], () => {
      void app.findAgain("next");
    }),
    command("time.previous-value", "Time", "Previous place with that value", ["Shift+N"], () => {
      void app.findAgain("previous");
    }),
    command("time.fit", "Time", "Reset zoom: show everything", ["R"], () => app.fitView()),
    command("time.centre", "Time", "Centre on the cursor", ["Z"], () => app.centreCursor()),
    command("time.marker", "Time", "Set the marker at the cursor, or remove it", ["M"], () =>
      app.toggleMarker(),
    ),
    command("time.go-to", "Time", "Go to a time…", ["G"], () => app.showDialog("palette")),
    command("rows.up", "Rows", "Focus the row above", ["ArrowUp"], () => app.moveFocus(-1)),
    command("rows.down", "Rows", "Focus the row below", ["ArrowDown"], () => app.moveFocus(1)),
    command("rows.move-up", "Rows", "Move the row up", ["Alt+ArrowUp"], () => app.moveFocusedRow(-1)),
    command("rows.move-down", "Rows", "Move the row down", ["Alt+ArrowDown"], () => app.moveFocusedRow(1)),
    command("rows.remove", "Rows", "Remove the row", ["Delete", "Backspace"], () => app.removeFocusedRow()),
    command("rows.remove-all", "Rows", "Remove all rows", ["Shift+Delete"], () => app.removeAllRows()),
    command("rows.restore", "Rows", "Bring back what was removed last", ["Mod+Z"], () => app.restoreRows()),
    command("rows.format", "Rows", "Next value format of the row", ["F"], () => app.cycleFormat()),
    command("files.search-variables", "Files", "Search variables", ["/"], () =>
      focusField("variable-search"),
    ),
    command("files.list", "Files", "Go to the files", ["L"], () => focusField("file-tree")),
    command("files.filter", "Files", "Filter files", ["Shift+F"], () => focusField("file-filter")),
    command("rows.list", "Rows", "Go to the selected variables", ["V"], () =>
      focusField("selected-variables"),
    ),
    command("plugins.toggle-panel", "Plugins", "Show or hide the Plugins panel", ["P"], () =>
      app.togglePlugins(),
    ),
    command("view.theme", "View", "Switch between dark and light", ["T"], () =>
      app.setTheme(document.documentElement.dataset["theme"] === "light" ? "dark" : "light"),
    ),
    command("view.text-larger", "View", "Text size A+: larger", [">"], () => app.changeTextSize(1)),
    command("view.text-smaller", "View", "Text size A−: smaller", ["<"], () => app.changeTextSize(-1)),
    command("view.text-reset", "View", "Text size: as usual", [], () => app.changeTextSize(0)),
    command("view.palette", "View", "Command palette", ["Mod+K"], () => app.showDialog("palette")),
    command("view.shortcuts", "View", "Keyboard shortcuts", ["?"], () => app.showDialog("shortcuts")),
  ];
}
