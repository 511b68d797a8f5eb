import { assertNever } from "@novywave/base";
import type { VariableInfo } from "@novywave/protocol";
import { useVirtualizer } from "@tanstack/react-virtual";
import { Activity, Binary, ListTree, Plus, Search, Sigma, Type, Zap } from "lucide-react";
import { useEffect, useMemo, useRef, useState, type KeyboardEvent, type MouseEvent } from "react";
import { isUnsupported } from "../model/file-trouble.js";
import { PagedList } from "../model/paged-list.js";
import { useApp, useAppState, useVersion } from "./app-context.js";
import { CutName, EmptyState, IconButton, PaneHeader, Skeleton } from "./parts.js";

const MOST_AT_ONCE = 500;

/** Variables of the chosen file or scope, with search. */
export function VariablesPane() {
  const choice = useAppState((state) => state.scope);
  const file = useAppState((state) => (state.scope ? state.files.get(state.scope.file) : undefined));
  const usable =
    file !== undefined && file.variables > 0 && (file.state === "ready" || file.state === "loading");
  const [typed, setTyped] = useState("");
  const [text, setText] = useState("");
  const [deep, setDeep] = useState(true);
  const [entering, setEntering] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setText(typed.trim()), 120);
    return () => clearTimeout(timer);
  }, [typed]);
  const where = choice?.scope?.path ?? file?.name;
  return (
    <section className="pane variables-pane" aria-label="Variables pane">
      <PaneHeader title="Variables" note={where && <span title={where}>{where}</span>}>
        <IconButton
          label={deep ? "Scopes below are included" : "Only this scope"}
          pressed={deep}
          onClick={() => setDeep(!deep)}
        >
          <ListTree size="1.4rem" aria-hidden="true" />
        </IconButton>
      </PaneHeader>
      <label className="search-field">
        <Search size="1.3rem" aria-hidden="true" />
        <input
          id="variable-search"
          type="search"
          placeholder={choice?.scope ? `Search in ${choice.scope.path}` : "Search variables"}
          aria-label="Search variables"
          value={typed}
          spellCheck={false}
          onChange={(event) => {
            setTyped(event.target.value);
            setEntering(false);
          }}
          onKeyDown={(event) => {
            if (event.key === "Escape") {
              if (typed === "") event.currentTarget.blur();
              setTyped("");
            }
            if (event.key === "ArrowDown" || event.key === "Enter") {
              // What was typed counts, not what is listed yet: the list gets the focus when its answer is here.
              setText(typed.trim());
              setEntering(true);
              event.preventDefault();
            }
          }}
        />
      </label>
      {usable ? (
        <Results
          key={`${file.path}\n${file.revision}\n${choice?.scope?.id ?? ""}\n${deep}\n${text}`}
          file={file.name}
          path={file.path}
          scope={choice?.scope?.id}
          deep={deep}
          text={text}
          entering={entering}
          onEntered={() => setEntering(false)}
        />
      ) : (
        <Waiting />
      )}
    </section>
  );
}

function Waiting() {
  const file = useAppState((state) => (state.scope ? state.files.get(state.scope.file) : undefined));
  if (!file) return <EmptyState title="Choose a file to see its variables" />;
  switch (file.state) {
    case "discovered":
    case "loading":
      return <Skeleton rows={8} />;
    case "ready":
      return <EmptyState title="This file declares no variables" />;
    case "empty":
      return <EmptyState title="This file is empty" testId="file-empty" />;
    case "missing":
      return <EmptyState title="This file is gone" testId="file-missing" />;
    case "error":
      return (
        <EmptyState
          title={isUnsupported(file) ? "This format is not readable yet" : "This file cannot be read"}
          testId="file-error"
        />
      );
    default:
      return assertNever(file.state);
  }
}

const stretch = (from: number, to: number): Set<number> =>
  new Set(Array.from({ length: Math.abs(to - from) + 1 }, (_, i) => Math.min(from, to) + i));

function Results(props: {
  file: string;
  path: string;
  scope: number | undefined;
  deep: boolean;
  text: string;
  /** Whether the list wants the focus as soon as it has something. */
  entering: boolean;
  onEntered: () => void;
}) {
  const app = useApp();
  const { path, scope, deep, text } = props;
  const list = useMemo(
    () =>
      new PagedList<VariableInfo>((offset, limit, signal) =>
        app.connection.request(
          "variables.list",
          {
            path,
            ...(scope === undefined ? {} : { scope }),
            recursive: deep || scope === undefined,
            ...(text === "" ? {} : { text }),
            offset,
            limit,
          },
          signal,
        ),
      ),
    [app, path, scope, deep, text],
  );
  useEffect(() => {
    list.ensure(0, 0);
    return () => list[Symbol.dispose]();
  }, [list]);
  useVersion(list.changed, () => list.version);
  const total = list.total ?? 0;
  const scrollRef = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState(0);
  const [anchor, setAnchor] = useState(0);
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set());
  const rowHeight = useAppState((state) => state.measures.row);
  const virtualizer = useVirtualizer({
    count: total,
    getScrollElement: () => scrollRef.current,
    estimateSize: () => rowHeight,
    overscan: 12,
  });
  useEffect(() => virtualizer.measure(), [virtualizer, rowHeight]);
  const items = virtualizer.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (total > 0) list.ensure(first, last);
  }, [list, first, last, total]);

  const { entering, onEntered } = props;
  useEffect(() => {
    if (!entering || total === 0) return;
    scrollRef.current?.focus();
    onEntered();
  }, [entering, onEntered, total]);

  const isHere = (indexes: readonly number[]): boolean =>
    indexes.every((index) => list.at(index) !== undefined);
  const infos = (indexes: Iterable<number>): VariableInfo[] =>
    [...indexes]
      .sort((a, b) => a - b)
      .map((index) => list.at(index))
      .filter((info) => info !== undefined);
  const add = async (indexes: Iterable<number>): Promise<void> => {
    const wanted = [...indexes].sort((a, b) => a - b).slice(0, MOST_AT_ONCE);
    if (isHere(wanted)) {
      app.addVariables(props.file, infos(wanted));
      return;
    }
    // A selection may reach over pages that were never on the screen.
    const first = wanted[0] ?? 0;
    const all = await list.range(first, Math.min(wanted.at(-1) ?? 0, first + 10 * MOST_AT_ONCE));
    app.addVariables(
      props.file,
      wanted.map((index) => all[index - first]).filter((info) => info !== undefined),
    );
  };
  const firstName = list.at(0)?.fullName;
  const goesOn = useAppState((state) =>
    state.rows.some((row) => row.file === props.file && row.name === firstName),
  );
  /** Adds those that are not rows yet; of many the first ones of them, so that the next time goes on. */
  const addAll = async (): Promise<void> => {
    const rows = app.state.rows.filter((row) => row.file === props.file);
    const there = new Set(rows.map((row) => row.name));
    const missing = await list.first(MOST_AT_ONCE, ({ fullName }) => !there.has(fullName));
    if (missing === undefined) {
      app.toasts.show({ tone: "error", title: "The variables could not be listed" });
    } else if (missing.length > 0) {
      app.addVariables(props.file, missing);
    } else {
      app.toasts.show({ tone: "info", title: "All of these variables are in the timeline already" });
    }
  };
  const go = (index: number, extend: boolean): void => {
    const next = Math.max(0, Math.min(total - 1, index));
    setActive(next);
    if (extend) setChosen(stretch(anchor, next));
    else {
      setAnchor(next);
      setChosen(new Set());
    }
    virtualizer.scrollToIndex(next);
  };
  const click = (event: MouseEvent, index: number): void => {
    setActive(index);
    if (event.shiftKey) setChosen(stretch(anchor, index));
    else {
      const next = event.ctrlKey || event.metaKey ? new Set(chosen) : new Set<number>();
      if (next.has(index)) next.delete(index);
      else next.add(index);
      setChosen(next);
      setAnchor(index);
    }
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const mod = event.ctrlKey || event.metaKey;
    if (mod && event.key.toLowerCase() === "a" && !event.altKey) {
      // No more than can be added at once; those farther down were perhaps never loaded.
      const count = Math.min(total, MOST_AT_ONCE);
      event.preventDefault();
      event.stopPropagation();
      setChosen(stretch(0, count - 1));
      return;
    }
    if (event.altKey || (mod && event.key !== "Enter")) return;
    const page = Math.max(1, Math.floor((scrollRef.current?.clientHeight ?? 0) / rowHeight) - 1);
    switch (event.key) {
      case "ArrowDown":
        go(active + 1, event.shiftKey);
        break;
      case "ArrowUp":
        go(active - 1, event.shiftKey);
        break;
      case "PageDown":
        go(active + page, event.shiftKey);
        break;
      case "PageUp":
        go(active - page, event.shiftKey);
        break;
      case "Home":
        go(0, event.shiftKey);
        break;
      case "End":
        go(total - 1, event.shiftKey);
        break;
      case "Escape":
        setChosen(new Set());
        break;
      case "Enter":
        void add(chosen.size > 0 ? chosen : [active]);
        break;
      default:
        return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
  if (list.error !== undefined) {
    return (
      <EmptyState tone="error" title="The variables could not be listed">
        <p>{list.error}</p>
        <button type="button" className="button" onClick={() => list.ensure(0, 0)}>
          Try again
        </button>
      </EmptyState>
    );
  }
  if (list.total === undefined) return <Skeleton rows={8} />;
  if (total === 0) {
    return text === "" ? (
      <EmptyState title="No variables in this scope" />
    ) : (
      <EmptyState title={`Nothing matches “${text}”`}>
        <p>The search looks for the text anywhere in the full name.</p>
      </EmptyState>
    );
  }
  return (
    <>
      <div
        ref={scrollRef}
        className="scroll"
        role="listbox"
        aria-label="Variables"
        aria-multiselectable="true"
        data-testid="variables"
        data-total={total}
        tabIndex={0}
        aria-activedescendant={`variable:${active}`}
        onKeyDown={onKeyDown}
      >
        <div className="virtual" style={{ height: virtualizer.getTotalSize() }}>
          {items.map((item) => {
            const info = list.at(item.index);
            const selected = chosen.has(item.index);
            return (
              <div
                key={item.key}
                id={`variable:${item.index}`}
                className={`virtual-row variable ${selected ? "is-selected" : ""} ${item.index === active ? "is-focused" : ""}`}
                style={{ transform: `translateY(${item.start}px)` }}
                role="option"
                aria-label={info?.fullName ?? "loading"}
                aria-selected={selected}
                aria-setsize={total}
                aria-posinset={item.index + 1}
                title={info && variableTitle(info)}
                draggable={info !== undefined}
                onDragStart={(event) => {
                  event.dataTransfer.effectAllowed = "copy";
                  event.dataTransfer.setData("text/plain", info?.fullName ?? "");
                  app.drag = {
                    kind: "variables",
                    file: props.file,
                    infos: infos(selected ? chosen : [item.index]),
                  };
                }}
                onDragEnd={() => {
                  app.drag = undefined;
                }}
                onClick={(event) => click(event, item.index)}
                onDoubleClick={() => void add([item.index])}
              >
                {info ? (
                  <>
                    <TypeIcon info={info} />
                    <span className="variable-name">
                      <CutName name={info.name} />
                    </span>
                    <span className="variable-path">{deep || text !== "" ? info.fullName : ""}</span>
                    <span className="spacer" />
                    <span className="variable-range">{rangeText(info)}</span>
                    {/* For the mouse; Enter does the same for the keyboard, and an option holds no controls. */}
                    <span
                      className="icon-button"
                      aria-hidden="true"
                      title="Add to the timeline"
                      onClick={(event) => {
                        event.stopPropagation();
                        void add([item.index]);
                      }}
                    >
                      <Plus size="1.3rem" />
                    </span>
                  </>
                ) : (
                  <span className="loading-bar" />
                )}
              </div>
            );
          })}
        </div>
      </div>
      <footer className="pane-footer">
        <span>
          {chosen.size > 1 ? `${chosen.size} of ` : ""}
          {total.toLocaleString("en")} {total === 1 ? "variable" : "variables"}
        </span>
        <span className="spacer" />
        {chosen.size > 1 ? (
          <button type="button" className="link-button" onClick={() => void add(chosen)}>
            Add {chosen.size}
          </button>
        ) : (
          <button type="button" className="link-button" onClick={() => void addAll()}>
            {total <= MOST_AT_ONCE ? "Add all" : goesOn ? "Add more" : `Add the first ${MOST_AT_ONCE}`}
          </button>
        )}
      </footer>
    </>
  );
}

function TypeIcon({ info }: { info: VariableInfo }) {
  const props = { size: 13, "aria-hidden": true, className: `type-icon ${info.kind}` } as const;
  switch (info.kind) {
    case "bits":
      return info.width === 1 ? <Activity {...props} /> : <Binary {...props} />;
    case "real":
      return <Sigma {...props} />;
    case "string":
      return <Type {...props} />;
    case "event":
      return <Zap {...props} />;
    default:
      return assertNever(info.kind);
  }
}

function rangeText(info: VariableInfo): string {
  return info.kind === "bits" ? (info.width > 1 ? `${info.width}` : "") : info.kind;
}

function variableTitle(info: VariableInfo): string {
  const width = info.kind === "bits" ? `, ${info.width} ${info.width === 1 ? "bit" : "bits"}` : "";
  return `${info.fullName}\n${info.type}${width}\nDouble-click or Enter adds it to the timeline`;
}
