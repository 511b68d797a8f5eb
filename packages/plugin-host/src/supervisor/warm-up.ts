import { HOST_WORLD_COMPONENT, INTERFACES } from "@novywave/contract";
import { decode, encode } from "../wire/codec.js";
import type { LinkedInterface, WireLimits } from "../wire/messages.js";
import { compileGuest } from "./compile-guest.js";
import { Guest } from "./guest.js";

const limits: WireLimits = { memoryBytes: 1 << 20, liftedBytes: 1 << 20 };

/**
 * Loads a component that does nothing, so that the code which loads a plugin has run once in this thread: the first time
 * takes several times as long as the second. Nothing stays of it.
 */
export async function warmUp(): Promise<void> {
  const component = await compileGuest(Buffer.from(HOST_WORLD_COMPONENT, "base64"), limits);
  const links = component.imports.flatMap((item): LinkedInterface[] => {
    if (item.kind !== "instance" || item.type.functions.length === 0) return [];
    const functions = item.type.functions.map((func) => func.name);
    return [{ import: item.name, interface: item.name, functions }];
  });
  const guest = new Guest(component, links, INTERFACES.lifecycle, limits, () => ({
    kind: "refused",
    message: "there is no host",
  }));
  // Its functions trap; the arguments have been lowered by then.
  decode(encode({ call: 1, outcome: guest.call("init", [[{ key: "greeting", value: '"hello"' }]]) }));
}
