import type { Capability } from "../capability.js";
import type { PluginLimits } from "../limits.js";

/** A capability that the plugin asks for, and why: the reason is what a person reads before agreeing. */
export interface CapabilityRequest {
  readonly name: Capability;
  readonly reason: string;
}

/** What a plugin says about itself: `Plugin.toml`. */
export interface Manifest {
  readonly id: string;
  readonly version: string;
  readonly description: string;
  readonly authors: readonly string[];
  readonly license: string;
  readonly capabilities: readonly CapabilityRequest[];
  /** Channels that the plugin publishes on. */
  readonly channels: readonly string[];
  /** JSON Schema of the entry's `config` table. */
  readonly configSchema?: unknown;
  readonly limits?: Partial<PluginLimits>;
  /** Where it comes from: `embedded` in the artifact, `<artifact>.toml` beside it, or made from the `imports`. */
  readonly source: "embedded" | "beside" | "imports";
}
