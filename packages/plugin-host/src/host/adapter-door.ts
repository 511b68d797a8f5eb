import { ok, type Result } from "@novywave/base";
import type { PluginMetadata } from "@novywave/contract";
import { adaptedCall } from "../adapters/adapted-call.js";
import type { Adapter } from "../adapters/adapter.js";
import { createAdapter } from "../adapters/create-adapter.js";
import type { AdapterName } from "../adapters/world.js";
import type { Broker } from "../broker/broker.js";
import { refused, type HostOutcome } from "../broker/outcome.js";
import type { PluginFailure } from "../failure.js";
import type { PluginLimits } from "../limits.js";
import type { Manifest } from "../manifest/manifest.js";
import { printable } from "../text.js";
import { maxDescription } from "./contract-door.js";
import type { GuestDoor } from "./guest-door.js";
import type { GuestEvent } from "./guest-event.js";
import type { GuestSession } from "./guest-session.js";

export interface AdapterDoorOptions {
  readonly name: AdapterName;
  readonly session: () => GuestSession;
  readonly broker: Broker;
  readonly limits: PluginLimits;
  readonly manifest: Manifest;
  /** Queues a change of a subscription. */
  readonly changed: (subscription: bigint, paths: readonly string[]) => void;
  /** Whether the plugin is to end. */
  readonly stopped: () => boolean;
  readonly warn: (message: string) => void;
}

/** The door of plugins that were published for NovyWave 0.2: an adapter stands between them and the broker. */
export class AdapterDoor implements GuestDoor {
  readonly #options: AdapterDoorOptions;
  readonly #adapter: Adapter;
  readonly hearsOfOpenedFiles: boolean;
  #openedAtInit: readonly string[] = [];

  constructor(options: AdapterDoorOptions) {
    const { name, session, broker, limits, changed, stopped, warn } = options;
    this.#options = options;
    this.hearsOfOpenedFiles = name !== "hello-world";
    this.#adapter = createAdapter(name, {
      broker,
      changed,
      stopped,
      warn,
      call: async (exportName, args) => {
        const answer = await session().call(exportName, args, limits.callDeadlineMs);
        return answer.ok ? ok() : answer;
      },
    });
  }

  /** They answer nothing: what is known about them is their manifest. */
  async init(): Promise<Result<PluginMetadata, PluginFailure>> {
    const { session, limits, manifest, name, broker } = this.#options;
    this.#openedAtInit = broker.allOpenedFiles;
    const answer = await session().call("init", [], limits.initDeadlineMs);
    if (!answer.ok) return answer;
    await this.#adapter.settle();
    return ok({
      version: printable(manifest.version, maxDescription),
      description: printable(manifest.description, maxDescription) || `A ${name} plugin for NovyWave 0.2`,
      capabilities: manifest.capabilities.map((capability) => capability.name),
      configSchema: undefined,
    });
  }

  missedOpenedFiles(): boolean {
    if (!this.hearsOfOpenedFiles) return false;
    const now = this.#options.broker.allOpenedFiles;
    return now.length !== this.#openedAtInit.length || now.some((file, i) => file !== this.#openedAtInit[i]);
  }

  async handle(event: GuestEvent): Promise<Result<void, PluginFailure>> {
    try {
      const handled = await this.#adapter.handle(event);
      if (handled.ok) await this.#adapter.settle();
      return handled;
    } catch (error) {
      // A fault of the host: the plugin lives on, it has not heard of this event.
      this.#options.warn(`the host failed to pass on ${event.tag}: ${String(error)}`);
      return ok();
    }
  }

  async hostCall(
    interfaceName: string,
    functionName: string,
    args: readonly unknown[],
  ): Promise<HostOutcome> {
    const { name, broker } = this.#options;
    if (interfaceName === "stdio" || interfaceName === "file-contents")
      return broker.call(interfaceName, functionName, args);
    if (interfaceName !== name) return refused(`there is no interface ${interfaceName}`);
    return adaptedCall(name, this.#adapter, broker, functionName, args);
  }
}
