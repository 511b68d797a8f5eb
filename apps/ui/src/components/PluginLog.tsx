import { useEffect, useRef } from "react";
import { useApp, useVersion } from "./app-context.js";

/** What a plugin logged, the newest at the end. */
export function PluginLog({ id }: { id: string }) {
  const app = useApp();
  useVersion(app.logs.changed, () => app.logs.version);
  const log = app.logs.of(id);
  const endRef = useRef<HTMLDivElement>(null);
  const count = log?.kind === "ready" ? log.records.length : 0;
  useEffect(() => {
    const box = endRef.current;
    if (box) box.scrollTop = box.scrollHeight;
  }, [count]);
  return (
    <div
      ref={endRef}
      className="plugin-log"
      role="log"
      aria-label={`Log of ${id}`}
      data-testid={`plugin-log:${id}`}
      tabIndex={0}
    >
      {log === undefined || log.kind === "loading" ? (
        <p className="muted">Loading…</p>
      ) : log.kind === "error" ? (
        <p className="error-text">{log.message}</p>
      ) : log.records.length === 0 ? (
        <p className="muted">Nothing was logged.</p>
      ) : (
        log.records.map((record, index) => (
          <div key={index} className={`log-line ${record.level}`}>
            <time>{new Date(record.time).toLocaleTimeString("en-GB")}</time>
            <span className="log-level">{record.level}</span>
            <span className="log-message">{record.message}</span>
          </div>
        ))
      )}
    </div>
  );
}
