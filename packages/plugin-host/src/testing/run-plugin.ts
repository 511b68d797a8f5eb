import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { SimulatedClock, systemClock, type Disposable, ok } from "@novywave/base";
import type { HostEvent, PluginEvent, PluginMetadata } from "@novywave/contract";
import type { BuiltinArtifacts } from "../artifact/artifact.js";
import { inspectArtifact } from "../artifact/inspect-artifact.js";
import { makeArtifact, readArtifact } from "../artifact/read-artifact.js";
import { toConfigData } from "../config/config-data.js";
import { checkConfig } from "../config/check-config.js";
import type { PluginFailure } from "../failure.js";
import { createPluginHost } from "../host/plugin-host.js";
import type { PluginStats } from "../host/stats.js";
import type { GrantRecord, PluginInstance, PluginLogRecord, PublishedEvent } from "../host/types.js";
import { withDefaults, type PluginLimits } from "../limits.js";
import { isInsideAny } from "../paths/segments.js";

export interface RunPluginOptions {
  /** The component: its bytes, or the path of the file. */
  readonly artifact: Uint8Array | string;
  /** The entry's `config` table. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Files of the workspace, by relative path; a path that ends in `/` is a folder. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** The entry's `watch` table, relative to the workspace. */
  readonly watch?: { readonly directories: readonly string[]; readonly debounceMs?: number };
  /** Channels of the entry; those of the manifest by default. */
  readonly channels?: readonly string[];
  readonly limits?: Partial<PluginLimits>;
  /** Waveform files that are open, relative to the workspace; only plugins of NovyWave 0.2 ask. */
  readonly openedFiles?: readonly string[];
  /** Called with each line that the plugin logs, also in an `init` that fails. */
  readonly onLog?: (record: PluginLogRecord) => void;
  /** Stands still by itself; a new one by default. */
  readonly clock?: SimulatedClock;
}

/** A plugin under test. Dispose it, or its temporary workspace stays. */
export interface PluginRun {
  /** The workspace: a new temporary folder, canonical. */
  readonly workspace: string;
  /** What `init` answered. */
  readonly metadata: PluginMetadata;
  /** Everything published, oldest first. */
  readonly published: readonly PublishedEvent[];
  /** The events alone, for comparing. */
  readonly events: readonly PluginEvent[];
  /** Everything logged, oldest first. */
  readonly logs: readonly PluginLogRecord[];
  /** What was granted and denied. */
  readonly audit: readonly GrantRecord[];
  readonly stats: PluginStats;
  /** Why it ended, if it did. */
  readonly failure: PluginFailure | undefined;
  /** Writes (or replaces) a file of the workspace; tells nobody. */
  write(file: string, content: string | Uint8Array): Promise<void>;
  /** Removes a file of the workspace; tells nobody. */
  remove(file: string): Promise<void>;
  /** Tells watchers that these paths (relative to the workspace) changed, lets their debounce pass, and waits for the plugin. */
  change(...paths: readonly string[]): Promise<void>;
  /** Opens these files instead of those that were open, tells the plugin, and waits for it. */
  openFiles(...files: readonly string[]): Promise<void>;
  /** Moves time forward and waits until the plugin has handled what fell due. */
  advance(ms: number): Promise<void>;
  /** Sends an event and waits until it is handled. Throws the plugin's error. */
  send(event: HostEvent): Promise<void>;
  /** Sends `config-updated`. */
  configure(config: Readonly<Record<string, unknown>>): Promise<void>;
  /** Calls `greet` of the smoke world. */
  greet(): Promise<void>;
  /** Calls `shutdown` and removes the workspace. */
  dispose(): Promise<void>;
}

/** Thrown where a plugin did not start, or answered with an error. */
export class PluginRunError extends Error {
  override readonly name = "PluginRunError";
  readonly failure: PluginFailure;

  constructor(failure: PluginFailure) {
    super(`${failure.code}: ${failure.message}`);
    this.failure = failure;
  }
}

const noBuiltins: BuiltinArtifacts = { get: () => undefined, isShipped: () => false };

/**
 * Runs a plugin in this process against a temporary workspace, a clock that stands still, and watchers that are told
 * what changed. Everything else is the real host: manifest, capabilities, path check and limits are those of NovyWave.
 *
 * @example
 * const run = await runPlugin({ artifact: "plugins/dist/waveform_scanner_plugin.wasm", files: { "a/b.vcd": "" } });
 * expect(run.events).toEqual([...]);
 * await run.dispose();
 */
export async function runPlugin(options: RunPluginOptions): Promise<PluginRun> {
  const workspace = await realpath(await mkdtemp(path.join(tmpdir(), "novywave-plugin-")));
  try {
    for (const [file, content] of Object.entries(options.files ?? {}))
      await writeTo(workspace, file, content);
    return await startRun(options, workspace);
  } catch (error) {
    await rm(workspace, { recursive: true, force: true });
    throw error;
  }
}

async function startRun(options: RunPluginOptions, workspace: string): Promise<PluginRun> {
  const artifact =
    typeof options.artifact === "string"
      ? await readArtifact({
          artifactPath: path.basename(options.artifact),
          configFolder: path.dirname(path.resolve(options.artifact)),
          builtins: noBuiltins,
        })
      : makeArtifact("plugin.wasm", options.artifact);
  if (!artifact.ok) throw new PluginRunError(artifact.error);
  const inspected = inspectArtifact(artifact.value);
  if (!inspected.ok) throw new PluginRunError(inspected.error);
  const { manifest } = inspected.value;
  const config = options.config ?? {};
  const [problem] = await checkConfig(manifest.configSchema, config);
  if (problem) {
    throw new PluginRunError({
      code: "init-failed",
      message: `config${problem.path}: ${problem.message}`,
      details: problem,
    });
  }
  const clock = options.clock ?? new SimulatedClock();
  const watchers = new FakeWatchers(clock);
  const published: PublishedEvent[] = [];
  const logs: PluginLogRecord[] = [];
  const audit: GrantRecord[] = [];
  const opened = { files: resolveAll(workspace, options.openedFiles ?? []) };
  const host = createPluginHost(
    {
      transport: "in-process",
      workspace,
      clock,
      log: () => {},
      ports: {
        watch: async (directories, debounceMs, onChange) =>
          ok(watchers.add(directories, debounceMs, onChange)),
        openedFiles: () => opened.files,
      },
    },
    { deadlineClock: systemClock },
  );
  host.published((event) => published.push(event));
  host.logged((record) => {
    logs.push(record);
    options.onLog?.(record);
  });
  host.granted((record) => audit.push(record));
  const started = await host.start({
    pluginId: manifest.id,
    artifact: artifact.value,
    manifest,
    config,
    channels: options.channels ?? manifest.channels,
    capabilities: manifest.capabilities.map(({ name }) => name),
    folders: [workspace],
    limits: withDefaults(options.limits ?? {}),
    ...(options.watch
      ? { watch: { directories: options.watch.directories, debounceMs: options.watch.debounceMs ?? 250 } }
      : {}),
  });
  if (!started.ok) {
    await host[Symbol.asyncDispose]();
    throw new PluginRunError(started.error);
  }
  const instance = started.value;
  await instance.idle();
  return makeRun({
    workspace,
    instance,
    clock,
    watchers,
    opened,
    published,
    logs,
    audit,
    close: () => host[Symbol.asyncDispose](),
  });
}

function makeRun(parts: {
  workspace: string;
  instance: PluginInstance;
  clock: SimulatedClock;
  watchers: FakeWatchers;
  opened: { files: readonly string[] };
  published: readonly PublishedEvent[];
  logs: readonly PluginLogRecord[];
  audit: readonly GrantRecord[];
  close: () => Promise<void>;
}): PluginRun {
  const { workspace, instance, clock, watchers, opened, published, logs, audit } = parts;
  const send = async (event: HostEvent): Promise<void> => {
    const result = await instance.handleEvent(event);
    if (!result.ok) throw new PluginRunError(result.error);
  };
  return {
    workspace,
    metadata: instance.metadata,
    published,
    logs,
    audit,
    get events() {
      return published.map(({ event }) => event);
    },
    get stats() {
      return instance.stats;
    },
    get failure() {
      return instance.failure;
    },
    write: (file, content) => writeTo(workspace, file, content),
    remove: (file) => rm(path.join(workspace, file), { recursive: true, force: true }),
    async change(...paths) {
      watchers.change(resolveAll(workspace, paths));
      clock.advance(watchers.longestDebounce);
      await instance.idle();
    },
    async openFiles(...files) {
      opened.files = resolveAll(workspace, files);
      instance.openedFilesChanged();
      await instance.idle();
    },
    async advance(ms) {
      clock.advance(ms);
      await instance.idle();
    },
    send,
    configure: (config) => send({ tag: "config-updated", val: toConfigData(config) }),
    async greet() {
      const result = await instance.greet?.();
      if (result?.ok === false) throw new PluginRunError(result.error);
    },
    async dispose() {
      await instance.shutdown();
      await parts.close();
      await rm(workspace, { recursive: true, force: true });
    },
  };
}

function resolveAll(workspace: string, files: readonly string[]): readonly string[] {
  return files.map((file) => path.resolve(workspace, file));
}

async function writeTo(workspace: string, file: string, content: string | Uint8Array): Promise<void> {
  const target = path.join(workspace, file);
  if (file.endsWith("/")) {
    await mkdir(target, { recursive: true });
    return;
  }
  await mkdir(path.dirname(target), { recursive: true });
  await writeFile(target, content);
}

interface Watcher {
  readonly directories: readonly string[];
  readonly debounceMs: number;
  readonly report: (paths: readonly string[]) => void;
  readonly pending: Set<string>;
  timer: Disposable | undefined;
}

/** Stands in for the file system's notifications: debounces on the test's clock. */
class FakeWatchers {
  readonly #clock: SimulatedClock;
  readonly #watchers = new Set<Watcher>();

  constructor(clock: SimulatedClock) {
    this.#clock = clock;
  }

  add(
    directories: readonly string[],
    debounceMs: number,
    report: (paths: readonly string[]) => void,
  ): Disposable {
    const watcher: Watcher = { directories, debounceMs, report, pending: new Set(), timer: undefined };
    this.#watchers.add(watcher);
    return {
      [Symbol.dispose]: () => {
        watcher.timer?.[Symbol.dispose]();
        this.#watchers.delete(watcher);
      },
    };
  }

  get longestDebounce(): number {
    return Math.max(0, ...[...this.#watchers].map(({ debounceMs }) => debounceMs));
  }

  change(paths: readonly string[]): void {
    for (const watcher of this.#watchers) {
      const seen = paths.filter((file) => isInsideAny(watcher.directories, file));
      if (seen.length === 0) continue;
      for (const file of seen) watcher.pending.add(file);
      watcher.timer?.[Symbol.dispose]();
      watcher.timer = this.#clock.schedule(watcher.debounceMs, () => {
        const changed = [...watcher.pending].sort();
        watcher.pending.clear();
        watcher.report(changed);
      });
    }
  }
}
