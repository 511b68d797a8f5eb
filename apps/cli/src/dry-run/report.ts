import type { CheckedImport, Manifest, PluginFailure } from "@novywave/plugin-host";
import type { ConsentRequest } from "@novywave/protocol";

/** A folder that the entry names. */
export interface DryRunFolder {
  /** Canonical; as written where there is no such place. */
  readonly path: string;
  readonly place: "inside" | "outside" | "invalid";
  readonly exists: boolean;
  readonly granted: boolean;
}

export interface DryRunLimit {
  /** As in the entry: `memory_mib`. */
  readonly name: string;
  readonly value: number;
  readonly default: number;
  readonly granted: boolean;
}

/** What the artifact asks for beyond the build that was approved at its place before, and what it asks for no longer. */
export interface Difference {
  /** SHA-256 of that build. */
  readonly approved: string;
  readonly added: ConsentRequest;
  readonly removed: readonly string[];
}

/** All that is known about a plugin without running any of it. */
export interface DryRunReport {
  readonly id: string;
  /** Null for an artifact that is no entry. */
  readonly enabled: boolean | null;
  readonly artifact: { readonly path: string; readonly sha256: string; readonly size: number };
  readonly version: string | null;
  readonly sha256: string;
  readonly world: string | null;
  readonly wit: string;
  readonly imports: readonly CheckedImport[];
  readonly exports: readonly string[];
  readonly manifest: Manifest | null;
  /** Where manifest and imports disagree. */
  readonly disagreements: readonly string[];
  readonly capabilities: readonly {
    readonly name: string;
    readonly reason: string;
    readonly granted: boolean;
  }[];
  /** Channels that it could publish on. */
  readonly channels: readonly string[];
  readonly folders: readonly DryRunFolder[];
  readonly limits: readonly DryRunLimit[];
  /** Whether this host could run it. */
  readonly compatible: boolean;
  /** Whether it would start. */
  readonly granted: boolean;
  readonly shipped: boolean;
  /** What waits for consent; null if nothing does. */
  readonly needs: {
    readonly artifact: boolean;
    readonly capabilities: readonly string[];
    readonly folders: readonly string[];
    readonly limits: Readonly<Record<string, number>>;
  } | null;
  /** The same with reasons, for people. */
  readonly requests: ConsentRequest | null;
  readonly difference: Difference | null;
  /** The approved build that would run meanwhile. */
  readonly inForce: { readonly sha256: string; readonly version: string } | null;
  /** Why it would not start, beside consent; each with what to do. */
  readonly problems: readonly (Pick<PluginFailure, "code" | "message"> & { readonly action: string })[];
}
