import { createHash } from "node:crypto";
import { dirname, join, resolve } from "node:path";
import { err, ok, type Result } from "../result.js";
import { bundlePlugin, type Bundle } from "./bundle.js";
import { componentizeModule } from "./componentize.js";
import { BuildFailure, type BuildError } from "./error.js";
import { artifactFile, findManifest, isFile, shortName } from "./layout.js";
import { readManifest, type PluginManifest } from "./manifest.js";
import { appendCustomSection, manifestSection } from "./section.js";
import type { BuildReport } from "./report.js";
import { encodeProducers, ownProducers } from "./producers.js";
import { updateShipped } from "./shipped.js";
import { reducedWit, type PluginExport } from "./world.js";
import { writeAtomically } from "./write-atomically.js";

export interface BuildOptions {
  /** A plugin's folder or one below it: the nearest `Plugin.toml` upward counts. */
  readonly folder: string;
  /** Where the component goes, instead of the usual place. */
  readonly outFile?: string;
  /** Builds without writing. */
  readonly check?: boolean;
  /** Ends the build with `cancelled` and leaves nothing behind. */
  readonly signal?: AbortSignal;
  /**
   * Called with what was built, before it takes the place of what was built before: whoever watches that place knows of it
   * in time. Not called where nothing is written.
   */
  readonly beforeWrite?: (report: BuildReport, component: Uint8Array) => Promise<void>;
}

/**
 * Builds one plugin: `src/index.ts` (or `index.js`) into a component that imports what the manifest's capabilities
 * name, with the manifest inside. Nothing has to be installed in the plugin's folder.
 */
export async function buildPlugin(options: BuildOptions): Promise<Result<BuildReport, BuildError>> {
  const started = performance.now();
  try {
    const manifest = await readManifest(await findManifest(options.folder));
    const file = options.outFile ? resolve(options.outFile) : artifactFile(manifest.file, manifest.id);
    const { world, component } = await makeComponent(manifest, options.signal);
    const report: BuildReport = {
      id: manifest.id,
      name: shortName(manifest.id),
      version: manifest.version,
      world,
      file,
      written: options.check !== true,
      size: component.length,
      sha256: createHash("sha256").update(component).digest("hex"),
      durationMs: Math.round(performance.now() - started),
    };
    if (report.written) {
      await options.beforeWrite?.(report, component);
      await writeAtomically(file, component, options.signal);
      await updateShipped(report);
    }
    return ok(report);
  } catch (error) {
    if (error instanceof BuildFailure) return err(error.detail);
    throw error;
  }
}

async function makeComponent(
  manifest: PluginManifest,
  signal: AbortSignal | undefined,
): Promise<{ world: "plugin" | "smoke"; component: Uint8Array }> {
  const folder = dirname(manifest.file);
  const entry = await findEntry(folder);
  const bundle = await bundlePlugin(entry, folder, manifest);
  const exported = exportedInterface(bundle, entry);
  checkCapabilities(manifest, bundle, entry, exported);
  const wit = reducedWit(manifest.capabilities, exported);
  const component = await componentizeModule(bundle, wit, entry, signal);
  const language = entry.endsWith(".ts") ? "TypeScript" : "JavaScript";
  return {
    world: exported === "smoke" ? "smoke" : "plugin",
    component: appendCustomSection(
      appendCustomSection(component, "producers", encodeProducers(ownProducers(language))),
      manifestSection,
      new TextEncoder().encode(manifest.text),
    ),
  };
}

async function findEntry(folder: string): Promise<string> {
  for (const name of ["index.ts", "index.js"]) {
    const file = join(folder, "src", name);
    if (await isFile(file)) return file;
  }
  throw new BuildFailure({
    code: "source-missing",
    message: "the plugin has no src/index.ts",
    action: "Write one that exports `lifecycle = definePlugin({ … })`.",
    file: join(folder, "src", "index.ts"),
  });
}

function exportedInterface(bundle: Bundle, file: string): PluginExport {
  const found = (["lifecycle", "smoke"] as const).filter((name) => bundle.exports.includes(name));
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  throw new BuildFailure({
    code: "export-missing",
    message:
      found.length > 1 ? "exports both `lifecycle` and `smoke`" : "exports neither `lifecycle` nor `smoke`",
    action: "Write `export const lifecycle = definePlugin({ … })`, or `smoke` for a plugin without imports.",
    file,
    line: 1,
  });
}

/** The manifest and the code must agree, both ways: it is the manifest that a person reads before a grant. */
function checkCapabilities(
  manifest: PluginManifest,
  bundle: Bundle,
  entry: string,
  exported: PluginExport,
): void {
  const used = new Set(bundle.imports);
  const missing = bundle.imports.filter((name) => !manifest.capabilities.includes(name));
  const unused = manifest.capabilities.filter((name) => !used.has(name));
  const code = "capability-mismatch";
  const byConsole = missing.includes("logging") && bundle.console !== undefined;
  if (exported === "smoke" && (used.size > 0 || manifest.capabilities.length > 0)) {
    throw new BuildFailure({
      code,
      message: `a plugin that exports \`smoke\` has no capabilities${bundle.console ? ", and `console` needs `logging`" : ""}`,
      action: "Export `lifecycle` instead, or remove the capabilities and their use.",
      ...(bundle.console ?? { file: entry }),
    });
  }
  if (missing.length > 0) {
    throw new BuildFailure({
      code,
      message: `the code uses ${list(missing)}, which Plugin.toml does not request${byConsole ? "; `console` writes to the plugin's log" : ""}`,
      action: `Add to Plugin.toml:${missing.map((name) => `\n\n  [[capabilities]]\n  name = "${name}"\n  reason = "…" # what for, in one line`).join("")}\n`,
      ...((byConsole && bundle.console) || { file: entry }),
    });
  }
  if (unused.length > 0) {
    throw new BuildFailure({
      code,
      message: `Plugin.toml requests ${list(unused)}, which the code does not use`,
      action: "Remove it from Plugin.toml: a plugin asks for what it needs.",
      file: manifest.file,
    });
  }
}

const list = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(", ");
