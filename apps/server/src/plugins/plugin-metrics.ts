import type { PluginStats } from "@novywave/plugin-host";

/** What one plugin has used, on the debug relay and on `/metrics`. */
export interface PluginMetrics {
  readonly pluginId: string;
  /** Times that it ended without having been asked to, since the server started. */
  readonly deaths: number;
  /** Times that it was started. */
  readonly starts: number;
  /** Of the running instance; absent while none runs. */
  readonly stats?: PluginStats;
}
