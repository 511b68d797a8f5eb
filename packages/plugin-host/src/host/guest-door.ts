import type { Result } from "@novywave/base";
import type { ConfigData, PluginMetadata } from "@novywave/contract";
import type { HostOutcome } from "../broker/outcome.js";
import type { PluginFailure } from "../failure.js";
import type { GuestEvent } from "./guest-event.js";

/** How the host reaches a guest and is reached by it, whatever the guest's world. */
export interface GuestDoor {
  init(config: ConfigData): Promise<Result<PluginMetadata, PluginFailure>>;
  /** Tells the guest of an event; `label` says which, in records of failures. */
  handle(event: GuestEvent, label: string): Promise<Result<void, PluginFailure>>;
  /** Does what the guest asks. */
  hostCall(interfaceName: string, functionName: string, args: readonly unknown[]): Promise<HostOutcome>;
  /** Whether the guest wants to know that other files are open. */
  readonly hearsOfOpenedFiles: boolean;
  /** Whether other files are open than when `init` was called, and the guest wants to know. */
  missedOpenedFiles(): boolean;
}
