import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of the clone (or installation), from `apps/cli/src` and from `apps/cli/dist` alike. */
export const installationRoot = fileURLToPath(new URL("../../../", import.meta.url));

/** Where the plugins that ship with the program are built to. */
export const shippedPluginsFolder = join(installationRoot, "plugins/dist");

/** The bundled user interface. */
export function uiFolder(): string {
  return join(dirname(createRequire(import.meta.url).resolve("@novywave/ui/package.json")), "dist");
}

/** The program's own version. */
export function programVersion(): string {
  const manifest: unknown = createRequire(import.meta.url)("../package.json");
  return typeof manifest === "object" && manifest !== null && "version" in manifest
    ? String(manifest.version)
    : "unknown";
}
