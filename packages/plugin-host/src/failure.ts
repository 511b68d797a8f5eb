/**
 * Every way in which a plugin fails to load or to run.
 *
 * | code | meaning |
 * | --- | --- |
 * | `artifact-missing` | no file at the artifact's path |
 * | `artifact-outside` | the path leaves the folder of `.novywave`, or leads to nowhere |
 * | `artifact-too-large` | the file has more than 64 MiB |
 * | `artifact-invalid` | the path is none, or what it names is no regular file, is not readable, or is not what shipped |
 * | `artifact-truncated` | the file ends in the middle of a section: a build is probably still writing it |
 * | `not-a-component` | the file is no WebAssembly, or a component that the engine cannot read |
 * | `core-module` | the file is a core WebAssembly module, not a component |
 * | `manifest-invalid` | `Plugin.toml` cannot be read or breaks its schema |
 * | `incompatible` | imports, exports and manifest do not fit this host |
 * | `missing-capability` | the component imports a capability that was not granted |
 * | `folder-not-granted` | the entry's `watch` table names a folder that was not granted |
 * | `init-failed` | `init` answered with an error |
 * | `plugin-error` | another export answered with an error; the plugin lives on |
 * | `trap` | the guest trapped or broke the canonical ABI; the instance is gone |
 * | `deadline` | a call took too long and was ended |
 * | `limit` | another limit was reached; the message names it and its number |
 * | `memory` | the worker ran out of memory |
 * | `host-died` | the plugin-host process ended |
 * | `cancelled` | the instance was shut down while the call waited |
 */
export type PluginFailureCode =
  | "artifact-missing"
  | "artifact-outside"
  | "artifact-too-large"
  | "artifact-invalid"
  | "artifact-truncated"
  | "not-a-component"
  | "core-module"
  | "manifest-invalid"
  | "incompatible"
  | "missing-capability"
  | "folder-not-granted"
  | "init-failed"
  | "plugin-error"
  | "trap"
  | "deadline"
  | "limit"
  | "memory"
  | "host-died"
  | "cancelled";

/** Why a plugin does not run: for people (`message`) and for programs (`code`, `details`). */
export interface PluginFailure {
  readonly code: PluginFailureCode;
  /** What happened, where, and what to do. */
  readonly message: string;
  /** The export that was running. */
  readonly export?: string;
  /** Frames of the guest, innermost first, where the platform gives them. */
  readonly backtrace?: string;
  /** What it was doing, where it was ended or died by itself. */
  readonly evidence?: CallEvidence;
  /** The limit that ended it. */
  readonly limit?: LimitReached;
  /** More for programs, by code. */
  readonly details?: unknown;
}

/** A limit as a `limits` table names it, and its number. */
export interface LimitReached {
  readonly name: string;
  readonly value: number;
}

/** What is known about the call during which a plugin came to its end. */
export interface CallEvidence {
  /** The export, or that the component was being loaded. */
  readonly export: string;
  /** The host call that the guest was waiting for, if it was. */
  readonly hostCall?: string;
  /** Milliseconds since the call began. */
  readonly elapsedMs: number;
  /** Milliseconds of those in the guest. */
  readonly guestMs: number;
  /** The last events of this instance, oldest first. */
  readonly lastEvents: readonly string[];
}
