import { CircleAlert, CircleCheck, Info, X } from "lucide-react";
import { useApp, useVersion } from "./app-context.js";
import { IconButton } from "./parts.js";

/** Short messages in the corner. */
export function ToastStack() {
  const app = useApp();
  const toasts = useVersion(app.toasts.changed, () => app.toasts.shown);
  return (
    <div className="toasts" role="region" aria-label="Notifications" aria-live="polite">
      {toasts.map((toast) => (
        <div
          key={toast.id}
          className={`toast ${toast.tone}`}
          role={toast.tone === "error" ? "alert" : "status"}
          data-testid="toast"
        >
          {toast.tone === "success" ? (
            <CircleCheck size="1.5rem" aria-hidden="true" />
          ) : toast.tone === "error" ? (
            <CircleAlert size="1.5rem" aria-hidden="true" />
          ) : (
            <Info size="1.5rem" aria-hidden="true" />
          )}
          <div className="toast-text">
            <p className="toast-title">{toast.title}</p>
            {toast.description && <p>{toast.description}</p>}
          </div>
          <IconButton label="Dismiss" onClick={() => app.toasts.close(toast.id)}>
            <X size="1.3rem" aria-hidden="true" />
          </IconButton>
        </div>
      ))}
    </div>
  );
}
