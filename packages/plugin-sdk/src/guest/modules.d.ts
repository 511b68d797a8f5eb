/// <reference types="@novywave/contract/modules" />

/** What the build takes from `Plugin.toml`; the module exists only inside a build. */
declare module "novywave:manifest" {
  const manifest: {
    readonly version: string;
    readonly capabilities: readonly string[];
    /** JSON text. */
    readonly configSchema: string | null;
  };
  export default manifest;
}
