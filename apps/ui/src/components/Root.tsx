import { KeyRound, PlugZap, RefreshCw } from "lucide-react";
import { useAppState } from "./app-context.js";
import { Workbench } from "./Workbench.js";

/** The page: the tool, or why it cannot be used. */
export function Root() {
  const connection = useAppState((state) => state.connection);
  const workspace = useAppState((state) => state.workspace);
  if (connection.kind === "unauthorized") {
    return (
      <Stop
        icon={<KeyRound size="2.6rem" aria-hidden="true" />}
        title="This page needs the address from your terminal"
        testId="unauthorized"
      >
        <p>
          NovyWave answers only to whoever has its token. Open the address that the program printed when it
          started; it looks like
        </p>
        <pre>{`${location.origin}/#token=…`}</pre>
        <p className="muted">{connection.message} The token changes with every start.</p>
      </Stop>
    );
  }
  if (connection.kind === "incompatible") {
    return (
      <Stop
        icon={<RefreshCw size="2.6rem" aria-hidden="true" />}
        title="This page is of another version"
        testId="incompatible"
      >
        <p>{connection.message} Reload the page; if that does not help, start NovyWave again.</p>
        <button type="button" className="button is-primary" onClick={() => location.reload()}>
          Reload
        </button>
      </Stop>
    );
  }
  if (workspace === undefined && connection.kind === "retrying") {
    return (
      <Stop
        icon={<PlugZap size="2.6rem" aria-hidden="true" />}
        title="No answer from NovyWave"
        testId="unreachable"
      >
        <p>{connection.reason} Trying again…</p>
      </Stop>
    );
  }
  return <Workbench />;
}

function Stop(props: { icon: React.ReactNode; title: string; testId: string; children: React.ReactNode }) {
  return (
    <main className="stop-page" data-testid={props.testId}>
      <div className="stop-box">
        {props.icon}
        <h1>{props.title}</h1>
        {props.children}
      </div>
    </main>
  );
}
