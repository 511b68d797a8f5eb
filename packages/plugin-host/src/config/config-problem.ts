/** Where a configuration breaks its schema. */
export interface ConfigProblem {
  /** JSON pointer into the `config` table, e.g. `/extensions/0`; empty for the table itself. */
  readonly path: string;
  readonly message: string;
}
