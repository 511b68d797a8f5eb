import { AlertDialog } from "@base-ui/react/alert-dialog";
import type { PluginStatus } from "@novywave/protocol";
import { useApp } from "./app-context.js";

/** What the plugin asks for. */
export function Requests({ plugin }: { plugin: PluginStatus }) {
  const { requests } = plugin;
  if (!requests) return null;
  return (
    <dl className="requests">
      {requests.capabilities.length > 0 && (
        <>
          <dt>It wants to use</dt>
          {requests.capabilities.map((capability) => (
            <dd key={capability.name}>
              <code>{capability.name}</code> {capability.reason}
            </dd>
          ))}
        </>
      )}
      {requests.folders.length > 0 && (
        <>
          <dt>Folders outside the workspace</dt>
          {requests.folders.map((folder) => (
            <dd key={folder.path}>
              <code>{folder.path}</code> {folder.reason}
            </dd>
          ))}
        </>
      )}
      {requests.limits.length > 0 && (
        <>
          <dt>Limits above the defaults</dt>
          {requests.limits.map((limit) => (
            <dd key={limit.name}>
              <code>{limit.name}</code> {limit.value} instead of {limit.default}
            </dd>
          ))}
        </>
      )}
    </dl>
  );
}

/** Asks whether the plugin may have what it asks for; the answer is for exactly the artifact with this hash. */
export function ConsentDialog(props: { plugin: PluginStatus; sha256: string; onClose: () => void }) {
  const app = useApp();
  const { plugin, sha256 } = props;
  return (
    <AlertDialog.Root open onOpenChange={(open) => !open && props.onClose()}>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className="backdrop" />
        <AlertDialog.Popup className="dialog consent">
          <AlertDialog.Title className="dialog-title">Let {plugin.id} run?</AlertDialog.Title>
          <AlertDialog.Description className="dialog-text">
            This workspace asks to run a plugin that you have not approved. It runs in a sandbox and gets
            nothing but what is listed here. The approval is for exactly this artifact; another build asks
            again.
          </AlertDialog.Description>
          <Requests plugin={plugin} />
          <dl className="requests">
            <dt>Artifact</dt>
            <dd>
              <code>{plugin.artifactPath}</code>
            </dd>
            <dt>SHA-256</dt>
            <dd>
              <code className="hash">{sha256}</code>
            </dd>
          </dl>
          <div className="dialog-buttons">
            <AlertDialog.Close className="button">Not now</AlertDialog.Close>
            <button
              type="button"
              className="button is-primary"
              onClick={() => {
                if (plugin.requests) void app.plugins.grant(plugin.id, sha256, plugin.requests);
                props.onClose();
              }}
            >
              Grant
            </button>
          </div>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
