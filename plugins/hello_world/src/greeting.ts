import type { PluginConfig } from "@novywave/plugin-sdk/config";

/** The message for a configuration; `NovyWave` greets when none is configured. */
export function greetingOf(config: PluginConfig): string {
  return `Hello from ${config.string("greeting", "NovyWave")}`;
}
