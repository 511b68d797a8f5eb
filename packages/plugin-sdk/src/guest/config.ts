import type { ConfigData } from "@novywave/contract/guest";

/** The configuration is not usable. The message names the key and what was expected. */
export class InvalidConfigError extends Error {
  override readonly name = "InvalidConfigError";

  constructor(key: string, expected: string) {
    super(`invalid config key \`${key}\`: expected ${expected}`);
  }
}

/**
 * The `config` table of the plugin's entry. Each reader returns the default when the key is absent and throws
 * {@link InvalidConfigError} when the value is of another kind.
 *
 * ```ts
 * const extensions = config.strings("extensions", ["vcd"]);
 * const depth = config.integer("max_depth", { default: 8, min: 0, max: 64 });
 * ```
 */
export class PluginConfig {
  readonly #values: ReadonlyMap<string, unknown>;

  constructor(values: Readonly<Record<string, unknown>>) {
    this.#values = new Map(Object.entries(values));
  }

  /** From the form in which the host passes it: a key and JSON text each. */
  static fromData(data: ConfigData): PluginConfig {
    const values: Record<string, unknown> = Object.create(null);
    for (const { key, value } of data) {
      try {
        values[key] = JSON.parse(value);
      } catch {
        throw new InvalidConfigError(key, "JSON");
      }
    }
    return new PluginConfig(values);
  }

  has(key: string): boolean {
    return this.#values.has(key);
  }

  /** The value as parsed JSON, `undefined` if it is absent. */
  get(key: string): unknown {
    return this.#values.get(key);
  }

  string(key: string, absent: string): string {
    const value = this.#values.get(key) ?? absent;
    if (typeof value !== "string") throw new InvalidConfigError(key, "a text");
    return value;
  }

  boolean(key: string, absent: boolean): boolean {
    const value = this.#values.get(key) ?? absent;
    if (typeof value !== "boolean") throw new InvalidConfigError(key, "true or false");
    return value;
  }

  strings(key: string, absent: readonly string[]): readonly string[] {
    const value = this.#values.get(key) ?? absent;
    if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value;
    throw new InvalidConfigError(key, "a list of strings");
  }

  /** A whole number between `min` and `max`, both included. */
  integer<T extends number | undefined>(
    key: string,
    options: { readonly default: T; readonly min: number; readonly max: number },
  ): number | T {
    const value = this.#values.get(key);
    if (value === undefined) return options.default;
    if (typeof value === "number" && Number.isInteger(value) && value >= options.min && value <= options.max)
      return value;
    throw new InvalidConfigError(key, `a whole number from ${options.min} to ${options.max}`);
  }
}
