import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { defined, ok, systemClock, type Clock, type Disposable, type Result } from "@novywave/base";
import type { HostEvent } from "@novywave/contract";
import type { Artifact } from "../artifact/artifact.js";
import { inspectArtifact } from "../artifact/inspect-artifact.js";
import type { PluginFailure } from "../failure.js";
import { createPluginHost } from "../host/plugin-host.js";
import type {
  GrantRecord,
  HostLogRecord,
  PluginHost,
  PluginInstance,
  PluginLogRecord,
  PublishedEvent,
  StartRequest,
} from "../host/types.js";
import { withDefaults } from "../limits.js";

/** A watch that the host asked for. */
export interface FakeWatch {
  readonly directories: readonly string[];
  readonly debounceMs: number;
  readonly report: (paths: readonly string[]) => void;
  open: boolean;
}

/** A host with a temporary workspace, and everything that it says. */
export class HostFixture {
  readonly workspace: string;
  readonly host: PluginHost;
  readonly watches: FakeWatch[] = [];
  readonly published: PublishedEvent[] = [];
  readonly logs: PluginLogRecord[] = [];
  readonly audit: GrantRecord[] = [];
  readonly hostLog: HostLogRecord[] = [];
  readonly hostDeaths: PluginFailure[] = [];
  readonly #logged: (() => void)[] = [];

  static async open(transport: "process" | "in-process", clock: Clock = systemClock): Promise<HostFixture> {
    return new HostFixture(await realpath(await mkdtemp(path.join(tmpdir(), "host-"))), transport, clock);
  }

  private constructor(workspace: string, transport: "process" | "in-process", clock: Clock) {
    this.workspace = workspace;
    this.host = createPluginHost(
      {
        transport,
        workspace,
        clock,
        log: (record) => this.hostLog.push(record),
        ports: {
          watch: async (directories, debounceMs, report) => this.#watch(directories, debounceMs, report),
        },
      },
      { deadlineClock: systemClock },
    );
    this.host.published((event) => this.published.push(event));
    this.host.logged((record) => {
      this.logs.push(record);
      for (const wake of this.#logged.splice(0)) wake();
    });
    this.host.granted((record) => this.audit.push(record));
    this.host.hostDied((failure) => this.hostDeaths.push(failure));
  }

  #watch(
    directories: readonly string[],
    debounceMs: number,
    report: (paths: readonly string[]) => void,
  ): Result<Disposable, string> {
    const watch: FakeWatch = { directories, debounceMs, report, open: true };
    this.watches.push(watch);
    return ok({
      [Symbol.dispose]() {
        watch.open = false;
      },
    });
  }

  /** A request that grants what the artifact asks for. */
  request(artifact: Artifact, overrides: Partial<StartRequest> = {}): StartRequest {
    const inspected = inspectArtifact(artifact);
    if (!inspected.ok) throw new Error(inspected.error.message);
    const { manifest, requests } = inspected.value;
    return {
      pluginId: "test.puppet",
      artifact,
      manifest,
      config: {},
      channels: manifest.channels,
      capabilities: requests,
      folders: [this.workspace],
      limits: withDefaults({}),
      ...overrides,
    };
  }

  /** Starts, or throws the failure's text. */
  async start(artifact: Artifact, overrides: Partial<StartRequest> = {}): Promise<PluginInstance> {
    const started = await this.host.start(this.request(artifact, overrides));
    if (!started.ok) throw new Error(`${started.error.code}: ${started.error.message}`);
    return started.value;
  }

  /** Starts what must fail. */
  async startFailure(artifact: Artifact, overrides: Partial<StartRequest> = {}): Promise<PluginFailure> {
    const started = await this.host.start(this.request(artifact, overrides));
    if (started.ok) throw new Error("it started");
    return started.error;
  }

  /** Gives the puppet an order and answers what it logged meanwhile. */
  async order(instance: PluginInstance, command: bigint, ...paths: string[]): Promise<readonly string[]> {
    const before = this.logs.length;
    const result = await instance.handleEvent(order(command, ...paths));
    if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`);
    return this.logs.slice(before).map((record) => record.message);
  }

  /** Resolves when the plugin has logged this. */
  async untilLogged(message: string): Promise<void> {
    while (!this.logs.some((record) => record.message === message)) {
      await new Promise<void>((resolve) => this.#logged.push(resolve));
    }
  }

  watch(index: number): FakeWatch {
    return defined(this.watches[index], `watch ${index}`);
  }

  async close(): Promise<void> {
    await this.host[Symbol.asyncDispose]();
    await rm(this.workspace, { recursive: true, force: true });
  }
}

/** An order to the puppet. */
export function order(command: bigint, ...paths: string[]): HostEvent {
  return { tag: "filesystem-change", val: { subscriptionId: command, paths } };
}

/** Resolves with the first value of an event. */
export function once<T>(event: (listener: (value: T) => void) => Disposable): Promise<T> {
  return new Promise((resolve) => {
    const listening = event((value) => {
      listening[Symbol.dispose]();
      resolve(value);
    });
  });
}
