import { Command, Keyboard, Monitor, Moon, Puzzle, Sun } from "lucide-react";
import type { Theme } from "@novywave/protocol";
import { exponentOf, formatExact } from "../model/timebase.js";
import { span } from "../model/viewport.js";
import { askingOf } from "./PluginConsent.js";
import { useApp, useAppState } from "./app-context.js";
import { IconButton } from "./parts.js";

const NEXT_THEME: Readonly<Record<Theme, Theme>> = { dark: "light", light: "system", system: "dark" };

/** The line on top: what is open, where in time, and the way to everything else. */
export function Header() {
  const app = useApp();
  const workspace = useAppState((state) => state.workspace);
  const active = useAppState((state) =>
    state.activeFile === undefined ? undefined : state.files.get(state.activeFile),
  );
  const theme = useAppState((state) => state.theme);
  const plugins = useAppState((state) => state.topics.plugins);
  const pluginsOpen = useAppState((state) => state.pluginsOpen);
  const troubled =
    plugins?.filter((plugin) => ["error", "quarantined", "incompatible"].includes(plugin.state)).length ?? 0;
  const asking = plugins?.filter((plugin) => askingOf(plugin) !== undefined).length ?? 0;
  const workspaceName = workspace?.split("/").findLast((part) => part !== "") ?? workspace;
  return (
    <header className="app-header">
      <span className="brand" aria-hidden="true">
        <svg width="18" height="18" viewBox="0 0 32 32">
          <path
            d="M3 22h6V10h8v12h6V10h6"
            fill="none"
            stroke="currentColor"
            strokeWidth="3.4"
            strokeLinejoin="round"
            strokeLinecap="round"
          />
        </svg>
      </span>
      <h1 title={workspace}>{workspaceName ?? "NovyWave"}</h1>
      {active && (
        <span className="active-file" title={active.path}>
          {active.name}
        </span>
      )}
      {active?.warning && (
        <span className="chip is-warning" title={active.warning.message} data-testid="file-warning">
          {active.warning.code}
          {active.warning.byte !== undefined && ` at byte ${active.warning.byte}`}
          {active.warning.time !== undefined &&
            `, ${formatExact(BigInt(active.warning.time), exponentOf(active.timescale))}`}
        </span>
      )}
      <span className="spacer" />
      <Times />
      <ConnectionDot />
      <span className="header-buttons">
        <button
          type="button"
          className={`header-button ${pluginsOpen ? "is-on" : ""}`}
          aria-pressed={pluginsOpen}
          title="Plugins (P)"
          onClick={() => app.togglePlugins()}
        >
          <Puzzle size="1.4rem" aria-hidden="true" />
          Plugins
          {troubled > 0 && (
            <span className="dot-count is-error" title={`${troubled} with an error`}>
              {troubled}
            </span>
          )}
          {asking > 0 && (
            <span className="dot-count is-warning" title={`${asking} waiting for consent`}>
              {asking}
            </span>
          )}
        </button>
        <IconButton label="Command palette" keys="Mod+K" onClick={() => app.showDialog("palette")}>
          <Command size="1.4rem" aria-hidden="true" />
        </IconButton>
        <IconButton label="Keyboard shortcuts" keys="?" onClick={() => app.showDialog("shortcuts")}>
          <Keyboard size="1.5rem" aria-hidden="true" />
        </IconButton>
        <IconButton label={`Theme: ${theme}`} onClick={() => app.setTheme(NEXT_THEME[theme])}>
          {theme === "dark" ? (
            <Moon size="1.4rem" aria-hidden="true" />
          ) : theme === "light" ? (
            <Sun size="1.4rem" aria-hidden="true" />
          ) : (
            <Monitor size="1.4rem" aria-hidden="true" />
          )}
        </IconButton>
      </span>
    </header>
  );
}

function Times() {
  const cursor = useAppState((state) => state.cursor);
  const marker = useAppState((state) => state.marker);
  const view = useAppState((state) => state.view);
  const base = useAppState((state) => state.base);
  return (
    <dl className="times">
      <div>
        <dt>Cursor</dt>
        <dd data-testid="cursor-time">{cursor === undefined ? "–" : formatExact(cursor, base)}</dd>
      </div>
      {cursor !== undefined && marker !== undefined && (
        <div title={`From the marker at ${formatExact(marker, base)} to the cursor`}>
          <dt>From marker</dt>
          <dd data-testid="measured-time">{formatExact(cursor - marker, base)}</dd>
        </div>
      )}
      <div>
        <dt>Span</dt>
        <dd data-testid="zoom-span">{view === undefined ? "–" : formatExact(span(view), base)}</dd>
      </div>
    </dl>
  );
}

function ConnectionDot() {
  const connection = useAppState((state) => state.connection);
  const [label, tone] =
    connection.kind === "open"
      ? [`Connected to NovyWave ${connection.version}`, "success"]
      : connection.kind === "connecting"
        ? ["Connecting…", "busy"]
        : ["Disconnected", "error"];
  return (
    <span
      className={`connection ${tone}`}
      role="status"
      aria-label={label}
      title={label}
      data-testid="connection"
      data-state={connection.kind}
    />
  );
}
