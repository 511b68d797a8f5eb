/**
 * The answer to a host call: a value, the payload of the function's error, or a reason to end the guest, which is for
 * calls that no guest can make through its imports.
 */
export type HostOutcome =
  | { readonly kind: "ok"; readonly value: unknown }
  | { readonly kind: "err"; readonly payload: unknown }
  | { readonly kind: "refused"; readonly message: string };

export const done = (value?: unknown): HostOutcome => ({ kind: "ok", value });
export const failed = (payload: unknown): HostOutcome => ({ kind: "err", payload });
export const refused = (message: string): HostOutcome => ({ kind: "refused", message });
