import type { FileStatus } from "@novywave/protocol";
import { useVirtualizer } from "@tanstack/react-virtual";
import { ChevronRight, FileWarning, FolderSearch, Search, TriangleAlert, X } from "lucide-react";
import { Fragment, useEffect, useMemo, useRef, useState, type KeyboardEvent } from "react";
import { isUnsupported } from "../model/file-trouble.js";
import { folderName, searched } from "../model/searched.js";
import { hasScopes, treeRows, type TreeRow } from "../model/tree-rows.js";
import { useApp, useAppState, useVersion } from "./app-context.js";
import { EmptyState, formatBytes, IconButton, PaneHeader, Skeleton } from "./parts.js";

/** The tree of files and their scopes. */
export function FilesPane() {
  const app = useApp();
  const files = useAppState((state) => state.files);
  const known = useAppState((state) => state.topics.files !== undefined);
  const discovery = useAppState((state) => state.topics.discovery);
  const version = useVersion(app.trees.changed, () => app.trees.version);
  const [filter, setFilter] = useState("");
  const rows = useMemo(() => {
    void version;
    return treeRows(files.values(), app.trees, filter);
  }, [files, app, filter, version]);
  const searching = discovery?.state === "loading";
  return (
    <section className="pane files-pane" aria-label="Files pane">
      <PaneHeader
        title="Files"
        note={files.size > 0 ? (searching ? `${files.size}, searching…` : files.size) : undefined}
      />
      {files.size > 8 && (
        <label className="search-field">
          <Search size="1.3rem" aria-hidden="true" />
          <input
            id="file-filter"
            type="search"
            placeholder="Filter files"
            aria-label="Filter files"
            value={filter}
            spellCheck={false}
            onChange={(event) => setFilter(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === "Escape") setFilter("");
            }}
          />
        </label>
      )}
      {rows.length > 0 ? <Tree rows={rows} /> : <Nothing known={known} filter={filter} />}
    </section>
  );
}

function Nothing({ known, filter }: { known: boolean; filter: string }) {
  const discovery = useAppState((state) => state.topics.discovery);
  const workspace = useAppState((state) => state.workspace);
  const plugins = useAppState((state) => state.topics.plugins);
  const app = useApp();
  if (filter.trim() !== "") return <EmptyState title={`No file has “${filter.trim()}” in its name`} />;
  if (!known || !discovery || discovery.state === "loading") {
    return (
      <>
        <p className="pane-hint" role="status">
          Looking for waveforms…
        </p>
        <Skeleton rows={6} />
      </>
    );
  }
  if (discovery.state === "error") {
    return (
      <EmptyState
        tone="error"
        icon={<TriangleAlert size="2rem" aria-hidden="true" />}
        title="The search for waveforms failed"
      >
        <p>{discovery.message ?? "The plugin that looks for files does not run."}</p>
        <button type="button" className="button" onClick={() => app.togglePlugins()}>
          Open the Plugins panel
        </button>
      </EmptyState>
    );
  }
  const places = searched(plugins ?? []);
  return (
    <EmptyState
      testId="no-files"
      icon={<FolderSearch size="2rem" aria-hidden="true" />}
      title="No waveforms here yet"
    >
      {places && (
        <p data-testid="searched">
          No file named{" "}
          {places.extensions.map((extension, index) => (
            <Fragment key={extension}>
              {index > 0 && (index === places.extensions.length - 1 ? " or " : ", ")}
              <code>*.{extension}</code>
            </Fragment>
          ))}{" "}
          was found in{" "}
          {places.directories.map((directory, index) => (
            <Fragment key={directory}>
              {index > 0 && (index === places.directories.length - 1 ? " or " : ", ")}
              <code>{folderName(directory, workspace ?? ".")}</code>
            </Fragment>
          ))}{" "}
          and the folders in {places.directories.length > 1 ? "them" : "it"}.
        </p>
      )}
      {!places && discovery.message && <p>{discovery.message}</p>}
      <p>
        Run a simulation that writes there: its file appears by itself. What is searched is set for{" "}
        <code>novywave.waveform_scanner</code> in <code>.novywave</code>.
      </p>
      {!places && <p className="warning-text">No plugin that looks for files is enabled.</p>}
      <button type="button" className="button" onClick={() => app.togglePlugins()}>
        Open the Plugins panel
      </button>
    </EmptyState>
  );
}

function Tree({ rows }: { rows: readonly TreeRow[] }) {
  const app = useApp();
  const scrollRef = useRef<HTMLDivElement>(null);
  const [focused, setFocused] = useState<string>();
  const focusIndex = Math.max(
    0,
    rows.findIndex((row) => row.id === focused),
  );
  const rowHeight = useAppState((state) => state.measures.row);
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scrollRef.current,
    estimateSize: () => rowHeight,
    overscan: 12,
  });
  useEffect(() => virtualizer.measure(), [virtualizer, rowHeight]);
  const active = useAppState((state) => state.activeFile);
  const shown = useRef<string>(undefined);
  useEffect(() => {
    const index = rows.findIndex((row) => row.kind === "file" && row.file.name === active);
    if (index < 0 || shown.current === active) return;
    shown.current = active;
    virtualizer.scrollToIndex(index);
  }, [active, rows, virtualizer]);
  const select = (row: TreeRow): void => {
    setFocused(row.id);
    if (row.kind === "file") {
      void app.activate(row.file);
      if (hasScopes(row.file) && !row.open) app.setFileOpen(row.file, true);
    } else if (row.kind === "scope") {
      app.store.dispatch({
        type: "scope",
        choice: { file: row.file.name, scope: { id: row.scope.id, path: row.scope.fullName } },
      });
    }
  };
  const setOpen = (row: TreeRow, open: boolean): void => {
    if (row.kind === "file" && hasScopes(row.file)) app.setFileOpen(row.file, open);
    if (row.kind === "scope" && row.scope.childScopes > 0)
      app.trees.setExpanded(row.file.name, row.scope, open);
  };
  const go = (index: number): void => {
    const row = rows[Math.max(0, Math.min(rows.length - 1, index))];
    if (!row) return;
    setFocused(row.id);
    virtualizer.scrollToIndex(rows.indexOf(row));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const row = rows[focusIndex];
    if (!row || event.altKey || event.ctrlKey || event.metaKey) return;
    switch (event.key) {
      case "ArrowDown":
        go(focusIndex + 1);
        break;
      case "ArrowUp":
        go(focusIndex - 1);
        break;
      case "Home":
        go(0);
        break;
      case "End":
        go(rows.length - 1);
        break;
      case "ArrowRight":
        if (row.kind !== "note" && row.open) go(focusIndex + 1);
        else setOpen(row, true);
        break;
      case "ArrowLeft":
        if (row.kind !== "note" && row.open) setOpen(row, false);
        else {
          const parent = rows.slice(0, focusIndex).findLastIndex((other) => other.depth < row.depth);
          if (parent >= 0) go(parent);
        }
        break;
      case "Enter":
      case " ":
        select(row);
        break;
      default:
        return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      ref={scrollRef}
      id="file-tree"
      className="scroll"
      role="tree"
      aria-label="Files"
      tabIndex={0}
      aria-activedescendant={rows[focusIndex] ? treeItemId(rows[focusIndex].id) : undefined}
      onKeyDown={onKeyDown}
    >
      <div className="virtual" style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map((item) => {
          const row = rows[item.index];
          if (!row) return null;
          return (
            <div key={row.id} className="virtual-row" style={{ transform: `translateY(${item.start}px)` }}>
              <Item
                row={row}
                focused={row.id === focused}
                onSelect={() => select(row)}
                onOpen={(open) => setOpen(row, open)}
              />
            </div>
          );
        })}
      </div>
    </div>
  );
}

const treeItemId = (id: string): string => `tree:${id.replaceAll(/\s/g, "|")}`;

function Item(props: {
  row: TreeRow;
  focused: boolean;
  onSelect: () => void;
  onOpen: (open: boolean) => void;
}) {
  const { row } = props;
  const active = useAppState((state) => state.activeFile);
  const scope = useAppState((state) => state.scope);
  if (row.kind === "note") {
    return (
      <div className="tree-note" style={{ paddingLeft: `${2.2 + row.depth * 1.4}rem` }}>
        {row.text}
      </div>
    );
  }
  const selected =
    row.kind === "file"
      ? scope?.file === row.file.name && scope.scope === undefined
      : scope?.file === row.file.name && scope.scope?.path === row.scope.fullName;
  const expandable = row.kind === "file" ? hasScopes(row.file) : row.scope.childScopes > 0;
  return (
    <div
      id={treeItemId(row.id)}
      role="treeitem"
      aria-label={row.kind === "file" ? row.file.name : row.scope.name}
      aria-level={row.depth + 1}
      aria-selected={selected}
      aria-expanded={expandable ? row.open : undefined}
      data-state={row.kind === "file" ? row.file.state : undefined}
      data-unsupported={row.kind === "file" && isUnsupported(row.file) ? true : undefined}
      data-path={row.kind === "scope" ? row.scope.fullName : undefined}
      className={`tree-item ${row.kind} ${selected ? "is-selected" : ""} ${props.focused ? "is-focused" : ""} ${
        row.kind === "file" && row.file.name === active ? "is-active" : ""
      }`}
      style={{ paddingLeft: `${0.4 + row.depth * 1.4}rem` }}
      title={row.kind === "file" ? fileTitle(row.file) : `${row.scope.kind} ${row.scope.fullName}`}
      onClick={props.onSelect}
      onDoubleClick={() => expandable && props.onOpen(!row.open)}
    >
      <button
        type="button"
        tabIndex={-1}
        className={`twisty ${row.open ? "is-open" : ""} ${expandable ? "" : "is-hidden"}`}
        aria-label={row.open ? "Fold" : "Unfold"}
        onClick={(event) => {
          event.stopPropagation();
          props.onOpen(!row.open);
        }}
        onDoubleClick={(event) => event.stopPropagation()}
      >
        <ChevronRight size="1.4rem" aria-hidden="true" />
      </button>
      {row.kind === "file" ? <FileLabel file={row.file} /> : <ScopeLabel row={row} />}
    </div>
  );
}

function ScopeLabel({ row }: { row: Extract<TreeRow, { kind: "scope" }> }) {
  return (
    <>
      <span className="tree-name">{row.scope.name}</span>
      {row.scope.kind !== "module" && <span className="tree-kind">{row.scope.kind}</span>}
      <span className="spacer" />
      {row.scope.variables > 0 && <span className="count">{row.scope.variables}</span>}
    </>
  );
}

function FileLabel({ file }: { file: FileStatus }) {
  const app = useApp();
  const progress = useAppState((state) => state.progress.get(file.path)) ?? file.progress;
  const unsupported = isUnsupported(file);
  const slash = file.name.lastIndexOf("/");
  const share = progress && progress.total > 0 ? Math.min(1, progress.read / progress.total) : undefined;
  return (
    <>
      <span className="tree-name is-path">
        {slash >= 0 && <span className="directory">{file.name.slice(0, slash)}</span>}
        <span className="leaf">
          {slash >= 0 && <span className="muted">/</span>}
          {file.name.slice(slash + 1)}
        </span>
      </span>
      <span className="spacer" />
      {file.warning && (
        <span className="chip is-warning" title={file.warning.message}>
          <FileWarning size="1.1rem" aria-hidden="true" />
          {file.warning.code}
        </span>
      )}
      {file.state === "loading" && (
        <>
          <span className="chip" role="status">
            {share === undefined ? "loading" : `${Math.floor(share * 100)} %`}
          </span>
          <IconButton label={`Cancel loading ${file.name}`} onClick={() => void app.closeFile(file)}>
            <X size="1.2rem" aria-hidden="true" />
          </IconButton>
        </>
      )}
      {(file.state === "error" || file.state === "missing" || file.state === "empty") && (
        <span className={`chip ${file.state === "error" && !unsupported ? "is-error" : "is-muted"}`}>
          {unsupported ? "unsupported" : file.state}
        </span>
      )}
      <span className={`format-badge ${file.format}`}>{file.format === "unknown" ? "?" : file.format}</span>
      {file.state === "loading" && (
        <span
          className="progress"
          role="progressbar"
          aria-label={`Loading ${file.name}`}
          aria-valuenow={share === undefined ? undefined : Math.round(share * 100)}
        >
          <span style={{ transform: `scaleX(${share ?? 0.1})` }} />
        </span>
      )}
    </>
  );
}

function fileTitle(file: FileStatus): string {
  const lines = [file.path];
  if (file.message) lines.push(file.message);
  if (file.warning) lines.push(file.warning.message);
  if (file.state === "ready")
    lines.push(`${file.variables} variables in ${file.scopes} scopes, ${file.signals} signals`);
  if (file.progress) lines.push(`${formatBytes(file.progress.read)} of ${formatBytes(file.progress.total)}`);
  if (file.discoveredBy?.length) lines.push(`found by ${file.discoveredBy.join(", ")}`);
  return lines.join("\n");
}
