import { inspect, type HostWorld } from "@novywave/component-engine";
import { HOST_WORLD_COMPONENT } from "@novywave/contract";

let known: HostWorld | undefined;

/** What this host offers plugins and asks of them, with the types of the contract. Read once. */
export function hostWorld(): HostWorld {
  known ??= inspect(Buffer.from(HOST_WORLD_COMPONENT, "base64"));
  return known;
}
