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
import { withSourcePositions } from "./source-positions.js";
import { initBegins } from "./started.js";

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
 * from `Plugin.toml`. What `init` and `handleEvent` throw reaches the host as a typed error. The contract has none for
 * `shutdown` and `greet`: what they throw is a trap without words, so what can fail there is best caught and logged.
 */
export function definePlugin(definition: PluginDefinition): LifecycleExports {
  checkNames("definePlugin", definition, ["init", "handleEvent", "shutdown"]);
  return {
    init: (config) => guard(() => begin(definition, config)),
    handleEvent: (event) =>
      guard(() => refusePromise("handleEvent", definition.handleEvent?.(readEvent(event)))),
    shutdown: () => definition.shutdown?.(),
  };
}

/** The smallest plugin, for `export const smoke = defineSmokePlugin({ … })`: it imports nothing. */
export function defineSmokePlugin(definition: SmokeDefinition): SmokeExports {
  checkNames("defineSmokePlugin", definition, ["init", "greet", "shutdown"]);
  return {
    init: (config) => guard(() => begin(definition, config)),
    greet: () => definition.greet?.(),
    shutdown: () => definition.shutdown?.(),
  };
}

/** A misspelt function would never be called. The module is run while it is built, so the build says so. */
function checkNames(caller: string, definition: object, known: readonly string[]): void {
  for (const name of Object.keys(definition)) {
    if (!known.includes(name))
      throw new TypeError(`${caller} does not know \`${name}\`; it takes ${known.join(", ")}`);
  }
}

/** Types are not checked by the build: what comes after an `await` would be lost without a word. */
function refusePromise(name: string, result: unknown): void {
  if (result instanceof Promise)
    throw new TypeError(`${name} returned a Promise; plugins have no async: call the host and return`);
}

function begin(definition: PluginDefinition | SmokeDefinition, config: ConfigData): PluginMetadata {
  initBegins();
  return metadata(definition.init(PluginConfig.fromData(config)));
}

function metadata(description: unknown): PluginMetadata {
  refusePromise("init", description);
  if (typeof description !== "string")
    throw new TypeError(
      `init has to return a text, the status message, but returned ${String(description)}; add a \`return\``,
    );
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
    return {
      tag: "failed",
      val: `${error.name}: ${error.message}\n${withSourcePositions(error.stack ?? "")}`.trim(),
    };
  return { tag: "failed", val: String(error) };
}
