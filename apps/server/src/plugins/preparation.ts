import type { PluginFailure, StartRequest } from "@novywave/plugin-host";
import type { ConsentRequest, PendingBuild } from "@novywave/protocol";
import type { PluginEntry } from "./plugin-entry.js";

/** What is known about an artifact without having run any of it. */
export interface ArtifactFacts {
  readonly version: string;
  readonly sha256: string;
  readonly capabilities: readonly string[];
  readonly description: string;
  readonly configSchema?: unknown;
  /** Why it may run; absent if it may not. */
  readonly trust?: "shipped" | "approved" | "session";
  /** A newer build that has taken this one's place in the workspace, and does not run. */
  readonly pending?: PendingBuild;
  /** Why that one cannot run, if it cannot. */
  readonly pendingFailure?: PluginFailure;
}

/** What becomes of a build that runs, when another does not take its place. */
export interface Succession {
  /** Whether the build with this hash may go on running: it may not if its approval was taken back. It may if absent. */
  readonly mayGoOn?: (sha256: string) => boolean;
}

/** How far a plugin gets without being run: its artifact was read, checked, and compared with what the user approved. */
export type Preparation =
  | { readonly kind: "startable"; readonly request: StartRequest; readonly facts: ArtifactFacts }
  | ({
      readonly kind: "needs-consent";
      readonly requests: ConsentRequest;
      readonly facts: ArtifactFacts;
      readonly message: string;
    } & Succession)
  | ({
      readonly kind: "failed";
      readonly failure: PluginFailure;
      readonly facts?: ArtifactFacts;
    } & Succession);

/** Prepares an entry. Never runs guest code. */
export type Prepare = (entry: PluginEntry) => Promise<Preparation>;
