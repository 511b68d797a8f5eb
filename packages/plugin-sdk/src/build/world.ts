import { CONTRACT_VERSION, WIT_FILES } from "@novywave/contract";

/** Name of the world that a plugin is built for. */
export const buildWorld = "built-plugin";

export type PluginExport = "lifecycle" | "smoke";

/**
 * The contract with one world more, which imports exactly `capabilities`. A component of the whole `plugin` world
 * would import everything, whether it calls it or not.
 */
export function reducedWit(capabilities: readonly string[], exported: PluginExport): Record<string, string> {
  const imports = capabilities.map((name) => `  import ${name};\n`).join("");
  const world = `package novywave:plugins@${CONTRACT_VERSION};\n\nworld ${buildWorld} {\n${imports}  export ${exported};\n}\n`;
  const files = Object.entries(WIT_FILES).filter(([file]) => file !== "worlds.wit");
  return { ...Object.fromEntries(files), "built-plugin.wit": world };
}
