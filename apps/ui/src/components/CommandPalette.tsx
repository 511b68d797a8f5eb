import { Dialog } from "@base-ui/react/dialog";
import { useMemo, useState, type KeyboardEvent } from "react";
import type { App } from "../app.js";
import { valuePattern } from "../model/value-pattern.js";
import { formatOf } from "../state/app-state.js";
import { searchCommands, type Command } from "../state/commands.js";
import { formatExact, parseTicks } from "../model/timebase.js";
import { useApp, useAppState } from "./app-context.js";
import { Keys } from "./parts.js";

/** Every command by name, and every file. */
export function CommandPalette({ initial = "" }: { initial?: string }) {
  const app = useApp();
  const files = useAppState((state) => state.files);
  const [text, setText] = useState(initial);
  const [active, setActive] = useState(0);
  const commands = useMemo((): readonly Command[] => {
    const open = [...files.values()].map((file): Command => ({
      id: `files.open:${file.name}`,
      title: `Open ${file.name}`,
      group: "Files",
      keys: [],
      run: () => void app.activate(file),
    }));
    return [...app.commands.filter((command) => command.id !== "view.palette"), ...open];
  }, [app, files]);
  const found = useMemo(() => {
    const { base, view } = app.state;
    const tick = view && parseTicks(text, base);
    const goTo: Command[] =
      tick === undefined
        ? []
        : [
            {
              id: "time.go-to",
              title: `Go to ${formatExact(tick, base)}`,
              group: "Time",
              keys: [],
              run: () => app.goTo(tick),
            },
          ];
    if (text.startsWith("=")) return valueCommands(app, text.slice(1).trim());
    return [...goTo, ...searchCommands(commands, text)].slice(0, 100);
  }, [app, commands, text]);
  const close = (): void => app.showDialog(undefined);
  const run = (command: Command | undefined): void => {
    close();
    // After the dialog gave the focus back, so that a command may take it.
    if (command) setTimeout(() => command.run(), 0);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "ArrowDown") setActive(Math.min(found.length - 1, active + 1));
    else if (event.key === "ArrowUp") setActive(Math.max(0, active - 1));
    else if (event.key === "Enter") run(found[active]);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog.Root open onOpenChange={(open) => !open && close()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="backdrop" />
        <Dialog.Popup className="dialog palette" aria-label="Command palette">
          <input
            className="palette-input"
            role="combobox"
            aria-label="Command"
            aria-expanded="true"
            aria-controls="palette-list"
            aria-activedescendant={`palette:${active}`}
            placeholder="Type a command, a file name, a time such as 1.5us, or =value"
            value={text}
            spellCheck={false}
            onChange={(event) => {
              setText(event.target.value);
              setActive(0);
            }}
            onKeyDown={onKeyDown}
          />
          <ul id="palette-list" role="listbox" aria-label="Commands" className="palette-list">
            {found.map((command, index) => (
              <li
                key={command.id}
                id={`palette:${index}`}
                role="option"
                aria-selected={index === active}
                ref={
                  index === active ? (element) => element?.scrollIntoView({ block: "nearest" }) : undefined
                }
                onMouseMove={() => setActive(index)}
                onClick={() => run(command)}
              >
                <span className="palette-group">{command.group}</span>
                <span className="palette-title">{command.title}</span>
                {command.keys[0] !== undefined && <Keys stroke={command.keys[0]} />}
              </li>
            ))}
            {found.length === 0 && (
              <li className="palette-none">
                {text.startsWith("=") ? valueHint(app, text.slice(1).trim()) : `Nothing is called “${text}”`}
              </li>
            )}
          </ul>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

/** The places of the focused row with a value; none if the text is no value of it. */
function valueCommands(app: App, text: string): readonly Command[] {
  const row = app.focusedRow();
  if (row?.resolution.kind !== "ready") return [];
  if (valuePattern(text, formatOf(row), row.resolution.info) === undefined) return [];
  return (["next", "previous"] as const).map((direction) => ({
    id: `time.${direction}-value`,
    title: `${direction === "next" ? "Next" : "Previous"} time that ${row.name} is ${text}`,
    group: "Time",
    keys: [direction === "next" ? "N" : "Shift+N"],
    run: () => void app.findValue(text, direction),
  }));
}

function valueHint(app: App, text: string): string {
  const row = app.focusedRow();
  if (row?.resolution.kind !== "ready") return "Focus a row first: a value is looked for in it";
  if (row.resolution.info.kind === "event") return "An event has no values; E and Q step through it";
  if (text === "") return `Type a value of ${row.name}, as its row shows it`;
  return `“${text}” is no value of ${row.name}; type one as its row shows it (${formatOf(row)}), or with 0x, 0b, 0o`;
}
