import * as host from "novywave:plugins/relay@0.1.0";
import { hostCall } from "./host-error.js";

// Each needs its channel in the manifest's `channels`. Each throws `HostError`.

/** Publishes the waveform files that the plugin knows of; the list replaces the one before. */
export function publishDiscovery(paths: readonly string[]): void {
  // The host puts the plugin's own id in.
  const payload = { pluginId: "", discovered: paths };
  hostCall("relay.publish", () => host.publish("discovery", { tag: "discovery", val: payload }));
}

/** Asks to read files again; an empty list means all that are open. */
export function publishRefresh(paths: readonly string[]): void {
  hostCall("relay.publish", () => host.publish("refresh-timeline", { tag: "refresh-timeline", val: paths }));
}

/** Publishes a line that others may listen to. For the plugin's own log use `log`. */
export function publishLog(text: string): void {
  hostCall("relay.publish", () => host.publish("log", { tag: "log", val: text }));
}
