// Above 300 lines: the transitions of one file belong together, for each of them must keep the same few promises: never
// two pieces of work for a file, old data until there is new, and every loaded waveform closed exactly once.
import type { Actor, ActorContext, Flow } from "@novywave/dataflow";
import { assertNever, type Disposable } from "@novywave/base";
import { recogniseFormat, type WaveformError } from "@novywave/waveform";
import type { FileAccess } from "../files/file-access.js";
import { sameStamp, type AccessFailure, type FileVersion } from "../files/look-file.js";
import { FileReader } from "../files/file-reader.js";
import { FileTable } from "../files/file-table.js";
import { StatusTeller } from "../files/status-teller.js";
import {
  below,
  newTrackedFile,
  toFileWarning,
  withoutContent,
  withoutProgress,
  withoutWork,
  type TrackedFile,
  type Work,
} from "../files/tracked-file.js";
import type { DescribeWaveform, LoadedWaveform, OpenWaveform } from "../files/waveform-port.js";
import { WorkQueue } from "../files/work-queue.js";
import type { Discoveries, Relays, RelayState } from "../relays.js";
import type { TrackedFilesMessage, TrackedFilesState } from "./tracked-files-messages.js";

export interface TrackedFilesOptions {
  readonly flow: Flow;
  readonly relays: Relays;
  readonly access: FileAccess;
  readonly openWaveform: OpenWaveform;
  readonly describeWaveform?: DescribeWaveform | undefined;
  /** Absolute path of the workspace. */
  readonly root: string;
  /** Milliseconds after a read before the next of the same file; longer if the read took longer. */
  readonly reloadPauseMs?: number;
}

/** Files whose signals are in memory at the same time. */
export const maxOpenFiles = 64;

/** Milliseconds after which a file that a plugin lists, and that is gone, is looked for again; then it is not. */
const missingAgainMs = [500, 2_000, 8_000];

type Context = ActorContext<TrackedFilesState, TrackedFilesMessage>;
type Reply<K extends TrackedFilesMessage["kind"]> = Extract<TrackedFilesMessage, { kind: K }>;

/** Knows every waveform file of the session, what state it is in, and holds the signals of those that are open. */
export function createTrackedFilesActor(
  options: TrackedFilesOptions,
): Actor<TrackedFilesState, TrackedFilesMessage> {
  const tracked = new TrackedFiles(options);
  return options.flow.actor<TrackedFilesState, TrackedFilesMessage>({
    name: "tracked-files",
    initial: { files: new Map(), discovery: "loading", version: 0 },
    capacity: 65_536,
    start: (context) => tracked.start(context),
    receive: (state, message, context) => tracked.receive(state, message, context),
  });
}

class TrackedFiles {
  readonly #options: TrackedFilesOptions;
  readonly #files = new FileTable();
  readonly #reader: FileReader;
  readonly #teller: StatusTeller;
  readonly #queue = new WorkQueue();
  /** What hears of the end of each loaded waveform. */
  readonly #ends = new Map<LoadedWaveform, Disposable>();
  readonly #emitOpened;
  readonly #emitProgress;
  readonly #emitRefreshed;
  #token = 0;

  constructor(options: TrackedFilesOptions) {
    this.#options = options;
    this.#reader = new FileReader(
      options.access,
      options.openWaveform,
      options.flow.clock,
      options.describeWaveform,
    );
    this.#teller = new StatusTeller(options.relays.filesState.emitter(), options.root);
    this.#emitOpened = options.relays.openedFiles.emitter();
    this.#emitProgress = options.relays.fileProgressed.emitter();
    this.#emitRefreshed = options.relays.fileRefreshed.emitter();
  }

  start(context: Context): void {
    const { relays } = this.#options;
    context.listen(relays.pluginDiscovery, (discoveries) => ({ kind: "discovered", discoveries }));
    context.listen(relays.pluginEvent, ({ pluginId, event }) => {
      switch (event.tag) {
        case "refresh-timeline":
          return { kind: "refresh-asked", paths: event.val };
        case "discovery":
          return { kind: "rediscovered", pluginId };
        case "log":
          return { kind: "ignored" };
        default:
          return assertNever(event);
      }
    });
    context.scope.defer(() => {
      for (const file of this.#files.values()) file.work?.stop.abort();
    });
  }

  receive(state: TrackedFilesState, message: TrackedFilesMessage, context: Context): TrackedFilesState {
    const discovery = message.kind === "discovered" ? message.discoveries.state : state.discovery;
    this.#handle(message, context);
    this.#pump(context);
    if (message.kind === "ignored" || message.kind === "tell-due") return state;
    this.#tell(discovery, context);
    const opened = this.#files.takeOpenChange();
    if (opened) this.#emitOpened(opened);
    return { files: this.#files.all, discovery, version: state.version + 1 };
  }

  #handle(message: TrackedFilesMessage, context: Context): void {
    switch (message.kind) {
      case "discovered":
        return this.#discovered(message.discoveries);
      case "rediscovered":
        return this.#lookAgain((file) => !file.open && file.discoveredBy.includes(message.pluginId), context);
      case "refresh-asked":
        return this.#refresh(message.paths, context);
      case "unseen":
        return this.#lookAgain(
          below(message.paths, ({ open }) => open),
          context,
        );
      case "open-asked":
        return this.#openAsked(message.path);
      case "close-asked":
        return this.#closeAsked(message.path, context);
      case "look-due": {
        const file = this.#files.get(message.path);
        if (!file?.waiting) return undefined;
        this.#files.put({ ...file, waiting: false });
        return this.#examine(message.path);
      }
      case "missing-due": {
        const file = this.#files.get(message.path);
        if (file?.state === "missing" && file.discoveredBy.length > 0) this.#examine(message.path);
        return undefined;
      }
      case "looked":
        return this.#looked(message, context);
      case "progressed": {
        const file = this.#files.get(message.path);
        if (file?.work?.token !== message.token) return undefined;
        return this.#files.put({ ...file, progress: { read: message.read, total: message.total } });
      }
      case "early":
        return this.#early(message);
      case "opened":
        return this.#opened(message, context);
      case "probed":
        return this.#probeEnded(message, context);
      case "died":
        return this.#died(message, context);
      case "tell-due":
        return this.#teller.rested();
      case "ignored":
        return undefined;
    }
  }

  #discovered(discoveries: RelayState<Discoveries>): void {
    if (discoveries.state === "loading" || discoveries.state === "error") return;
    const by = new Map<string, string[]>();
    for (const [pluginId, paths] of discoveries.state === "ready" ? discoveries.value : []) {
      for (const path of paths) by.set(path, [...(by.get(path) ?? []), pluginId]);
    }
    for (const file of this.#files.values()) {
      if (file.discoveredBy.length === 0 || by.has(file.path)) continue;
      this.#files.put({ ...file, discoveredBy: [] });
      this.#examine(file.path);
    }
    for (const [path, discoveredBy] of by) {
      const file = this.#files.get(path);
      if (!file || file.discoveredBy.join() !== discoveredBy.join()) {
        this.#files.put({ ...(file ?? newTrackedFile(path)), discoveredBy });
      }
      // A look that is under way may have come too early.
      if (!file || file.state === "missing" || file.work?.kind === "look") this.#examine(path);
    }
  }

  /** Folders stand for all files below them; no path at all for everything that is open. */
  #refresh(paths: readonly string[], context: Context): void {
    if (paths.length === 0) return this.#lookAgain((file) => file.open, context);
    return this.#lookAgain(below(paths), context);
  }

  #lookAgain(which: (file: TrackedFile) => boolean, context: Context): void {
    for (const file of [...this.#files.values()].filter(which)) this.#examineInTime(file, context);
  }

  /** Looks at a file, but not before a pause as long as the last read took. */
  #examineInTime(file: TrackedFile, context: Context): void {
    if (file.waiting) return;
    const pause = Math.max(this.#options.reloadPauseMs ?? 100, file.lastReadMs);
    const wait = file.lastReadEnd + pause - context.clock.monotonic();
    if (file.work || wait <= 0) return this.#examine(file.path);
    this.#files.put({ ...file, waiting: true });
    context.after(wait, { kind: "look-due", path: file.path });
  }

  #examine(path: string): void {
    const file = this.#files.get(path);
    if (!file) return;
    if (file.work) this.#files.put({ ...file, again: true });
    else this.#queue.look(path, file.open);
  }

  #openAsked(path: string): void {
    const file = this.#files.get(path) ?? newTrackedFile(path);
    if (file.open && file.state !== "error" && file.state !== "missing") return;
    const opened = [...this.#files.values()].filter(({ open }) => open).length;
    if (!file.open && opened >= maxOpenFiles) {
      const message = `${maxOpenFiles} files are open; close one first`;
      return this.#files.put({ ...file, message });
    }
    if (file.work?.kind === "probe") file.work.stop.abort();
    const { message: _message, warning: _warning, ...rest } = file;
    this.#files.put({ ...rest, open: true, state: "loading" });
    this.#queue.dropProbe(path);
    this.#examine(path);
  }

  #closeAsked(path: string, context: Context): void {
    const file = this.#files.get(path);
    if (!file?.open) return;
    file.work?.stop.abort();
    this.#queue.dropOpen(path);
    this.#closeLoaded(file, context);
    if (file.discoveredBy.length === 0) return this.#remove(path);
    const { loaded: _loaded, ...rest } = withoutProgress(file);
    const state = file.state === "loading" ? (file.info ? "ready" : "discovered") : file.state;
    return this.#files.put({ ...rest, open: false, state });
  }

  #looked({ path, token, result }: Reply<"looked">, context: Context): void {
    const finished = this.#finish(path, token, "look");
    if (!finished) return;
    if (!result.ok) return this.#unreadable(finished, result.error, context);
    const file: TrackedFile = { ...finished, misses: 0 };
    if (file.discoveredBy.length === 0 && !file.open) return this.#remove(path);
    const { head, path: real, stamp } = result.value;
    // Without the head: of 100 000 files that wait to be read in advance it would be 400 MB.
    const facts: FileVersion = { path: real, stamp };
    // What failed is read again when it changed, or when a person opens it again, which makes it `loading`.
    const known = file.open ? file.loaded !== undefined || file.state !== "loading" : file.probed;
    if (known && file.stamp && sameStamp(file.stamp, facts.stamp) && file.state !== "missing") return;
    const recognised = recogniseFormat(head);
    switch (recognised.kind) {
      case "empty":
        return this.#useless(file, facts, "empty", { format: "unknown", message: "The file is empty" });
      case "unsupported":
        return this.#useless(file, facts, "error", recognised);
      case "not-waveform":
        // The reader has better advice; it is asked where a person waits for an answer.
        if (file.open) return this.#readable({ ...file, format: "unknown" }, facts);
        return this.#useless(file, facts, "error", { format: "unknown", message: recognised.message });
      case "readable":
        return this.#readable({ ...file, format: recognised.format }, facts);
    }
  }

  #readable(file: TrackedFile, facts: FileVersion): void {
    if (file.open) {
      const state = file.loaded ? file.state : "loading";
      const { message: _message, ...rest } = file;
      this.#files.put({ ...rest, state });
      this.#queue.open(file.path, facts);
      return;
    }
    const next = {
      ...withoutContent(file),
      format: file.format,
      state: "discovered" as const,
      stamp: facts.stamp,
    };
    // What was learnt of it before stays in view until it is learnt anew.
    this.#files.put(
      file.info && file.state === "ready"
        ? { ...file, stamp: facts.stamp, probed: false }
        : { ...next, probed: false },
    );
    this.#queue.probe(file.path, facts);
  }

  /** Empty, or no waveform that can be read. Signals that are loaded stay, with a warning: it may be half written. */
  #useless(
    file: TrackedFile,
    facts: FileVersion,
    state: "empty" | "error",
    { format, message }: { format: string; message: string },
  ): void {
    this.#queue.dropProbe(file.path);
    if (file.loaded) {
      const warning = { code: "reload-failed", message: `What was read before is shown: ${message}` };
      return this.#files.put({ ...withoutProgress(file), warning });
    }
    return this.#files.put({
      ...withoutContent(file),
      state,
      format,
      message,
      stamp: facts.stamp,
      probed: true,
    });
  }

  #unreadable(file: TrackedFile, failure: AccessFailure, context: Context): void {
    this.#closeLoaded(file, context);
    const state = failure.code === "not-found" ? "missing" : "error";
    const { message } = failure;
    this.#files.put({ ...withoutContent(file), state, message, probed: false, misses: file.misses + 1 });
    this.#queue.dropProbe(file.path);
    if (state !== "missing") return;
    for (const path of this.#files.missingTooMany()) this.#remove(path);
    // It was written anew between a plugin's scan and this look; the plugin, whose list is the same, has nothing to tell.
    const again = file.discoveredBy.length > 0 ? missingAgainMs[file.misses] : undefined;
    if (again !== undefined) context.after(again, { kind: "missing-due", path: file.path });
  }

  /** Its scopes can be shown while its changes are read. What was shown before a reload stays until all is read. */
  #early({ path, token, loaded }: Reply<"early">): void {
    const file = this.#files.get(path);
    if (file?.work?.token !== token || file.loaded || file.state !== "loading") return;
    this.#files.put({ ...file, loaded, info: loaded.info, format: loaded.info.format });
  }

  #opened({ path, token, facts, tookMs, result }: Reply<"opened">, context: Context): void {
    const file = this.#finish(path, token, "open", tookMs, context);
    if (!file) {
      if (result.ok) close(result.value, context);
      return;
    }
    if (!result.ok) return this.#notOpened(this.#withoutEarly(file), facts, result.error, context);
    const loaded = result.value;
    const { info } = loaded;
    // It may have been there already: it grew, or was shown while it was read.
    if (file.loaded !== loaded) this.#closeLoaded(file, context);
    const before = this.#ends.get(loaded);
    if (before) context.scope.release(before);
    const died = loaded.onDied(({ message }) => context.send({ kind: "died", path, loaded, message }));
    this.#ends.set(loaded, context.scope.add(died));
    const { message: _message, warning: _warning, ...rest } = file;
    const revision = file.revision + 1;
    this.#files.put({
      ...rest,
      state: "ready",
      format: info.format,
      info,
      loaded,
      stamp: facts.stamp,
      revision,
      probed: true,
      ...(info.warning && { warning: toFileWarning(info.warning) }),
    });
    if (file.revision > 0) this.#emitRefreshed({ path, revision });
    // It may have been written while it was read.
    this.#examineInTime(this.#files.get(path) ?? file, context);
  }

  /** What could not be read to its end was closed by its reader. */
  #withoutEarly(file: TrackedFile): TrackedFile {
    if (!file.loaded || file.state !== "loading") return file;
    const { loaded: _loaded, info: _info, ...rest } = file;
    this.#files.put(rest);
    return rest;
  }

  #notOpened(file: TrackedFile, facts: FileVersion, error: WaveformError, context: Context): void {
    if (error.code === "cancelled") return;
    if (error.code === "not-found") {
      return this.#unreadable(file, { code: "not-found", message: error.message }, context);
    }
    // Written over while it was read: what is there now is looked at when it is quiet.
    if (error.code === "changed") this.#examineInTime(file, context);
    if (error.code === "empty") {
      return this.#useless(file, facts, "empty", { format: "unknown", message: "The file is empty" });
    }
    return this.#useless(file, facts, "error", { format: file.format, message: error.message });
  }

  #probeEnded({ path, token, facts, tookMs, result }: Reply<"probed">, context: Context): void {
    const file = this.#finish(path, token, "probe", tookMs, context);
    if (!file || file.open) return;
    if (!result.ok) {
      if (result.error.code === "cancelled") return;
      return this.#notOpened(file, facts, result.error, context);
    }
    const info = result.value;
    this.#files.put({
      ...withoutContent(file),
      state: "ready",
      format: info.format,
      info,
      stamp: facts.stamp,
      probed: true,
      ...(info.warning && { warning: toFileWarning(info.warning) }),
    });
  }

  /** Its worker is gone, and the signals with it. It is not read again by itself: it might die of it again. */
  #died({ path, loaded, message }: Reply<"died">, context: Context): void {
    const file = this.#files.get(path);
    if (file?.loaded !== loaded) return;
    this.#closeLoaded(file, context);
    this.#files.put({ ...withoutContent(file), state: "error", message, probed: false });
  }

  /** Ends the work that an answer belongs to; undefined if nobody waits for the answer any more. */
  #finish(
    path: string,
    token: number,
    kind: Work["kind"],
    tookMs?: number,
    context?: Context,
  ): TrackedFile | undefined {
    this.#queue.ended(kind);
    const file = this.#files.get(path);
    if (file?.work?.token !== token) return undefined;
    const aborted = file.work.stop.signal.aborted;
    const timing =
      tookMs !== undefined && context ? { lastReadMs: tookMs, lastReadEnd: context.clock.monotonic() } : {};
    const done = { ...withoutWork(withoutProgress(file)), again: false, ...timing };
    this.#files.put(done);
    if (file.again && !context) {
      // It changed while it was looked at: what was seen counts no longer, and its reading must not wait for a look.
      this.#examine(path);
      return undefined;
    }
    if (file.again && context) this.#examineInTime(done, context);
    return aborted ? undefined : this.#files.get(path);
  }

  /** Starts what may run now. */
  #pump(context: Context): void {
    for (let job = this.#queue.next(); job; job = this.#queue.next()) {
      if (job.kind === "look") this.#startLook(job.path, context);
      else if (job.kind === "open") this.#startOpen(job.path, job.facts, context);
      else this.#startProbe(job.path, job.facts, context);
    }
  }

  #startWork(path: string, kind: Work["kind"]): Work | undefined {
    const file = this.#files.get(path);
    if (!file) return undefined;
    if (file.work) {
      this.#files.put({ ...file, again: true });
      return undefined;
    }
    const work: Work = { kind, token: ++this.#token, stop: new AbortController() };
    this.#queue.started(kind);
    this.#files.put({ ...file, work });
    return work;
  }

  #startLook(path: string, context: Context): void {
    const work = this.#startWork(path, "look");
    if (!work) return;
    const { token } = work;
    context.task("look", async () => ({
      kind: "looked" as const,
      path,
      token,
      result: await this.#reader.look(path),
    }));
  }

  #startOpen(path: string, facts: FileVersion, context: Context): void {
    const work = this.#startWork(path, "open");
    if (!work) return;
    const { token, stop } = work;
    const current = this.#files.get(path)?.loaded;
    context.task("open", async (ended) => {
      const signals = { stop: stop.signal, ended, current };
      const read = await this.#reader.open(facts, signals, {
        each: (done, total) => this.#emitProgress({ path, read: done, total }),
        sometimes: (done, total) => context.send({ kind: "progressed", path, token, read: done, total }),
        early: (loaded) => context.send({ kind: "early", path, token, loaded }),
      });
      return { kind: "opened" as const, path, token, ...read };
    });
  }

  #startProbe(path: string, facts: FileVersion, context: Context): void {
    const work = this.#startWork(path, "probe");
    if (!work) return;
    const { token, stop } = work;
    context.task("probe", async () => ({
      kind: "probed" as const,
      path,
      token,
      ...(await this.#reader.probe(facts, stop.signal)),
    }));
  }

  #closeLoaded(file: TrackedFile, context: Context): void {
    if (!file.loaded) return;
    close(file.loaded, context);
    // A waveform that is closed must not be held by what would hear of its end.
    const end = this.#ends.get(file.loaded);
    if (end) context.scope.release(end);
    this.#ends.delete(file.loaded);
    const { loaded: _loaded, ...rest } = file;
    this.#files.put(rest);
  }

  #remove(path: string): void {
    this.#files.remove(path);
    this.#queue.drop(path);
  }

  #tell(discovery: TrackedFilesState["discovery"], context: Context): void {
    const none = discovery === "loading" ? "loading" : "empty";
    this.#teller.tell(this.#files.all, none, (ms) => context.after(ms, { kind: "tell-due" }));
  }
}

function close(loaded: LoadedWaveform, context: Context): void {
  context.task("close", async () => {
    await loaded.close();
  });
}
