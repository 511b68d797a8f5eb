import type { Actor, ActorContext, Flow } from "@novywave/dataflow";
import { assertNever, err, ok, type Disposable, type Result } from "@novywave/base";
import {
  samePluginsSection,
  workspaceEdits,
  type ConfigEdit,
  type ConfigEdits,
  type ConfigError,
  type ConfigFile,
  type LoadedConfig,
} from "@novywave/config";
import { emptyView, type ConfigStatus, type WorkspaceView } from "@novywave/protocol";
import { storedPanes, storedView, viewFromConfig } from "../config/view-mapping.js";
import type { PluginEntry } from "../plugins/plugin-entry.js";
import { ready, type Relays } from "../relays.js";

/** Milliseconds without another change after which view state is written. */
export const viewDelayMs = 1_000;

export interface ConfigActorOptions {
  readonly flow: Flow;
  readonly relays: Relays;
  readonly file: Pick<ConfigFile, "path" | "load" | "apply">;
  /** Calls back when the file may have changed; resolves when it does so from now on. */
  readonly watch: (onChange: () => void) => Promise<Result<Disposable, { readonly message: string }>>;
  /** What the program makes of the entries of the file: those that must not run in this session are suspended. */
  readonly adapt: (entries: readonly PluginEntry[]) => readonly PluginEntry[];
  /** Told when a write in the background failed. */
  readonly onWriteFailure: (message: string) => void;
}

export interface ConfigState {
  /** What is in force; undefined before the first load, and while there was never a valid file. */
  readonly loaded?: LoadedConfig;
  readonly view: WorkspaceView;
  /** Grows when somebody else than the user interface changed the view. */
  readonly viewRevision: number;
  /** The view of the user interface that is not written yet. */
  readonly unsaved?: WorkspaceView;
}

type Reply = (result: Result<void, ConfigError>) => void;

export type ConfigMessage =
  | { readonly kind: "file-changed" }
  | { readonly kind: "loaded"; readonly result: Result<LoadedConfig, readonly ConfigError[]> }
  | { readonly kind: "set-enabled"; readonly id: string; readonly enabled: boolean; readonly reply: Reply }
  | {
      readonly kind: "save-ui";
      readonly settings: Pick<WorkspaceView, "theme" | "panes">;
      readonly reply: Reply;
    }
  | { readonly kind: "save-view"; readonly view: WorkspaceView }
  | { readonly kind: "view-due" }
  | { readonly kind: "flush"; readonly done: () => void }
  | { readonly kind: "applied"; readonly result: Result<LoadedConfig, ConfigError>; readonly reply: Reply };

type Context = ActorContext<ConfigState, ConfigMessage>;

/** Owns `.novywave`: reads it, watches it, writes what a person changes, and replays it (R2.6: core state first). */
export function createConfigActor(options: ConfigActorOptions): Actor<ConfigState, ConfigMessage> {
  const config = new Config(options);
  return options.flow.actor<ConfigState, ConfigMessage>({
    name: "config",
    initial: { view: emptyView, viewRevision: 0 },
    start: (context) => config.start(context),
    receive: (state, message, context) => config.receive(state, message, context),
  });
}

class Config {
  readonly #options: ConfigActorOptions;
  readonly #emitStatus;
  readonly #emitWorkspace;
  readonly #emitPlugins;
  #viewTimer: Disposable | undefined;
  #loading = false;
  /** Writes of ours that are on their way. */
  #writing = 0;
  #loadAgain = false;
  /** Resolves when what was to be written so far has been, or could not be. */
  #written: Promise<unknown> = Promise.resolve();

  constructor(options: ConfigActorOptions) {
    this.#options = options;
    this.#emitStatus = options.relays.configStatus.emitter();
    this.#emitWorkspace = options.relays.workspaceReplay.emitter();
    this.#emitPlugins = options.relays.pluginsConfigReplay.emitter();
  }

  start(context: Context): void {
    this.#load(context);
    context.task("watch", async (signal) => {
      const watch = await this.#options.watch(() => context.send({ kind: "file-changed" }));
      if (watch.ok && signal.aborted) watch.value[Symbol.dispose]();
      else if (watch.ok) context.scope.add(watch.value);
      else this.#options.onWriteFailure(`.novywave is not watched: ${watch.error.message}`);
      // Nobody waits for the watch; what was written before it was ready is read now.
      return { kind: "file-changed" as const };
    });
  }

  receive(state: ConfigState, message: ConfigMessage, context: Context): ConfigState {
    switch (message.kind) {
      case "file-changed":
        this.#load(context);
        return state;
      case "loaded": {
        this.#loading = false;
        if (this.#loadAgain) this.#load(context);
        return message.result.ok
          ? this.#replay(state, message.result.value, this.#writing > 0)
          : this.#problem(state, message.result.error);
      }
      case "set-enabled":
        this.#setEnabled(message.id, message.enabled, message.reply, context);
        return state;
      case "save-ui": {
        const edits = uiEdits(message.settings);
        this.#apply(edits, message.reply, context);
        const view = { ...state.view, ...message.settings };
        this.#emitWorkspace(ready({ view, revision: state.viewRevision }));
        return { ...state, view };
      }
      case "save-view":
        return this.#saveView(state, message.view, context);
      case "view-due":
        return this.#writeView(state, context);
      case "flush": {
        const next = this.#writeView(state, context);
        void this.#written.finally(message.done);
        return next;
      }
      case "applied": {
        const { result, reply } = message;
        this.#writing -= 1;
        const next = result.ok ? this.#replay(state, result.value, true) : state;
        reply(result.ok ? ok() : result);
        return next;
      }
      default:
        return assertNever(message);
    }
  }

  #load(context: Context): void {
    this.#loadAgain = this.#loading;
    if (this.#loading) return;
    this.#loading = true;
    context.task(
      "load",
      async () => loadedMessage(await this.#options.file.load()),
      (error) => loadedMessage(err([{ code: "io", message: `it cannot be read: ${String(error)}` }])),
    );
  }

  #apply(edits: ConfigEdits, reply: Reply, context: Context): void {
    this.#writing += 1;
    const applied = (result: Result<LoadedConfig, ConfigError>) => ({
      kind: "applied" as const,
      result,
      reply,
    });
    const writing = this.#options.file.apply(edits);
    this.#written = Promise.allSettled([this.#written, writing]);
    context.task(
      "apply",
      async () => applied(await writing),
      (error) => applied(err({ code: "io", message: `writing .novywave failed: ${String(error)}` })),
    );
  }

  #setEnabled(id: string, enabled: boolean, reply: Reply, context: Context): void {
    let known = false;
    const edits = (current: LoadedConfig): readonly ConfigEdit[] => {
      const index = current.config.plugins.entries.findIndex((entry) => entry.id === id);
      known = index >= 0;
      return known ? [{ path: ["plugins", "entries", index, "enabled"], value: enabled }] : [];
    };
    this.#apply(
      edits,
      (result) =>
        reply(
          result.ok && !known
            ? err({ code: "invalid-value", message: `there is no plugin ${id} in .novywave` })
            : result,
        ),
      context,
    );
  }

  #saveView(state: ConfigState, view: WorkspaceView, context: Context): ConfigState {
    const { theme, panes } = state.view;
    const next = { ...view, ...(theme && { theme }), ...(panes && { panes }) };
    if (this.#viewTimer) context.scope.release(this.#viewTimer);
    this.#viewTimer = context.after(viewDelayMs, { kind: "view-due" });
    // Whoever connects next restores this one, written or not; the revision stays, so that nobody's view jumps.
    this.#emitWorkspace(ready({ view: next, revision: state.viewRevision }));
    return { ...state, view: next, unsaved: next };
  }

  #writeView(state: ConfigState, context: Context): ConfigState {
    const { unsaved, loaded } = state;
    if (this.#viewTimer) context.scope.release(this.#viewTimer);
    this.#viewTimer = undefined;
    if (unsaved === undefined) return state;
    const { unsaved: _written, ...rest } = state;
    const next = storedView(unsaved);
    const readOnly = loaded?.state === "loaded" && loaded.readOnly !== undefined;
    const known = loaded?.config.workspace;
    if (
      readOnly ||
      (known && JSON.stringify(next) === JSON.stringify(storedView(viewFromConfig(loaded.config))))
    ) {
      return rest;
    }
    this.#apply(
      (current) => workspaceEdits(current.text, next),
      (result) => {
        if (!result.ok) {
          this.#options.onWriteFailure(`the view was not saved in .novywave: ${result.error.message}`);
        }
      },
      context,
    );
    return rest;
  }

  /** `ours`: the program itself wrote what was read, or is writing; then no other's view is in it. */
  #replay(state: ConfigState, loaded: LoadedConfig, ours: boolean): ConfigState {
    const { config } = loaded;
    const before = state.loaded?.config;
    const found = viewFromConfig(config);
    const first = before === undefined;
    const viewChanged = first || JSON.stringify(viewFromConfig(before)) !== JSON.stringify(found);
    // The user interface knows what it wrote itself; its newer, unsaved view is not taken from it.
    const foreign = viewChanged && !ours && !sameStored(found, state.view) && state.unsaved === undefined;
    const view = foreign || first ? found : state.view;
    const viewRevision = state.viewRevision + (foreign && !first ? 1 : 0);
    this.#emitStatus(this.#status(loaded));
    const current = this.#options.relays.workspaceReplay.current;
    if (first || foreign || current.state !== "ready")
      this.#emitWorkspace(ready({ view, revision: viewRevision }));
    const unchanged = before && samePluginsSection(before.plugins, config.plugins);
    if (!unchanged || this.#options.relays.pluginsConfigReplay.current.state === "error") {
      const entries = this.#options.adapt(config.plugins.entries.map(toEntry));
      this.#emitPlugins(entries.length > 0 ? ready(entries) : { state: "empty" });
    }
    return { ...state, loaded, view, viewRevision };
  }

  /** The last good state stays in force (R2.9); without one nothing is made up. */
  #problem(state: ConfigState, errors: readonly ConfigError[]): ConfigState {
    const { path } = this.#options.file;
    const [first] = errors;
    const place = first?.line === undefined ? "" : `line ${first.line}, column ${first.column ?? 1}: `;
    const inForce = state.loaded
      ? "The last good state stays in force."
      : "No plugin runs until it is corrected.";
    const message = `${place}${first?.message ?? "it cannot be read"}. ${inForce}`;
    this.#emitStatus({ state: "error", path, message, errors: errors.map(toIssue) });
    if (!state.loaded) {
      this.#emitWorkspace({ state: "error", message });
      this.#emitPlugins({ state: "error", message: `.novywave: ${message}` });
    }
    return state;
  }

  #status(loaded: LoadedConfig): ConfigStatus {
    const { path } = this.#options.file;
    if (loaded.state === "missing") {
      return {
        state: "missing",
        path,
        message: "There is no .novywave here; defaults apply, and it is written at the first change",
      };
    }
    if (loaded.readOnly === undefined) return { state: "ready", path };
    return { state: "ready", path, message: `.novywave is read-only: ${loaded.readOnly}`, readOnly: true };
  }
}

function loadedMessage(result: Result<LoadedConfig, readonly ConfigError[]>): ConfigMessage {
  return { kind: "loaded", result };
}

function sameStored(a: WorkspaceView, b: WorkspaceView): boolean {
  return stored(a) === stored(b);
}

/** What of a view the file keeps. */
function stored(view: WorkspaceView): string {
  return JSON.stringify([storedView(view), view.theme ?? "system", storedPanes(view.panes ?? {})]);
}

function uiEdits({ theme, panes }: Pick<WorkspaceView, "theme" | "panes">): readonly ConfigEdit[] {
  return [
    ...(theme === undefined ? [] : [{ path: ["ui", "theme"], value: theme }]),
    ...Object.entries(storedPanes(panes ?? {})).map(([name, size]) => ({
      path: ["ui", "panes", name],
      value: size,
    })),
  ];
}

function toIssue({ message, line, column, path }: ConfigError): NonNullable<ConfigStatus["errors"]>[number] {
  return {
    message,
    ...(line !== undefined && { line }),
    ...(column !== undefined && { column }),
    ...(path !== undefined && { key: path }),
  };
}

function toEntry(entry: LoadedConfig["config"]["plugins"]["entries"][number]): PluginEntry {
  const { location: _location, ...rest } = entry;
  return rest;
}
