import { definePlugin, filesystem, log, relay, watch } from "@novywave/plugin-sdk/guest";
import { Scanner } from "./scanner.js";
import { readSettings } from "./settings.js";

const host = {
  findFiles: filesystem.findFiles,
  subscribe: watch.subscribe,
  unsubscribe: watch.unsubscribe,
  publishDiscovery: relay.publishDiscovery,
  log: { debug: log.debug, info: log.info, warn: log.warn },
};
let scanner: Scanner | undefined;

export const lifecycle = definePlugin({
  init(config) {
    scanner = new Scanner(host, readSettings(config));
    return scanner.start();
  },
  handleEvent(event) {
    switch (event.tag) {
      case "filesystem-change":
        scanner?.scan();
        break;
      case "config-updated":
        scanner?.reconfigure(readSettings(event.val));
        break;
      case "tick":
        break;
    }
  },
  shutdown() {
    scanner?.stop();
  },
});
