import type { PluginFailure } from "../failure.js";

/** The bytes of a plugin, read once; what is hashed, checked and run are these. */
export interface Artifact {
  /** Canonical absolute path, for messages. */
  readonly path: string;
  /**
   * What approvals are remembered by: where the entry says that it lies, absolute, links on the way to it as they are. So
   * a link that is led to the next build stays one place.
   */
  readonly place: string;
  readonly bytes: Uint8Array;
  /** SHA-256 of the bytes, lower-case hex. */
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
  /** The text of `<artifact>.toml` beside it, if there is one. */
  readonly manifestText?: string;
  /** There is one that cannot be read: what the plugin asks for is not known. */
  readonly manifestProblem?: PluginFailure;
}

/** Plugins that ship with the program. */
export interface BuiltinArtifacts {
  /** The artifact of `builtin:<name>`. */
  get(name: string): { readonly path: string; readonly sha256: string } | undefined;
  /** Whether this hash is one of those. */
  isShipped(sha256: string): boolean;
}
