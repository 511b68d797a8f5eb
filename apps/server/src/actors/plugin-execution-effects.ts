import { assertNever, type Disposable } from "@novywave/base";
import type { ActorContext } from "@novywave/dataflow";
import type { PluginFailure, PluginHost, PluginInstance, StartRequest } from "@novywave/plugin-host";
import type { Effect, InstanceId, LifecycleEvent, TimerName } from "../plugins/lifecycle/model.js";
import { SeedWatch, type OpenWatch } from "../plugins/lifecycle/seed-watch.js";
import type { PluginEntry } from "../plugins/plugin-entry.js";
import type { Preparation, Prepare } from "../plugins/preparation.js";

/** What an execution actor needs of the world. */
export interface ExecutionPorts {
  readonly prepare: Prepare;
  /** Told of the preparation that counts; one that was overtaken is never told. */
  readonly prepared: (pluginId: string, preparation: Preparation) => void;
  readonly host: Pick<PluginHost, "start">;
  /** Watches the folders of the entry's `watch` table, whether an instance runs or not. */
  readonly watch: OpenWatch;
  /** Watches the artifact of the entry; undefined for one that cannot change. */
  readonly watchArtifact: (entry: PluginEntry, onChange: () => void) => Promise<Disposable | undefined>;
  /** In [0, 1). */
  readonly random: () => number;
  /** Told when an entry was turned off or is gone: what its preparation granted counts no longer. */
  readonly released: (pluginId: string) => void;
  /** Told of every death and failure to start, for the structured log. */
  readonly onFailure: (pluginId: string, failure: PluginFailure) => void;
}

type Context<State> = Omit<ActorContext<State, LifecycleEvent>, "state">;

/** Over the artifact of the entry; `ready` resolves when changes are seen. */
interface ArtifactWatch {
  readonly ready: Promise<void>;
  watch?: Disposable;
}

interface Owned {
  readonly instance: PluginInstance;
  readonly deaths: Disposable;
}

/** Does what the transitions ask for, and owns what comes of it: instances, watchers, timers. Decides nothing. */
export class ExecutionEffects {
  readonly #ports: ExecutionPorts;
  readonly #context: Context<unknown>;
  readonly #instances = new Map<InstanceId, Owned>();
  readonly #timers = new Map<TimerName, Disposable>();
  readonly #seed: SeedWatch;
  #artifactWatch: ArtifactWatch | undefined;
  /** One instance takes over after the other. */
  #takeOvers: Promise<void> = Promise.resolve();

  constructor(ports: ExecutionPorts, context: Context<unknown>) {
    this.#ports = ports;
    this.#context = context;
    this.#seed = context.scope.add(
      new SeedWatch(ports.watch, (paths) => context.send({ kind: "changed", paths })),
    );
  }

  instance(id: InstanceId): PluginInstance | undefined {
    return this.#instances.get(id)?.instance;
  }

  perform(effect: Effect, entry: PluginEntry): void {
    switch (effect.kind) {
      case "prepare":
        return this.#prepare(effect.attempt, effect.entry);
      case "start":
        return this.#start(effect);
      case "take-over":
        return this.#takeOver(effect);
      case "stop":
        return this.#stop(effect.instance);
      case "deliver":
        return this.#deliver(effect.instance, effect.paths);
      case "schedule":
        this.#cancel(effect.timer);
        this.#timers.set(effect.timer, this.#context.after(effect.delayMs, effect.event));
        return;
      case "cancel":
        for (const timer of effect.timers) this.#cancel(timer);
        return;
      case "watch-artifact":
        return this.#watchArtifact(effect.entry);
      case "unwatch-artifact":
        return this.#dropArtifactWatch();
      case "unwatch-folders":
        this.#seed[Symbol.dispose]();
        return;
      case "in-force":
        this.#ports.prepared(entry.id, effect.preparation);
        return;
      case "released":
        this.#ports.released(entry.id);
        return;
      case "report":
        this.#ports.onFailure(entry.id, effect.failure);
        return;
      default:
        return assertNever(effect);
    }
  }

  #prepare(attempt: number, entry: PluginEntry): void {
    const watching = this.#artifactWatch?.ready;
    const prepared = (preparation: Preparation) => ({ kind: "prepared" as const, attempt, preparation });
    this.#context.task(
      "prepare",
      async () => {
        // Watched before it is read, so that no build falls between.
        await watching;
        return prepared(await this.#ports.prepare(entry));
      },
      (error) => prepared({ kind: "failed", failure: unexpected("preparing it", error) }),
    );
  }

  #start({ attempt, request, beside }: Extract<Effect, { kind: "start" }>): void {
    const failed = (failure: PluginFailure) => ({ kind: "start-failed" as const, attempt, failure });
    this.#context.task(
      "start",
      async (signal) => {
        const watching = await this.#seed.prepare(attempt, request.watch, beside);
        if (!watching.ok) {
          return failed({ code: "folder-not-granted", message: `watch.directories: ${watching.error}` });
        }
        const started = await this.#ports.host.start(fedFromHere(request), { held: true });
        if (!started.ok) {
          this.#seed.discard(attempt);
          return failed(started.error);
        }
        const instance = started.value;
        // The actor has ended meanwhile: nobody will own the instance.
        if (signal.aborted) return instance.shutdown();
        if (instance.failure) {
          this.#seed.discard(attempt);
          return failed(instance.failure);
        }
        this.#own(attempt, instance);
        return { kind: "started", attempt, description: instance.metadata.description };
      },
      (error) => failed(unexpected("starting it", error)),
    );
  }

  #own(id: InstanceId, instance: PluginInstance): void {
    const deaths = this.#context.scope.add(instance.died(() => this.#tellDeath(id, instance)));
    this.#instances.set(id, { instance, deaths });
  }

  #tellDeath(id: InstanceId, instance: PluginInstance): void {
    const { failure, unhandled } = instance;
    if (!failure) return;
    this.#context.send({ kind: "died", instance: id, failure, unhandled });
  }

  /** The one before finishes what it is doing; what it leaves undone and what was missed goes to the new one. */
  #takeOver({ instance: id, from, missed }: Extract<Effect, { kind: "take-over" }>): void {
    const instance = this.instance(id);
    if (!instance) return;
    const before = from === undefined ? undefined : this.#disown(from);
    // It died before it was known to have started.
    if (!instance.report([])) this.#tellDeath(id, instance);
    this.#takeOvers = this.#relieve(this.#takeOvers, before, instance, missed);
    this.#context.task("take over", () => this.#takeOvers);
  }

  async #relieve(
    earlier: Promise<void>,
    before: PluginInstance | undefined,
    instance: PluginInstance,
    missed: readonly string[],
  ): Promise<void> {
    await earlier;
    const left = before ? await before.retire() : [];
    const changed = [...this.#seed.adopt(), ...left, ...missed];
    if (!instance.accept(changed)) this.#pass(changed);
    await Promise.all([before?.shutdown(), instance.greet?.()]);
  }

  #deliver(id: InstanceId, paths: readonly string[]): void {
    if (this.instance(id)?.report(paths) !== true) this.#pass(paths);
  }

  /** Its death has been told and is dealt with first; then these are for the next instance. */
  #pass(paths: readonly string[]): void {
    if (paths.length > 0) this.#context.send({ kind: "changed", paths });
  }

  #stop(id: InstanceId): void {
    const instance = this.#disown(id);
    if (instance) this.#context.task("shutdown", () => instance.shutdown());
  }

  /** An instance that is gone must not be held by what would hear of its death. */
  #disown(id: InstanceId): PluginInstance | undefined {
    const owned = this.#instances.get(id);
    if (!owned) return undefined;
    this.#instances.delete(id);
    this.#context.scope.release(owned.deaths);
    return owned.instance;
  }

  #watchArtifact(entry: PluginEntry): void {
    this.#dropArtifactWatch();
    const opened = this.#ports
      .watchArtifact(entry, () => this.#context.send({ kind: "artifact-changed" }))
      .catch(() => undefined);
    const own: ArtifactWatch = { ready: opened.then(() => undefined) };
    this.#artifactWatch = own;
    this.#context.task("watch artifact", async (signal) => {
      const watch = await opened;
      if (!watch) return;
      // Another artifact, or none, is watched by now.
      if (signal.aborted || this.#artifactWatch !== own) watch[Symbol.dispose]();
      else own.watch = this.#context.scope.add(watch);
    });
  }

  #dropArtifactWatch(): void {
    const watch = this.#artifactWatch?.watch;
    if (watch) this.#context.scope.release(watch);
    this.#artifactWatch = undefined;
  }

  #cancel(timer: TimerName): void {
    const running = this.#timers.get(timer);
    if (running) this.#context.scope.release(running);
    this.#timers.delete(timer);
  }
}

/** The folders of the `watch` table are watched here, for longer than one instance lives. */
function fedFromHere(request: StartRequest): StartRequest {
  const { watch } = request;
  return watch ? { ...request, watch: { ...watch, reportedBy: "caller" } } : request;
}

/** A fault of the program: this plugin is down by it, and nothing else. */
function unexpected(doing: string, error: unknown): PluginFailure {
  const reason = error instanceof Error ? error.message : String(error);
  return { code: "host-died", export: doing, message: `The program failed while ${doing}: ${reason}` };
}
