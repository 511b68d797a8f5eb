import { assertNever, err, ok, type Result } from "@novywave/base";
import type { WorldName } from "../artifact/check-exports.js";
import type { Broker } from "../broker/broker.js";
import type { PluginFailure } from "../failure.js";
import type { StartRequest } from "./types.js";

/**
 * Makes a subscription of the entry's `watch` table, before `init`. A plugin that does not watch starts without it, and
 * that is said; a folder that was not granted keeps the plugin from starting.
 */
export async function watchEntry(
  request: StartRequest,
  world: WorldName,
  broker: Broker,
  warn: (message: string) => void,
): Promise<Result<void, PluginFailure>> {
  const { watch, manifest } = request;
  if (!watch || watch.directories.length === 0) return ok();
  if (world === "smoke" || !manifest.capabilities.some(({ name }) => name === "watch")) {
    warn("the entry's `watch` table is not used: the plugin's manifest does not ask for `watch`");
    return ok();
  }
  if (!broker.authoriser.capability("watch")) {
    return err({
      code: "missing-capability",
      message: "the entry has a `watch` table, but the capability `watch` is not granted",
      details: { capability: "watch" },
    });
  }
  const subscribed = await broker.watch(watch.directories, watch.debounceMs, watch.reportedBy ?? "host");
  if (subscribed.ok) return ok();
  const { tag, val } = subscribed.error;
  switch (tag) {
    case "not-found":
      return err({
        code: "folder-not-granted",
        message: `watch.directories: "${val}" is not inside a granted folder`,
        details: { folder: val },
      });
    case "limit-reached":
      return err({ code: "limit", message: `watch.directories: ${val}` });
    case "io":
      return err({ code: "folder-not-granted", message: `watch.directories: ${val}` });
    default:
      return assertNever(tag);
  }
}
