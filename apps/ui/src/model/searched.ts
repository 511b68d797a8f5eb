import type { PluginStatus } from "@novywave/protocol";

/** Where enabled plugins look for files, and for which; what their configuration says, with the scanner's defaults. */
export interface Searched {
  readonly directories: readonly string[];
  readonly extensions: readonly string[];
}

const strings = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];

/** What is searched: told by the `directories` and `extensions` of the plugins that are enabled. Undefined if none is. */
export function searched(plugins: readonly PluginStatus[]): Searched | undefined {
  const finders = plugins.filter(
    ({ enabled, capabilities }) => enabled && capabilities?.includes("filesystem"),
  );
  if (finders.length === 0) return undefined;
  const directories = new Set<string>();
  const extensions = new Set<string>();
  for (const { config } of finders) {
    const table: { directories?: unknown; extensions?: unknown } =
      typeof config === "object" && config !== null ? config : {};
    for (const directory of strings(table.directories)) directories.add(directory);
    for (const extension of strings(table.extensions)) extensions.add(extension.replace(/^\./, ""));
  }
  return {
    directories: directories.size > 0 ? [...directories] : ["."],
    extensions: extensions.size > 0 ? [...extensions] : ["vcd", "fst", "ghw"],
  };
}

/** A folder of the configuration as a person knows it: `.` is the workspace itself. */
export function folderName(directory: string, workspace: string): string {
  if (directory.startsWith("/")) return directory;
  const below = directory.replace(/^\.\/?/, "").replace(/\/$/, "");
  return below === "" ? workspace : `${workspace.replace(/\/$/, "")}/${below}`;
}
