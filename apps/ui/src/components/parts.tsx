import type { ReactNode } from "react";
import { keyCaps } from "../state/commands.js";

export const IS_MAC = /Mac|iPhone|iPad/.test(navigator.userAgent);

/** A small square button with an icon; its label is its accessible name and its tooltip. */
export function IconButton(props: {
  label: string;
  onClick: () => void;
  children: ReactNode;
  keys?: string;
  pressed?: boolean;
  className?: string;
  disabled?: boolean;
}) {
  const title = props.keys ? `${props.label} (${keyCaps(props.keys, IS_MAC).join(" ")})` : props.label;
  return (
    <button
      type="button"
      className={`icon-button ${props.className ?? ""}`}
      aria-label={props.label}
      title={title}
      aria-pressed={props.pressed}
      disabled={props.disabled}
      onClick={(event) => {
        event.stopPropagation();
        props.onClick();
      }}
    >
      {props.children}
    </button>
  );
}

/**
 * A name that loses what is before its last `kept` characters where there is no room, for names of generated designs differ at
 * their ends. Stands in a flex container; whoever shows it says the whole name to pointers and screen readers.
 */
export function CutName({ name, kept = 10 }: { name: string; kept?: number }) {
  const characters = Array.from(name);
  // What is shorter than what stands for it is not worth cutting.
  const end = characters.length < kept + 3 ? name : characters.slice(-kept).join("");
  const start = name.slice(0, name.length - end.length);
  return (
    <>
      {start !== "" && <span className="cut-start">{start}</span>}
      <span className="cut-end">{end}</span>
    </>
  );
}

/** Key caps of a stroke. */
export function Keys({ stroke }: { stroke: string }) {
  return (
    <span className="keys">
      {keyCaps(stroke, IS_MAC).map((cap) => (
        <kbd key={cap}>{cap}</kbd>
      ))}
    </span>
  );
}

/** What stands where there is nothing: what is so, why, and what to do. */
export function EmptyState(props: {
  icon?: ReactNode;
  title: string;
  children?: ReactNode;
  tone?: "plain" | "error";
  testId?: string;
}) {
  return (
    <div className={`empty-state ${props.tone === "error" ? "is-error" : ""}`} data-testid={props.testId}>
      {props.icon}
      <p className="empty-title">{props.title}</p>
      {props.children}
    </div>
  );
}

/** Title bar of a pane. */
export function PaneHeader({
  title,
  note,
  children,
}: {
  title: string;
  note?: ReactNode;
  children?: ReactNode;
}) {
  return (
    <header className="pane-header">
      <h2>{title}</h2>
      {note !== undefined && <span className="pane-note">{note}</span>}
      <span className="spacer" />
      {children}
    </header>
  );
}

/** Grey bars while the real thing is on its way. */
export function Skeleton({ rows }: { rows: number }) {
  return (
    <div className="skeleton" aria-hidden="true">
      {Array.from({ length: rows }, (_, index) => (
        <div key={index} />
      ))}
    </div>
  );
}

/** `1536` as `1.5 kB`. */
export function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let unit = 0;
  let value = bytes;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit] ?? ""}`;
}
