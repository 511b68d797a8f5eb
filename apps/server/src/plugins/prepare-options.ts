import type { Artifact, BuiltinArtifacts } from "@novywave/plugin-host";
import type { Grants } from "./grants.js";

export interface PrepareOptions {
  /** The folder of `.novywave`, absolute, free of symbolic links. */
  readonly root: string;
  readonly builtins: BuiltinArtifacts;
  readonly grants: Pick<Grants, "decide" | "get" | "lineage" | "problem">;
  /** The bytes of what was approved. Without `keep`, nothing is written: for whoever only looks. */
  readonly approved?: {
    readonly read: (sha256: string, artifactPath: string) => Promise<Artifact | undefined>;
    /** The hash of what was last in force at a place. */
    readonly lastAt: (artifactPath: string) => Promise<string | undefined>;
    readonly keep?: (artifact: Artifact) => Promise<void>;
  };
  /** Folders outside the workspace that this run allows, absolute, free of symbolic links. */
  readonly allowDirs: readonly string[];
  /** The artifacts of this workspace are approved for this run. */
  readonly trustWorkspace: boolean;
}
