import { assertNever } from "@novywave/base";
import type { Adapter, AdapterParts } from "./adapter.js";
import { FilesDiscovery } from "./files-discovery.js";
import { helloWorld } from "./hello-world.js";
import { ReloadWatcher } from "./reload-watcher.js";
import type { AdapterName } from "./world.js";

export function createAdapter(name: AdapterName, parts: AdapterParts): Adapter {
  switch (name) {
    case "hello-world":
      return helloWorld(parts);
    case "reload-watcher":
      return new ReloadWatcher(parts);
    case "files-discovery":
      return new FilesDiscovery(parts);
    default:
      return assertNever(name);
  }
}
