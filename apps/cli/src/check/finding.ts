/** Something that keeps a plugin from running, or may. Scripts rely on the codes. */
export interface Finding {
  /**
   * Of the build: those of `BuildError`. Of the artifact: those of `PluginFailure`. Of the workspace: `config-invalid`,
   * `id-mismatch`, `artifact-path-mismatch`, `artifact-stale`, `wit-mismatch`, `config-rejected`, `channel-unknown`,
   * `folder-missing`, `needs-consent`, `denied`, `not-in-workspace`.
   */
  readonly code: string;
  /** A warning keeps nothing from running. */
  readonly severity: "error" | "warning";
  /** Id of the plugin; absent for what concerns the workspace. */
  readonly plugin?: string;
  readonly message: string;
  /** What to do. */
  readonly action: string;
  /** Absolute path of the file at fault. */
  readonly file?: string;
  /** Counted from 1. */
  readonly line?: number;
}
