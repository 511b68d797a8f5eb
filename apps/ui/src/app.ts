import { DisposableStore, type Clock, type Disposable } from "@novywave/base";
import type { FileStatus, Theme, ValueFormat, VariableInfo } from "@novywave/protocol";
import { Connection, type OpenSocket } from "./connection/connection.js";
import { CursorValues } from "./effects/cursor-values.js";
import { PluginActions } from "./effects/plugin-actions.js";
import { PluginLogs } from "./effects/plugin-logs.js";
import { Resolver } from "./effects/resolver.js";
import { ScopeTrees } from "./effects/scope-trees.js";
import { Toasts } from "./effects/toasts.js";
import { ViewSaver } from "./effects/view-saver.js";
import { layoutRows } from "./model/row-layout.js";
import { valuePattern } from "./model/value-pattern.js";
import { nextTextSize } from "./model/scale.js";
import { rescale } from "./model/timebase.js";
import { centreOn, fit, panBy, reveal, span, zoomAbout, type View } from "./model/viewport.js";
import {
  formatOf,
  formatsOf,
  initialState,
  isUsable,
  type AppState,
  type Dialog,
  type FileTime,
  type Row,
} from "./state/app-state.js";
import { appCommands } from "./state/app-commands.js";
import type { Command } from "./state/commands.js";
import { reduce, type Action, type TopicAction } from "./state/reducer.js";
import { MOST_ROWS } from "./state/saved-view.js";
import { RowScroll } from "./state/row-scroll.js";
import { Store } from "./state/store.js";

/** What the page lends to the program. */
export interface AppOptions {
  readonly token: string | undefined;
  readonly clock: Clock;
  readonly openSocket: OpenSocket;
  readonly random: () => number;
  /** As it was left; 1 is the usual one. */
  readonly textSize?: number;
}

/** What is being dragged across panes. */
export type Dragged =
  | { readonly kind: "variables"; readonly file: string; readonly infos: readonly VariableInfo[] }
  | { readonly kind: "row"; readonly key: string };

/** Everything behind the screen: state, connection, the things that happen by themselves, what a person can do. */
export class App implements Disposable {
  readonly store: Store<AppState, Action>;
  readonly scroll = new RowScroll();
  readonly connection: Connection;
  readonly trees: ScopeTrees;
  readonly plugins: PluginActions;
  readonly logs: PluginLogs;
  readonly commands: readonly Command[];
  readonly toasts: Toasts;
  /** Set while a drag is under way; the browser hands over text only. */
  drag: Dragged | undefined;
  readonly #scope = new DisposableStore();
  readonly #saver: ViewSaver;
  /** The active file that was unfolded, once, when it became active. */
  #unfolded: string | undefined;
  #activated = false;
  /** The value that was looked for last, as it was typed. */
  #sought: string | undefined;

  constructor(options: AppOptions) {
    const { textSize = 1 } = options;
    const store = new Store<AppState, Action>({ ...initialState, textSize }, reduce);
    this.store = store;
    this.connection = this.#scope.add(
      new Connection({
        token: options.token,
        clock: options.clock,
        open: options.openSocket,
        random: options.random,
      }),
    );
    this.toasts = this.#scope.add(new Toasts(options.clock));
    this.trees = this.#scope.add(new ScopeTrees(this.connection));
    this.plugins = this.#scope.add(new PluginActions(this.connection, options.clock, this.toasts.show));
    this.logs = this.#scope.add(new PluginLogs(this.connection));
    this.#scope.add(new Resolver(store, this.connection));
    this.#scope.add(new CursorValues(store, this.connection));
    this.#saver = this.#scope.add(new ViewSaver(store, this.trees, this.connection, options.clock));
    this.commands = appCommands(this);
    this.#listen();
  }

  get state(): AppState {
    return this.store.state;
  }

  /** Connects to the server. */
  start(): void {
    this.connection.start();
  }

  /** Saves at once what is to be saved: the page is about to go. */
  flush(): void {
    this.#saver.flush();
  }

  [Symbol.dispose](): void {
    this.#scope[Symbol.dispose]();
  }

  // -- files ---------------------------------------------------------------------------------------------------------

  /** Makes `file` the one of the time axis and lists its variables. */
  async activate(file: FileStatus): Promise<void> {
    this.store.dispatch({ type: "scope", choice: { file: file.name, scope: undefined } });
    if (this.state.activeFile === file.name && file.open) return;
    const answer = await this.connection.request("file.activate", { path: file.path });
    if (!answer.ok) this.#failed(`Could not open ${file.name}`, answer.error);
  }

  async closeFile(file: FileStatus): Promise<void> {
    const answer = await this.connection.request("file.close", { path: file.path });
    if (!answer.ok) this.#failed(`Could not close ${file.name}`, answer.error);
  }

  /** Unfolds a file's scopes; looks into the file first if nobody did. */
  setFileOpen(file: FileStatus, open: boolean): void {
    this.trees.setOpen(file.name, file.path, file.revision, open);
  }

  // -- rows ----------------------------------------------------------------------------------------------------------

  addVariables(file: string, infos: readonly VariableInfo[], at?: number): void {
    const fitting = infos.slice(0, Math.max(0, MOST_ROWS - this.state.rows.length));
    this.store.dispatch({
      type: "rows-added",
      rows: fitting.map((info) => ({ file, info })),
      ...(at === undefined ? {} : { at }),
    });
    if (fitting.length < infos.length) {
      this.toasts.show({
        tone: "error",
        title: `A timeline has at most ${MOST_ROWS} rows`,
        description: `${infos.length - fitting.length} of ${infos.length} variables were not added.`,
      });
    }
    this.revealFocus();
  }

  removeRow(key: string): void {
    this.store.dispatch({ type: "rows-removed", keys: [key] });
  }

  setFormat(key: string, format: ValueFormat): void {
    this.store.dispatch({ type: "row-formatted", key, format });
  }

  focusRow(key: string): void {
    this.store.dispatch({ type: "focused", key });
  }

  /** Moves the focus by `step` rows. */
  moveFocus(step: number): void {
    const { rows, focus } = this.state;
    if (rows.length === 0) return;
    const index = rows.findIndex((row) => row.key === focus);
    const next = index < 0 ? 0 : Math.max(0, Math.min(rows.length - 1, index + step));
    this.store.dispatch({ type: "focused", key: rows[next]?.key });
    this.revealFocus();
  }

  moveFocusedRow(step: number): void {
    const { rows, focus } = this.state;
    const index = rows.findIndex((row) => row.key === focus);
    if (index < 0 || focus === undefined) return;
    this.store.dispatch({ type: "row-moved", key: focus, to: index + step });
    this.revealFocus();
  }

  removeFocusedRow(): void {
    const { focus } = this.state;
    if (focus !== undefined) this.removeRow(focus);
  }

  removeAllRows(): void {
    const { rows } = this.state;
    if (rows.length === 0) return;
    this.store.dispatch({ type: "rows-removed", keys: rows.map((row) => row.key) });
    this.toasts.show({
      tone: "info",
      title: rows.length === 1 ? "1 row removed" : `${rows.length} rows removed`,
      description: "Ctrl+Z (⌘Z on a Mac) brings them back.",
    });
  }

  /** Puts back what was removed last, where it stood. */
  restoreRows(): void {
    const room = MOST_ROWS - this.state.rows.length;
    if ((this.state.removed.at(-1)?.length ?? 0) > room) {
      this.toasts.show({ tone: "error", title: `A timeline has at most ${MOST_ROWS} rows` });
      return;
    }
    this.store.dispatch({ type: "rows-restored" });
    this.revealFocus();
  }

  /** The next format of the focused row. */
  cycleFormat(): void {
    const row = this.focusedRow();
    if (row?.resolution.kind !== "ready") return;
    const formats = formatsOf(row.resolution.info);
    const next = formats[(formats.indexOf(formatOf(row)) + 1) % formats.length];
    if (next) this.setFormat(row.key, next);
  }

  focusedRow(): Row | undefined {
    return this.state.rows.find((row) => row.key === this.state.focus);
  }

  revealFocus(): void {
    const { rows, focus, measures } = this.state;
    const index = rows.findIndex((row) => row.key === focus);
    if (index < 0) return;
    const { tops } = layoutRows(rows, measures);
    this.scroll.reveal(tops[index] ?? 0, tops[index + 1] ?? 0);
  }

  // -- time ----------------------------------------------------------------------------------------------------------

  setView(view: View): void {
    this.store.dispatch({ type: "view", view });
  }

  setCursor(tick: bigint): void {
    const { extent } = this.state;
    if (!extent) return;
    const cursor = tick < extent.start ? extent.start : tick > extent.end ? extent.end : tick;
    this.store.dispatch({ type: "cursor", cursor });
  }

  /** Puts the cursor on a tick, or the nearest there is, and shows it. */
  goTo(tick: bigint): void {
    this.setCursor(tick);
    const { view, extent, cursor } = this.state;
    if (view && extent && cursor !== undefined) this.setView(reveal(view, extent, cursor));
  }

  /** Zooms by a factor about `anchor`, or the cursor where it is in sight, or the middle. */
  zoom(numerator: bigint, denominator: bigint, anchor?: bigint): void {
    const { view, extent, cursor } = this.state;
    if (!view || !extent) return;
    const inSight = cursor !== undefined && cursor >= view.start && cursor <= view.end;
    const about = anchor ?? (inSight ? cursor : view.start + span(view) / 2n);
    this.setView(zoomAbout(view, extent, about, numerator, denominator));
  }

  /** Pans by tenths of what is visible. */
  pan(tenths: bigint): void {
    const { view, extent } = this.state;
    if (!view || !extent) return;
    const least = tenths < 0n ? -1n : 1n;
    const ticks = (span(view) * tenths) / 10n;
    this.setView(panBy(view, extent, ticks === 0n ? least : ticks));
  }

  /** Shows the start or the end at the present zoom. */
  panToEdge(edge: "start" | "end"): void {
    const { view, extent } = this.state;
    if (!view || !extent) return;
    const width = span(view);
    const start = edge === "start" ? extent.start : fit(extent).end - width;
    this.setView(panBy({ start, end: start + width }, extent, 0n));
  }

  fitView(): void {
    if (this.state.extent) this.setView(fit(this.state.extent));
  }

  centreCursor(): void {
    const { view, extent, cursor } = this.state;
    if (view && extent && cursor !== undefined) this.setView(centreOn(view, extent, cursor));
  }

  /** Marks the time of the cursor, from which times are then measured; takes the marker away where it already is there. */
  toggleMarker(): void {
    const { cursor, marker } = this.state;
    if (cursor !== undefined)
      this.store.dispatch({ type: "marker", marker: marker === cursor ? undefined : cursor });
  }

  /** Puts the cursor on the nearest, or the very first or last, change of the focused row and shows it. */
  async jump(direction: "previous" | "next", far: boolean): Promise<void> {
    const from = this.#startOfSearch(direction);
    if (!from) return;
    const { file, time, info } = from;
    const answer = await this.connection.request("transition.find", {
      path: file.path,
      signal: info.signal,
      time: (far ? (direction === "next" ? time.end + 1n : time.start - 1n) : from.tick).toString(),
      direction: far ? (direction === "next" ? "previous" : "next") : direction,
    });
    if (!answer.ok) this.#failed("Could not look for the transition", answer.error);
    else if (answer.value.time !== null) this.#arrive(BigInt(answer.value.time), time);
  }

  /** Puts the cursor where the focused row next, or last, takes the value that reads `text` in its format. */
  async findValue(text: string, direction: "previous" | "next"): Promise<void> {
    const row = this.focusedRow();
    const from = this.#startOfSearch(direction);
    if (!row || !from) return;
    this.#sought = text;
    const value = valuePattern(text, formatOf(row), from.info);
    const title = `${row.name} is nowhere ${text} ${direction === "next" ? "after" : "before"} the cursor`;
    if (value === undefined) {
      this.toasts.show({ tone: "info", title, description: "None of its values reads so." });
      return;
    }
    const { file, time, info } = from;
    const answer = await this.connection.request("value.find", {
      path: file.path,
      signal: info.signal,
      value,
      time: from.tick.toString(),
      direction,
    });
    if (!answer.ok) this.#failed("Could not look for the value", answer.error);
    else if (answer.value.time === null) this.toasts.show({ tone: "info", title });
    else this.#arrive(BigInt(answer.value.time), time);
  }

  /** Looks on for the value that was looked for last; asks for one if there was none. */
  async findAgain(direction: "previous" | "next"): Promise<void> {
    if (this.#sought === undefined) this.showDialog("find-value");
    else await this.findValue(this.#sought, direction);
  }

  /** The focused row's file and, in its ticks, the cursor from which something is looked for. */
  #startOfSearch(
    direction: "previous" | "next",
  ): { file: FileStatus; time: FileTime; info: VariableInfo; tick: bigint } | undefined {
    const row = this.focusedRow();
    const { cursor, base } = this.state;
    if (row?.resolution.kind !== "ready" || cursor === undefined) return undefined;
    const file = this.state.files.get(row.file);
    const time = this.state.fileTimes.get(row.file);
    if (!isUsable(file) || !time) return undefined;
    const here = rescale(cursor, base, time.exponent);
    // Inside a tick of a coarser file the tick's own change lies before the cursor.
    const inside = rescale(here, time.exponent, base) < cursor;
    const tick = direction === "previous" && inside ? here + 1n : here;
    return { file, time, info: row.resolution.info, tick };
  }

  /** Puts the cursor on a tick of a file and shows it. */
  #arrive(tick: bigint, time: FileTime): void {
    this.goTo(rescale(tick, time.exponent, this.state.base));
  }

  // -- the rest ------------------------------------------------------------------------------------------------------

  togglePlugins(): void {
    this.store.dispatch({ type: "plugins-open", open: !this.state.pluginsOpen });
  }

  showDialog(dialog: Dialog | undefined): void {
    this.store.dispatch({ type: "dialog", dialog });
  }

  setTheme(theme: Theme): void {
    this.store.dispatch({ type: "theme", theme });
    void this.connection.request("ui.save", { theme });
  }

  /** Makes everything that is text, and the rows, larger or smaller by `steps`; 0 goes back to the usual size. */
  changeTextSize(steps: number): void {
    const size = steps === 0 ? 1 : nextTextSize(this.state.textSize, steps);
    if (size !== this.state.textSize) this.store.dispatch({ type: "text-size", size });
  }

  /** Takes over what the page measured: how many times the usual size things have. */
  setScale(scale: number): void {
    this.store.dispatch({ type: "scale", scale });
  }

  savePanes(group: string, sizes: readonly number[]): void {
    const panes = { ...this.state.restored?.panes, [group]: [...sizes] };
    void this.connection.request("ui.save", { panes });
  }

  #failed(title: string, error: { code: string; message: string }): void {
    if (error.code === "cancelled") return;
    this.toasts.show({ tone: "error", title, description: error.message });
  }

  #listen(): void {
    const { store } = this;
    this.#scope.add(this.connection.changed((state) => store.dispatch({ type: "connection", state })));
    this.#scope.add(
      this.connection.message((message) => {
        switch (message.type) {
          case "state":
            store.dispatch({ type: "topic", topic: message.topic, value: message.value } as TopicAction);
            this.#follow(message.topic);
            break;
          case "progress":
            store.dispatch({
              type: "progress",
              path: message.path,
              read: message.read,
              total: message.total,
            });
            break;
          case "event":
            if (message.event.kind === "plugin-log") this.logs.append(message.event);
            else if (message.event.kind === "notice")
              this.#notice(message.event.level, message.event.message);
            break;
          case "welcome":
          case "response":
          case "goodbye":
            break;
        }
      }),
    );
    this.#scope.add(
      this.trees.loaded(({ file, scopes }) => {
        // After a reload scopes have other ids under the same names.
        const choice = this.state.scope;
        if (choice?.file !== file || !choice.scope) return;
        const now = scopes.find((scope) => scope.fullName === choice.scope?.path);
        if (now && now.id !== choice.scope.id) {
          store.dispatch({ type: "scope", choice: { file, scope: { id: now.id, path: now.fullName } } });
        }
      }),
    );
  }

  /** Once: the file that was looked at last, or the only one there is. */
  #activateFirst(): void {
    const { topics, files, restored, activeFile } = this.state;
    if (this.#activated || !topics.timeline || !topics.files || !restored) return;
    if (activeFile !== undefined) this.#activated = true;
    if (this.#activated) return;
    const searched = topics.discovery !== undefined && topics.discovery.state !== "loading";
    const wanted =
      restored.activeFile !== undefined
        ? files.get(restored.activeFile)
        : searched && files.size === 1
          ? [...files.values()][0]
          : undefined;
    if (!wanted || wanted.state === "error" || wanted.state === "missing") return;
    this.#activated = true;
    void this.activate(wanted);
  }

  #notice(level: string, message: string): void {
    this.toasts.show({ tone: level === "error" || level === "warn" ? "error" : "info", title: message });
  }

  #follow(topic: keyof AppState["topics"]): void {
    const { topics, files } = this.state;
    if (topic === "plugins" && topics.plugins) this.plugins.observe(topics.plugins);
    if (topic === "view") {
      for (const file of topics.view?.value.files ?? [])
        this.trees.restore(file.path, file.expandedScopes ?? []);
    }
    if (topic === "files") {
      for (const file of files.values()) {
        if (file.state === "ready") this.trees.refresh(file.name, file.path, file.revision);
      }
    }
    this.#activateFirst();
    const { activeFile } = this.state;
    if (activeFile !== undefined && activeFile !== this.#unfolded) {
      this.#unfolded = activeFile;
      const file = files.get(activeFile);
      if (file && !this.trees.isOpen(file.name)) this.setFileOpen(file, true);
    }
  }
}
