import { Switch } from "@base-ui/react/switch";
import type { PluginState, PluginStatus } from "@novywave/protocol";
import { Puzzle, RotateCw, ScrollText, ShieldOff, ShieldQuestion, X } from "lucide-react";
import { useEffect, useState } from "react";
import { useApp, useAppState, useVersion } from "./app-context.js";
import { askingOf, ConsentDialog, denyHint, Requests, RevokeDialog, type Asking } from "./PluginConsent.js";
import { PluginLog } from "./PluginLog.js";
import { PluginOutside } from "./PluginOutside.js";
import { EmptyState, formatBytes, IconButton, PaneHeader, Skeleton } from "./parts.js";

/** What the states are called, and their tone. */
const STATES: Readonly<Record<PluginState, { label: string; tone: string }>> = {
  disabled: { label: "Disabled", tone: "muted" },
  "needs-consent": { label: "Needs consent", tone: "warning" },
  incompatible: { label: "Incompatible", tone: "error" },
  loading: { label: "Loading", tone: "busy" },
  ready: { label: "Ready", tone: "success" },
  reloading: { label: "Reloading", tone: "busy" },
  backoff: { label: "Waiting to retry", tone: "warning" },
  quarantined: { label: "Quarantined", tone: "error" },
  error: { label: "Error", tone: "error" },
};

/** The plugins: their states, what is wrong, what can be done, their logs. */
export function PluginsPane() {
  const app = useApp();
  const plugins = useAppState((state) => state.topics.plugins);
  const readOnly = useAppState((state) => state.topics.config?.readOnly === true);
  return (
    <section className="pane plugins-pane" aria-label="Plugins">
      <PaneHeader title="Plugins" note={plugins?.length}>
        <IconButton label="Close the Plugins panel" keys="P" onClick={() => app.togglePlugins()}>
          <X size="1.4rem" aria-hidden="true" />
        </IconButton>
      </PaneHeader>
      {readOnly && (
        <p className="pane-hint warning-text">
          <code>.novywave</code> cannot be written, so plugins cannot be switched here.
        </p>
      )}
      {plugins === undefined ? (
        <Skeleton rows={6} />
      ) : plugins.length === 0 ? (
        <EmptyState icon={<Puzzle size="2rem" aria-hidden="true" />} title="No plugins">
          <p>
            <code>.novywave</code> lists none under <code>[[plugins.entries]]</code>.
          </p>
        </EmptyState>
      ) : (
        <ul className="plugin-list scroll">
          {plugins.map((plugin) => (
            <PluginItem key={plugin.id} plugin={plugin} readOnly={readOnly} />
          ))}
        </ul>
      )}
    </section>
  );
}

function PluginItem({ plugin, readOnly }: { plugin: PluginStatus; readOnly: boolean }) {
  const app = useApp();
  const [logOpen, setLogOpen] = useState(false);
  // As it was when the question was put: what is approved is what was read.
  const [reviewed, setReviewed] = useState<Asking>();
  const [revoking, setRevoking] = useState(false);
  const asking = askingOf(plugin);
  const pending = useVersion(app.plugins.changed, () => app.plugins.pending(plugin.id));
  const { label, tone } =
    plugin.code === "denied" ? { label: "Denied", tone: "muted" } : STATES[plugin.state];
  const failed =
    plugin.state === "error" || plugin.state === "quarantined" || plugin.state === "incompatible";
  const retryable = failed || plugin.state === "backoff";
  return (
    <li
      className={`plugin ${tone}`}
      data-testid={`plugin:${plugin.id}`}
      data-state={plugin.state}
      data-pending={pending === undefined ? undefined : String(pending)}
    >
      <div className="plugin-head">
        <span className="plugin-id" title={plugin.artifactPath}>
          {plugin.id}
        </span>
        {plugin.version && <span className="plugin-version">{plugin.version}</span>}
        <span className="spacer" />
        <Switch.Root
          className="switch"
          aria-label={`Enable ${plugin.id}`}
          checked={pending ?? plugin.enabled}
          disabled={readOnly}
          aria-busy={pending !== undefined}
          onCheckedChange={(enabled) => void app.plugins.setEnabled(plugin.id, enabled)}
        >
          <Switch.Thumb className="switch-thumb" />
        </Switch.Root>
      </div>
      <div className="plugin-state">
        <span className={`badge ${tone}`}>{label}</span>
        <Since
          since={plugin.since}
          retryAt={plugin.state === "backoff" ? plugin.retryAt : undefined}
          attempt={plugin.attempt}
        />
      </div>
      {plugin.message !== "" && (
        <p
          className={`plugin-message ${failed ? "error-text" : ""}`}
          data-testid={`plugin-message:${plugin.id}`}
        >
          {plugin.message}
          {plugin.code && failed && <code className="plugin-code">{plugin.code}</code>}
        </p>
      )}
      {plugin.action && <p className="plugin-action">{plugin.action}</p>}
      <PluginOutside plugin={plugin} />
      {asking && !asking.requests.denied && (
        <section aria-label={`What ${asking.newer ? "the newer build of " : ""}${plugin.id} asks for`}>
          <Requests requests={asking.requests} />
        </section>
      )}
      <div className="plugin-buttons">
        {asking && (
          <button
            type="button"
            className={asking.requests.denied ? "button" : "button is-primary"}
            onClick={() => setReviewed(asking)}
          >
            <ShieldQuestion size="1.3rem" aria-hidden="true" />
            {asking.requests.denied
              ? "Review again…"
              : asking.newer
                ? "Review the newer build…"
                : "Review and grant…"}
          </button>
        )}
        {asking && !asking.newer && !asking.requests.denied && (
          <button
            type="button"
            className="button"
            title={denyHint}
            disabled={readOnly}
            onClick={() => void app.plugins.deny(asking.id, asking.sha256, asking.requests)}
          >
            Deny
          </button>
        )}
        {retryable && (
          <button type="button" className="button" onClick={() => void app.plugins.retry(plugin.id)}>
            <RotateCw size="1.3rem" aria-hidden="true" /> Retry
          </button>
        )}
        <button
          type="button"
          className="link-button"
          aria-expanded={logOpen}
          onClick={() => {
            setLogOpen(!logOpen);
            if (!logOpen) void app.logs.open(plugin.id);
          }}
        >
          <ScrollText size="1.3rem" aria-hidden="true" /> {logOpen ? "Hide log" : "Log"}
        </button>
        {plugin.trust === "approved" && (
          <button type="button" className="link-button" onClick={() => setRevoking(true)}>
            <ShieldOff size="1.3rem" aria-hidden="true" /> Revoke…
          </button>
        )}
        <span className="spacer" />
        <Stats plugin={plugin} />
      </div>
      {logOpen && <PluginLog id={plugin.id} />}
      {reviewed && <ConsentDialog asking={reviewed} onClose={() => setReviewed(undefined)} />}
      {revoking && <RevokeDialog id={plugin.id} onClose={() => setRevoking(false)} />}
    </li>
  );
}

function Since(props: { since: number; retryAt: number | undefined; attempt: number | undefined }) {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), props.retryAt === undefined ? 15_000 : 500);
    return () => clearInterval(timer);
  }, [props.retryAt]);
  if (props.retryAt !== undefined) {
    const seconds = Math.max(0, Math.ceil((props.retryAt - now) / 1000));
    return (
      <span className="plugin-since">
        {props.attempt === undefined ? "" : `attempt ${props.attempt} `}in {seconds} s
      </span>
    );
  }
  return (
    <time
      className="plugin-since"
      dateTime={new Date(props.since).toISOString()}
      title={new Date(props.since).toLocaleString()}
    >
      {ago(now - props.since)}
    </time>
  );
}

function ago(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 15) return "just now";
  if (seconds < 90) return `${seconds} s ago`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min ago`;
  return `${Math.round(minutes / 60)} h ago`;
}

function Stats({ plugin }: { plugin: PluginStatus }) {
  const { stats } = plugin;
  if (!stats || plugin.state === "disabled") return null;
  const parts: string[] = [];
  if (stats["calls"] !== undefined) parts.push(`${stats["calls"]} calls`);
  if (stats["p99Ms"] !== undefined) parts.push(`p99 ${stats["p99Ms"].toFixed(1)} ms`);
  if (stats["memoryBytes"]) parts.push(formatBytes(stats["memoryBytes"]));
  return <span className="plugin-stats">{parts.join(" · ")}</span>;
}
