import { get } from "novywave:plugins/config@0.1.0";
import { PluginConfig } from "./config.js";

/** The plugin's configuration as it is now. Needs the capability `config`. */
export function currentConfig(): PluginConfig {
  return PluginConfig.fromData(get());
}
