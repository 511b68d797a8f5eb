import { assertNever } from "@novywave/base";
import { AudioWaveform, FileX, X } from "lucide-react";
import { useEffect, useRef } from "react";
import { isUnsupported } from "../model/file-trouble.js";
import { formatExact } from "../model/timebase.js";
import { Timeline } from "../timeline/timeline.js";
import { useApp, useAppState } from "./app-context.js";
import { EmptyState, formatBytes, Keys } from "./parts.js";

/** The canvas and what stands on it while there is nothing to draw. */
export function TimelinePane({ theme }: { theme: "dark" | "light" }) {
  const app = useApp();
  const wavesRef = useRef<HTMLCanvasElement>(null);
  const overlayRef = useRef<HTMLCanvasElement>(null);
  const timelineRef = useRef<Timeline>(undefined);
  useEffect(() => {
    if (!wavesRef.current || !overlayRef.current) return undefined;
    const timeline = new Timeline(app, wavesRef.current, overlayRef.current);
    timelineRef.current = timeline;
    return () => {
      timelineRef.current = undefined;
      timeline[Symbol.dispose]();
    };
  }, [app]);
  useEffect(() => timelineRef.current?.restyle(), [theme]);
  const recorded = useAppState(({ extent, base }) =>
    extent ? `, recorded from ${formatExact(extent.start, base)} to ${formatExact(extent.end, base)}` : "",
  );
  return (
    <section className="pane timeline-pane" aria-label="Timeline pane">
      <div className="canvas-stack">
        <canvas
          ref={wavesRef}
          data-testid="timeline"
          role="img"
          aria-label={`Waveforms of the selected variables over time${recorded}`}
        />
        <canvas ref={overlayRef} className="overlay" aria-hidden="true" data-testid="timeline-overlay" />
        <Notice />
      </div>
    </section>
  );
}

function Notice() {
  const app = useApp();
  const active = useAppState((state) =>
    state.activeFile === undefined ? undefined : state.files.get(state.activeFile),
  );
  const files = useAppState((state) => state.files);
  const rows = useAppState((state) => state.rows);
  const progress =
    useAppState((state) => (active ? state.progress.get(active.path) : undefined)) ?? active?.progress;
  const timeline = useAppState((state) => state.topics.timeline);
  const discovery = useAppState((state) => state.topics.discovery);
  const hasView = useAppState((state) => state.view !== undefined);
  if (rows.length > 0 && hasView && (!active || active.state === "ready" || active.state === "loading"))
    return null;
  if (!active) {
    if (timeline?.state === "error") {
      return (
        <div className="canvas-notice">
          <EmptyState tone="error" title="The timeline has a problem">
            <p>{timeline.message}</p>
          </EmptyState>
        </div>
      );
    }
    const searching = files.size === 0 && (discovery === undefined || discovery.state === "loading");
    return (
      <div className="canvas-notice">
        <EmptyState
          icon={<AudioWaveform size="2.2rem" aria-hidden="true" />}
          title={files.size > 0 ? "Open a waveform" : searching ? "One moment" : "No waveform yet"}
        >
          {searching ? (
            <p role="status">Looking for waveforms in the workspace…</p>
          ) : files.size > 0 ? (
            <p>
              Click a file on the left. Its variables appear below it; the timeline fits itself to the file.
            </p>
          ) : (
            <p>Files that a simulator writes into the workspace appear on the left by themselves.</p>
          )}
        </EmptyState>
      </div>
    );
  }
  switch (active.state) {
    case "discovered":
    case "loading":
      return (
        <div className="canvas-notice">
          <EmptyState title={`Reading ${active.name}`} testId="timeline-loading">
            <progress
              aria-label={`Reading ${active.name}`}
              {...(progress && progress.total > 0 ? { value: progress.read, max: progress.total } : {})}
            />
            <p className="numbers">
              {progress ? `${formatBytes(progress.read)} of ${formatBytes(progress.total)}` : "starting…"}
            </p>
            <button type="button" className="button" onClick={() => void app.closeFile(active)}>
              <X size="1.3rem" aria-hidden="true" /> Cancel
            </button>
          </EmptyState>
        </div>
      );
    case "ready":
      if (rows.length > 0) return null;
      return (
        <div className="canvas-notice">
          <EmptyState title="No variables selected" testId="no-rows">
            <p>
              Double-click a variable on the left, press <Keys stroke="Enter" /> on it, or drag it here.
            </p>
            <dl className="hints">
              <div>
                <dt>
                  <Keys stroke="/" />
                </dt>
                <dd>search variables</dd>
              </div>
              <div>
                <dt>
                  <Keys stroke="W" /> <Keys stroke="S" />
                </dt>
                <dd>zoom in, out</dd>
              </div>
              <div>
                <dt>
                  <Keys stroke="A" /> <Keys stroke="D" />
                </dt>
                <dd>pan left, right</dd>
              </div>
              <div>
                <dt>
                  <Keys stroke="Q" /> <Keys stroke="E" />
                </dt>
                <dd>previous, next transition</dd>
              </div>
              <div>
                <dt>
                  <Keys stroke="?" />
                </dt>
                <dd>all keys</dd>
              </div>
            </dl>
          </EmptyState>
        </div>
      );
    case "empty":
      return (
        <FileProblem
          aside={rows.length > 0}
          title={`${active.name} is empty`}
          message={active.message}
          hint="When a simulator writes into it, it is read by itself."
        />
      );
    case "missing":
      return (
        <FileProblem
          aside={rows.length > 0}
          title={`${active.name} is gone`}
          message={active.message}
          hint="It was deleted or moved. When it is written again it comes back, with your selection."
        />
      );
    case "error":
      if (isUnsupported(active)) {
        return (
          <FileProblem
            aside={rows.length > 0}
            title={`${active.name} is not readable yet`}
            message={active.message}
            hint="The file itself is fine. Converted beside it, it appears on the left by itself."
          />
        );
      }
      return (
        <FileProblem
          aside={rows.length > 0}
          title={`${active.name} cannot be read`}
          message={active.message}
          hint="When the file changes it is tried again."
          error
        />
      );
    default:
      return assertNever(active.state);
  }
}

function FileProblem(props: {
  title: string;
  message: string | undefined;
  hint: string;
  /** There are waves, of other files or of this one as it was, which it must not cover. */
  aside: boolean;
  error?: boolean;
}) {
  return (
    <div className={`canvas-notice ${props.aside ? "is-aside" : ""}`}>
      <EmptyState
        icon={<FileX size="2.2rem" aria-hidden="true" />}
        title={props.title}
        tone={props.error ? "error" : "plain"}
        testId="file-problem"
      >
        {props.message && <p className="message">{props.message}</p>}
        <p>{props.hint}</p>
      </EmptyState>
    </div>
  );
}
