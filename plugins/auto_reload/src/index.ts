import { definePlugin, log, relay, timer, watch } from "@novywave/plugin-sdk/guest";
import { Reloader } from "./reloader.js";
import { readSettings } from "./settings.js";

const host = {
  subscribe: watch.subscribe,
  unsubscribe: watch.unsubscribe,
  scheduleTick: timer.scheduleTick,
  publishRefresh: relay.publishRefresh,
  log: { info: log.info, warn: log.warn },
};
let reloader: Reloader | undefined;

export const lifecycle = definePlugin({
  init(config) {
    reloader = new Reloader(host, readSettings(config));
    return reloader.start();
  },
  handleEvent(event) {
    switch (event.tag) {
      case "filesystem-change":
        reloader?.onChange(event.val);
        break;
      case "tick":
        reloader?.onTick();
        break;
      case "config-updated":
        reloader?.reconfigure(readSettings(event.val));
        break;
    }
  },
  shutdown() {
    reloader?.stop();
  },
});
