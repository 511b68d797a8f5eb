import type {
  ChangeNotification,
  ConfigData,
  HostEvent,
  PluginError,
  PluginMetadata,
} from "@novywave/contract/guest";
import manifest from "novywave:manifest";
import { InvalidConfigError, PluginConfig } from "./config.js";
import { HostError } from "./host-error.js";

/** What the host tells a plugin. */
export type PluginEvent =
  | { readonly tag: "tick" }
  | { readonly tag: "filesystem-change"; readonly val: ChangeNotification }
  | { readonly tag: "config-updated"; readonly val: PluginConfig };

export interface PluginDefinition {
  /**
   * Called once, before anything else. Returns the status message that the person sees. Throw `InvalidConfigError` for
   * a configuration that cannot be used.
   */
  init(config: PluginConfig): string;
  /** Called for each event, one at a time. */
  handleEvent?(event: PluginEvent): void;
  /** Called once, last. */
  shutdown?(): void;
}

export interface SmokeDefinition {
  init(config: PluginConfig): string;
  greet?(): void;
  shutdown?(): void;
}

/** What a component exports as `lifecycle`. */
export interface LifecycleExports {
  init(config: ConfigData): PluginMetadata;
  handleEvent(event: HostEvent): void;
  shutdown(): void;
}

/** What a component exports as `smoke`. */
export interface SmokeExports {
  init(config: ConfigData): PluginMetadata;
  greet(): void;
  shutdown(): void;
}

/**
 * A plugin, for `export const lifecycle = definePlugin({ … })`. Version, capabilities and configuration schema come
 * from `Plugin.toml`. What the functions throw reaches the host as a typed error, not as a trap.
 */
export function definePlugin(definition: PluginDefinition): LifecycleExports {
  return {
    init: (config) => guard(() => metadata(definition.init(PluginConfig.fromData(config)))),
    handleEvent: (event) => guard(() => definition.handleEvent?.(readEvent(event))),
    shutdown: () => definition.shutdown?.(),
  };
}

/** The smallest plugin, for `export const smoke = defineSmokePlugin({ … })`: it imports nothing. */
export function defineSmokePlugin(definition: SmokeDefinition): SmokeExports {
  return {
    init: (config) => guard(() => metadata(definition.init(PluginConfig.fromData(config)))),
    greet: () => definition.greet?.(),
    shutdown: () => definition.shutdown?.(),
  };
}

function metadata(description: string): PluginMetadata {
  const { version, capabilities, configSchema } = manifest;
  return { version, description, capabilities, configSchema };
}

function readEvent(event: HostEvent): PluginEvent {
  return event.tag === "config-updated" ? { tag: event.tag, val: PluginConfig.fromData(event.val) } : event;
}

/** An exception leaves a guest as a trap; only a thrown value of the error's own type becomes the error of the result. */
function guard<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    // oxlint-disable-next-line typescript/only-throw-error -- the contract's error is a plain value
    throw asPluginError(error);
  }
}

function asPluginError(error: unknown): PluginError {
  if (error instanceof InvalidConfigError) return { tag: "invalid-config", val: error.message };
  if (error instanceof HostError) return { tag: "io", val: error.message };
  if (error instanceof Error)
    return { tag: "failed", val: `${error.name}: ${error.message}\n${error.stack ?? ""}`.trim() };
  return { tag: "failed", val: String(error) };
}
