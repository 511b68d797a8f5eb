import { Dialog } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import type { Command } from "../state/commands.js";
import { useApp } from "./app-context.js";
import { Keys } from "./parts.js";

const MOUSE: readonly { what: string; how: string }[] = [
  { how: "Click, drag", what: "set the cursor, move it" },
  { how: "Shift + drag", what: "zoom to the range" },
  { how: "Middle button or Space + drag", what: "pan" },
  { how: "Wheel", what: "scroll the rows" },
  { how: "Ctrl + wheel, pinch", what: "zoom at the pointer" },
  { how: "Shift + wheel, two fingers", what: "pan" },
];

/** All keys and what the mouse does. */
export function ShortcutSheet() {
  const app = useApp();
  const groups = new Map<Command["group"], Command[]>();
  for (const command of app.commands) {
    if (command.keys.length === 0) continue;
    groups.set(command.group, [...(groups.get(command.group) ?? []), command]);
  }
  return (
    <Dialog.Root open onOpenChange={(open) => !open && app.showDialog(undefined)}>
      <Dialog.Portal>
        <Dialog.Backdrop className="backdrop" />
        <Dialog.Popup className="dialog shortcuts">
          <div className="dialog-head">
            <Dialog.Title className="dialog-title">Keyboard and mouse</Dialog.Title>
            <span className="spacer" />
            <Dialog.Close className="icon-button" aria-label="Close">
              <X size="1.4rem" aria-hidden="true" />
            </Dialog.Close>
          </div>
          <div className="shortcut-columns">
            {[...groups].map(([group, commands]) => (
              <section key={group}>
                <h3>{group}</h3>
                <dl>
                  {commands.map((command) => (
                    <div key={command.id}>
                      <dt>{command.title}</dt>
                      <dd>
                        {command.keys.map((stroke) => (
                          <Keys key={stroke} stroke={stroke} />
                        ))}
                      </dd>
                    </div>
                  ))}
                </dl>
              </section>
            ))}
            <section>
              <h3>Mouse on the timeline</h3>
              <dl>
                {MOUSE.map((line) => (
                  <div key={line.how}>
                    <dt>{line.what}</dt>
                    <dd>{line.how}</dd>
                  </div>
                ))}
              </dl>
            </section>
          </div>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
