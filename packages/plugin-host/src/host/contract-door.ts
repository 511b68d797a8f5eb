import { assertNever, err, ok, type Result } from "@novywave/base";
import type { ConfigData, PluginMetadata } from "@novywave/contract";
import { pluginMetadataSchema } from "../broker/arguments.js";
import type { Broker } from "../broker/broker.js";
import type { HostOutcome } from "../broker/outcome.js";
import type { PluginFailure } from "../failure.js";
import type { PluginLimits } from "../limits.js";
import { printable } from "../text.js";
import type { GuestDoor } from "./guest-door.js";
import type { GuestEvent } from "./guest-event.js";
import type { GuestSession } from "./guest-session.js";

/** Of what `init` says: it becomes the plugin's status. */
export const maxDescription = 1_000;

/** The door of plugins of the contract: its exports are called, and its functions are those of the broker. */
export class ContractDoor implements GuestDoor {
  readonly #session: () => GuestSession;
  readonly #broker: Broker;
  readonly #limits: PluginLimits;
  readonly hearsOfOpenedFiles = false;

  constructor(session: () => GuestSession, broker: Broker, limits: PluginLimits) {
    this.#session = session;
    this.#broker = broker;
    this.#limits = limits;
  }

  async init(config: ConfigData): Promise<Result<PluginMetadata, PluginFailure>> {
    const answer = await this.#session().call("init", [config], this.#limits.initDeadlineMs);
    if (!answer.ok) return answer;
    const metadata = pluginMetadataSchema.safeParse(answer.value);
    if (!metadata.success) {
      return err({
        code: "incompatible",
        export: "init",
        message: "init answered with metadata that is not that of the contract",
      });
    }
    const { version, description } = metadata.data;
    return ok({
      ...metadata.data,
      version: printable(version, maxDescription),
      description: printable(description, maxDescription),
    });
  }

  async handle(event: GuestEvent, label: string): Promise<Result<void, PluginFailure>> {
    switch (event.tag) {
      case "opened-files-changed":
        return ok();
      case "tick":
      case "filesystem-change":
      case "config-updated": {
        const answer = await this.#session().call(
          "handle-event",
          [event],
          this.#limits.callDeadlineMs,
          label,
        );
        return answer.ok ? ok() : answer;
      }
      default:
        return assertNever(event);
    }
  }

  missedOpenedFiles(): boolean {
    return false;
  }

  hostCall(interfaceName: string, functionName: string, args: readonly unknown[]): Promise<HostOutcome> {
    return this.#broker.call(interfaceName, functionName, args);
  }
}
