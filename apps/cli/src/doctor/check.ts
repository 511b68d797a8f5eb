/** What one look at the machine found. */
export interface Check {
  /** kebab-case */
  readonly name: string;
  /** `warning`: it works, but not as well as it could; `failed`: something will not work. */
  readonly state: "ok" | "warning" | "failed";
  /** What was found and, unless all is well, what to do. */
  readonly message: string;
}
