import { useEffect, useMemo, useState } from "react";
import { Group, Panel, Separator, type Layout } from "react-resizable-panels";
import { commandFor } from "../state/commands.js";
import { useApp, useAppState } from "./app-context.js";
import { Banners } from "./Banners.js";
import { CommandPalette } from "./CommandPalette.js";
import { FilesPane } from "./FilesPane.js";
import { Header } from "./Header.js";
import { PluginsPane } from "./PluginsPane.js";
import { RowsPane } from "./RowsPane.js";
import { ShortcutSheet } from "./ShortcutSheet.js";
import { TimelinePane } from "./TimelinePane.js";
import { ToastStack } from "./ToastStack.js";
import { VariablesPane } from "./VariablesPane.js";

const COLUMNS = ["pane-sidebar", "pane-rows", "pane-timeline"] as const;
const SIDEBAR = ["pane-files", "pane-variables"] as const;

/** The whole window. */
export function Workbench() {
  const theme = useResolvedTheme();
  useKeyboard();
  const dialog = useAppState((state) => state.dialog);
  const pluginsOpen = useAppState((state) => state.pluginsOpen);
  const restored = useAppState((state) => state.topics.view !== undefined);
  return (
    <div className="workbench">
      <Header />
      <Banners />
      <main className="main">
        {/* Sizes are taken over once, when they are known; a group does not follow later changes of its default. */}
        <Panes key={restored ? "restored" : "waiting"} theme={theme} />
        {pluginsOpen && <PluginsPane />}
      </main>
      {dialog === "palette" && <CommandPalette />}
      {dialog === "find-value" && <CommandPalette initial="=" />}
      {dialog === "shortcuts" && <ShortcutSheet />}
      <ToastStack />
    </div>
  );
}

function Panes({ theme }: { theme: "dark" | "light" }) {
  const app = useApp();
  const panes = useAppState((state) => state.topics.view?.value.panes);
  const columns = useMemo(() => toLayout(COLUMNS, panes?.["columns"]), [panes]);
  const sidebar = useMemo(() => toLayout(SIDEBAR, panes?.["sidebar"]), [panes]);
  return (
    <Group
      className="columns"
      orientation="horizontal"
      {...(columns ? { defaultLayout: columns } : {})}
      onLayoutChanged={(layout, meta) => {
        if (meta.isUserInteraction) app.savePanes("columns", fromLayout(COLUMNS, layout));
      }}
    >
      <Panel id="pane-sidebar" minSize="18rem" defaultSize="30rem" groupResizeBehavior="preserve-pixel-size">
        <Group
          className="sidebar"
          orientation="vertical"
          {...(sidebar ? { defaultLayout: sidebar } : {})}
          onLayoutChanged={(layout, meta) => {
            if (meta.isUserInteraction) app.savePanes("sidebar", fromLayout(SIDEBAR, layout));
          }}
        >
          <Panel id="pane-files" minSize="8rem" defaultSize="42%">
            <FilesPane />
          </Panel>
          <Separator className="separator is-horizontal" aria-label="Resize files and variables" />
          <Panel id="pane-variables" minSize="10rem">
            <VariablesPane />
          </Panel>
        </Group>
      </Panel>
      <Separator className="separator is-vertical" aria-label="Resize the sidebar" />
      <Panel id="pane-rows" minSize="18rem" defaultSize="32rem" groupResizeBehavior="preserve-pixel-size">
        <RowsPane />
      </Panel>
      <Separator className="separator is-vertical" aria-label="Resize names and waves" />
      <Panel id="pane-timeline" minSize="20rem">
        <TimelinePane theme={theme} />
      </Panel>
    </Group>
  );
}

function toLayout(ids: readonly string[], sizes: readonly number[] | undefined): Layout | undefined {
  if (sizes?.length !== ids.length) return undefined;
  return Object.fromEntries(ids.map((id, index) => [id, sizes[index] ?? 0]));
}

function fromLayout(ids: readonly string[], layout: Layout): number[] {
  return ids.map((id) => Math.round((layout[id] ?? 0) * 100) / 100);
}

/** Puts the theme onto the document; `system` follows the machine. */
function useResolvedTheme(): "dark" | "light" {
  const theme = useAppState((state) => state.theme);
  const query = useMemo(() => matchMedia("(prefers-color-scheme: light)"), []);
  const [systemLight, setSystemLight] = useState(query.matches);
  useEffect(() => {
    const listen = (): void => setSystemLight(query.matches);
    query.addEventListener("change", listen);
    return () => query.removeEventListener("change", listen);
  }, [query]);
  const resolved = theme === "system" ? (systemLight ? "light" : "dark") : theme;
  document.documentElement.dataset["theme"] = resolved;
  return resolved;
}

/** Commands by key, unless somebody types or a dialog is open. */
function useKeyboard(): void {
  const app = useApp();
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.isComposing) return;
      const target = event.target instanceof HTMLElement ? event.target : undefined;
      const palette = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k";
      if (
        !palette &&
        target?.closest(
          "input, textarea, select, [contenteditable=true], [role=dialog], [role=alertdialog], [role=menu]",
        )
      ) {
        return;
      }
      const command = commandFor(app.commands, event);
      if (!command) return;
      // Removing is for the rows; elsewhere these keys have another meaning.
      if (
        command.id.startsWith("rows.remove") &&
        target?.closest("[role=tree], [data-testid=variables], .plugins-pane")
      )
        return;
      event.preventDefault();
      command.run();
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, [app]);
}
