import { assertNever, type Result } from "@novywave/base";
import type { Broker } from "../broker/broker.js";
import { done, refused, type HostOutcome } from "../broker/outcome.js";
import type { PluginFailure } from "../failure.js";
import type { GuestEvent } from "../host/guest-event.js";

/** The exports of the worlds of NovyWave 0.2 that tell a plugin something. */
export type AdapterExport = "refresh-opened-files" | "watched-files-changed" | "paths-discovered";

/** What an adapter is made of. */
export interface AdapterParts {
  readonly broker: Broker;
  /** Calls an export of the guest, under its deadline. */
  readonly call: (name: AdapterExport, args: readonly unknown[]) => Promise<Result<void, PluginFailure>>;
  /** Queues a change of a subscription, as if a watcher had seen it. */
  readonly changed: (subscription: bigint, paths: readonly string[]) => void;
  /** Whether the plugin is to end: what takes long is left undone. */
  readonly stopped: () => boolean;
  /** Tells the person what the plugin's functions have no way to answer. */
  readonly warn: (message: string) => void;
}

/**
 * One plugin that was published for NovyWave 0.2: its host functions, done by those of the contract, and its events. It
 * decides nothing: whatever it does goes through the broker, which checks it like any plugin's call.
 */
export interface Adapter {
  /** Arguments were checked, and the capabilities that the function needs are granted. */
  call(functionName: string, args: readonly unknown[]): Promise<HostOutcome>;
  /** Tells the guest of an event, if it concerns it. */
  handle(event: GuestEvent): Promise<Result<void, PluginFailure>>;
  /** After `init` and after each event: does what was put off until the guest's calls were done. */
  settle(): Promise<void>;
}

/** A message of the contract's error, for people; undefined if all is well. */
export function problemOf(outcome: HostOutcome): string | undefined {
  switch (outcome.kind) {
    case "ok":
      return undefined;
    case "refused":
      return outcome.message;
    case "err": {
      const { payload } = outcome;
      if (typeof payload !== "object" || payload === null || !("tag" in payload)) return "it failed";
      const detail = "val" in payload && typeof payload.val === "string" ? `: ${payload.val}` : "";
      return `${String(payload.tag)}${detail}`;
    }
    default:
      return assertNever(outcome);
  }
}

/** Whether the outcome is the case `tag` of the function's error. */
export function isCase(outcome: HostOutcome, tag: string): boolean {
  if (outcome.kind !== "err") return false;
  const { payload } = outcome;
  return typeof payload === "object" && payload !== null && "tag" in payload && payload.tag === tag;
}

/** The functions that all worlds have, and what becomes of one that there is not. */
export async function commonCall(
  { broker }: AdapterParts,
  functionName: string,
  args: readonly unknown[],
): Promise<HostOutcome> {
  switch (functionName) {
    case "log-info":
    case "log-error":
      return broker.act("logging", "log", [functionName === "log-info" ? "info" : "error", ...args]);
    case "get-opened-files":
      return done(await broker.openedFiles());
    default:
      return refused(`there is no function ${functionName}`);
  }
}
