/** Why a component does not fit a host; see {@link checkHost}. */
export type MismatchCode =
  /** The component imports an interface, function or type that the host does not offer. */
  | "not-offered"
  /** The host offers the interface, in a version that semantic versioning does not call compatible. */
  | "version"
  /** The component lacks an export that the host asks for. */
  | "not-exported"
  /** Both have it, and its type differs. */
  | "type"
  /** The component uses a feature that the engine refuses. */
  | "unsupported";

/** One thing in which a component and a host do not fit. Texts hold names from the component: escape them where you show them. */
export interface Mismatch {
  readonly code: MismatchCode;
  /** What it is about: an import or export, and the function in it after `#`; `""` for a feature. */
  readonly name: string;
  /** One sentence without a full stop: what was expected and what was found, as WIT. */
  readonly message: string;
}
