/** What came of a build. */
export interface BuildReport {
  readonly id: string;
  /** The id without `novywave.`. */
  readonly name: string;
  readonly version: string;
  readonly world: "plugin" | "smoke";
  /** Absolute path of the component, also when `check` kept it from being written. */
  readonly file: string;
  readonly written: boolean;
  /** Bytes. */
  readonly size: number;
  /** Of the whole artifact, in hexadecimal. */
  readonly sha256: string;
  readonly durationMs: number;
}
