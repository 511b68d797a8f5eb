import type { EngineLimits } from "@novywave/component-engine";
import type { WireLimits } from "../wire/messages.js";

/** The limits of a plugin, as the engine has them. */
export function engineLimits(limits: WireLimits): Partial<EngineLimits> {
  return {
    maxMemoryBytes: limits.memoryBytes,
    maxLiftedBytes: limits.liftedBytes,
    // No text is bounded more narrowly than all of a call together.
    maxStringBytes: limits.liftedBytes,
  };
}
