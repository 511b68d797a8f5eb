import * as host from "novywave:plugins/watch@0.1.0";
import { hostCall } from "./host-error.js";

/**
 * Watches folders and all below them. Changes arrive as `filesystem-change` with the id that is returned, after
 * `debounceMs` of quiet. Throws `HostError`.
 */
export function subscribe(directories: readonly string[], debounceMs: number): number {
  return hostCall("watch.subscribe", () => host.subscribe(directories, debounceMs));
}

/** Ends a subscription; unknown ids are ignored. */
export function unsubscribe(subscriptionId: number): void {
  host.unsubscribe(subscriptionId);
}
