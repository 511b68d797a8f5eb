import type { HostEvent } from "@novywave/contract";

/** What waits for a guest: an event of the contract, or one that only plugins of NovyWave 0.2 hear of. */
export type GuestEvent = HostEvent | { readonly tag: "opened-files-changed" };
