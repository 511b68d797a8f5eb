import { ok } from "@novywave/base";
import { commonCall, type Adapter, type AdapterParts } from "./adapter.js";

/** Plugins of the world `novywave:hello-world`: they log, and hear of nothing. */
export function helloWorld(parts: AdapterParts): Adapter {
  return {
    call: (name, args) => commonCall(parts, name, args),
    handle: async () => ok(),
    settle: async () => {},
  };
}
