import { AlertDialog } from "@base-ui/react/alert-dialog";
import type { ConsentRequest, PluginStatus } from "@novywave/protocol";
import type { ReactNode } from "react";
import { useApp } from "./app-context.js";

/** A build that asks: the plugin's own, or a newer one that waits beside the approved one. */
export interface Asking {
  readonly id: string;
  readonly artifactPath: string;
  readonly sha256: string;
  readonly requests: ConsentRequest;
  /** An approved build runs meanwhile. */
  readonly newer: boolean;
}

/** What a person may be asked about this plugin now. */
export function askingOf(plugin: PluginStatus): Asking | undefined {
  const { id, artifactPath, pending } = plugin;
  const build = pending ?? plugin;
  if (build.sha256 === undefined || build.requests === undefined) return undefined;
  const newer = pending !== undefined || plugin.state !== "needs-consent";
  return { id, artifactPath, sha256: build.sha256, requests: build.requests, newer };
}

/** What is asked for; what an approved build did not have is marked. */
export function Requests({ requests }: { requests: ConsentRequest }) {
  const { capabilities, folders, limits } = requests;
  const differs = [...capabilities, ...folders, ...limits].some(({ approvedBefore }) => approvedBefore);
  const mark = ({ approvedBefore }: { approvedBefore: boolean }) =>
    differs && !approvedBefore ? <span className="badge warning request-new">New</span> : null;
  if (capabilities.length + folders.length + limits.length === 0)
    return <p className="plugin-message">It asks for nothing beyond being run.</p>;
  return (
    <dl className="requests">
      {capabilities.length > 0 && <dt>It wants to use</dt>}
      {capabilities.map((capability) => (
        <dd key={capability.name}>
          {mark(capability)}
          <code>{capability.name}</code> {capability.reason}
        </dd>
      ))}
      {folders.length > 0 && <dt>Folders outside the workspace</dt>}
      {folders.map((folder) => (
        <dd key={folder.path}>
          {mark(folder)}
          <code>{folder.path}</code> {folder.reason}
        </dd>
      ))}
      {limits.length > 0 && <dt>Limits above the defaults</dt>}
      {limits.map((limit) => (
        <dd key={limit.name}>
          {mark(limit)}
          <code>{limit.name}</code> {limit.value} instead of {limit.default}: {limit.reason}
        </dd>
      ))}
    </dl>
  );
}

/** Asks whether the build may have what it asks for; the answer is for exactly the artifact with this hash. */
export function ConsentDialog({ asking, onClose }: { asking: Asking; onClose: () => void }) {
  const app = useApp();
  const { id, artifactPath, sha256, requests, newer } = asking;
  return (
    <Question
      title={newer ? `Let the newer build of ${id} run?` : `Let ${id} run?`}
      text={
        newer
          ? "The build that you approved runs on until you approve this one. It gets nothing but what is listed here."
          : "This workspace asks to run a plugin that you have not approved. It runs in a sandbox and gets nothing but what is listed here. The approval is for exactly this artifact; another build asks again."
      }
      onClose={onClose}
      later={newer ? "Keep the approved build" : "Not now"}
      buttons={
        <>
          {!newer && !requests.denied && (
            <button
              type="button"
              className="button"
              title={denyHint}
              onClick={() => {
                void app.plugins.deny(id, sha256, requests);
                onClose();
              }}
            >
              Deny
            </button>
          )}
          <button
            type="button"
            className="button is-primary"
            onClick={() => {
              void app.plugins.grant(id, sha256, requests);
              onClose();
            }}
          >
            Grant
          </button>
        </>
      }
    >
      <Requests requests={requests} />
      <dl className="requests">
        <dt>Artifact</dt>
        <dd>
          <code>{artifactPath}</code>
        </dd>
        <dt>SHA-256</dt>
        <dd>
          <code className="hash">{sha256}</code>
        </dd>
      </dl>
    </Question>
  );
}

/** What Deny does. */
export const denyHint = "Switches the plugin off in .novywave; this build does not ask for the same again";

/** Asks whether an approval shall be taken back. */
export function RevokeDialog({ id, onClose }: { id: string; onClose: () => void }) {
  const app = useApp();
  return (
    <Question
      title={`Take back the approval of ${id}?`}
      text="It is unloaded at once, and all it holds is released. It asks again before it runs another time."
      onClose={onClose}
      later="Keep it"
      buttons={
        <button
          type="button"
          className="button is-primary"
          onClick={() => {
            void app.plugins.revoke(id);
            onClose();
          }}
        >
          Revoke
        </button>
      }
    />
  );
}

function Question(props: {
  title: string;
  text: string;
  later: string;
  buttons: ReactNode;
  children?: ReactNode;
  onClose: () => void;
}) {
  return (
    <AlertDialog.Root open onOpenChange={(open) => !open && props.onClose()}>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className="backdrop" />
        <AlertDialog.Popup className="dialog consent">
          <AlertDialog.Title className="dialog-title">{props.title}</AlertDialog.Title>
          <AlertDialog.Description className="dialog-text">{props.text}</AlertDialog.Description>
          {props.children}
          <div className="dialog-buttons">
            <AlertDialog.Close className="button">{props.later}</AlertDialog.Close>
            {props.buttons}
          </div>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
