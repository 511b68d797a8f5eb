import { FileWarning, Lock, Unplug } from "lucide-react";
import { useEffect, useState } from "react";
import { useApp, useAppState } from "./app-context.js";

/** What everybody must know, above the panes: the line is cut, the configuration has an error. */
export function Banners() {
  return (
    <div className="banners">
      <Disconnected />
      <ConfigError />
      <ReadOnly />
    </div>
  );
}

function Disconnected() {
  const app = useApp();
  const connection = useAppState((state) => state.connection);
  const [now, setNow] = useState(() => Date.now());
  const retrying =
    connection.kind === "retrying" || (connection.kind === "connecting" && connection.attempt > 1);
  useEffect(() => {
    if (!retrying) return undefined;
    const timer = setInterval(() => setNow(Date.now()), 250);
    return () => clearInterval(timer);
  }, [retrying]);
  if (!retrying) return null;
  const seconds =
    connection.kind === "retrying" ? Math.max(0, Math.ceil((connection.retryAt - now) / 1000)) : 0;
  return (
    <div className="banner is-error" role="alert" data-testid="disconnected">
      <Unplug size="1.4rem" aria-hidden="true" />
      <span>
        Disconnected, retrying{seconds > 0 ? ` in ${seconds} s` : "…"}. What you see stays as it was; start
        NovyWave again if it was stopped.
      </span>
      <span className="spacer" />
      <button type="button" className="button" onClick={() => app.connection.retryNow()}>
        Retry now
      </button>
    </div>
  );
}

function ConfigError() {
  const config = useAppState((state) => state.topics.config);
  if (config?.state !== "error") return null;
  const issues = config.errors ?? [];
  return (
    <div className="banner is-warning" role="alert" data-testid="config-error">
      <FileWarning size="1.4rem" aria-hidden="true" />
      <div className="banner-text">
        <p>
          <code>.novywave</code> has {issues.length > 1 ? `${issues.length} errors` : "an error"}. The last
          good state stays in force; save the corrected file and it is taken over.
        </p>
        <ul>
          {issues.length === 0 && <li>{config.message}</li>}
          {issues.slice(0, 4).map((issue, index) => (
            <li key={index}>
              {issue.line !== undefined && (
                <code>
                  {issue.line}:{issue.column ?? 1}
                </code>
              )}{" "}
              {issue.key !== undefined && <code>{issue.key}</code>} {issue.message}
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}

function ReadOnly() {
  const config = useAppState((state) => state.topics.config);
  if (config?.readOnly !== true) return null;
  return (
    <div className="banner is-info" role="status" data-testid="read-only">
      <Lock size="1.3rem" aria-hidden="true" />
      <span>
        <code>.novywave</code> is read-only: what you change here is not kept. {config.message}
      </span>
    </div>
  );
}
