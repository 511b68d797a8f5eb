import { readFileSync, realpathSync } from "node:fs";
import { isAbsolute, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { CONTRACT_VERSION, INTERFACES, WORLDS } from "@novywave/contract";
import { rolldown, type Plugin } from "rolldown";
import type { SourcePositions } from "../guest/source-positions.js";
import { BuildFailure } from "./error.js";
import type { PluginManifest } from "./manifest.js";
import { sourcePositions } from "./positions.js";

/** A plugin's source as one JavaScript module. */
export interface Bundle {
  readonly code: string;
  readonly positions: SourcePositions;
  /** Interfaces of the contract that the code imports, by their short names, sorted. */
  readonly imports: readonly string[];
  readonly exports: readonly string[];
  /** Where code names `console`, which imports `logging`. */
  readonly console: { readonly file: string; readonly line?: number } | undefined;
}

const guestModules: Readonly<Record<string, string>> = {
  "@novywave/plugin-sdk/guest": fileURLToPath(new URL("../../dist/guest/index.js", import.meta.url)),
  "@novywave/plugin-sdk/config": fileURLToPath(new URL("../../dist/guest/config.js", import.meta.url)),
};
/** What stands for `console`: the engine has none. */
const consoleModule = fileURLToPath(new URL("../../dist/guest/console.js", import.meta.url));
const startedModule = fileURLToPath(new URL("../../dist/guest/started.js", import.meta.url));
const sdkFolder = fileURLToPath(new URL("../../dist/", import.meta.url));
const manifestModule = "novywave:manifest";
const entryModule = "novywave:entry";
const interfaceNames: ReadonlyMap<string, string> = new Map(
  WORLDS.plugin.imports.map((name) => [INTERFACES[name], name]),
);

/**
 * Bundles `entry` and what it imports: relative files, the SDK's guest modules, and the host's interfaces, which stay
 * imports. Types are stripped, what is not used falls away. Throws {@link BuildFailure}.
 */
export async function bundlePlugin(entry: string, folder: string, manifest: PluginManifest): Promise<Bundle> {
  const rules = importRules(entry, folder, manifest);
  try {
    const build = await rolldown({
      input: entryModule,
      cwd: folder,
      platform: "neutral",
      logLevel: "silent",
      tsconfig: false,
      resolve: { extensionAlias: { ".js": [".ts", ".js"] } },
      transform: { inject: { console: [consoleModule, "console"] } },
      plugins: [rules.plugin],
    });
    try {
      const dir = join(folder, "dist");
      const { output } = await build.generate({
        format: "esm",
        codeSplitting: false,
        dir,
        sourcemap: "hidden",
      });
      const chunk = output[0];
      const imports = chunk.imports.flatMap((specifier) => interfaceNames.get(specifier) ?? []);
      return {
        code: chunk.code,
        positions: chunk.map ? sourcePositions(chunk.map, dir, folder) : { files: [], lines: [] },
        imports: imports.toSorted(),
        exports: chunk.exports,
        console: rules.console,
      };
    } finally {
      await build.close();
    }
  } catch (error) {
    throw rules.refused ?? sourceFailure(error, entry);
  }
}

interface ImportRules {
  readonly plugin: Plugin;
  refused?: BuildFailure;
  console?: Bundle["console"];
}

/** Decides what may be imported; remembers the first refusal, since the bundler wraps what hooks throw. */
function importRules(entry: string, folder: string, manifest: PluginManifest): ImportRules {
  const rules: ImportRules = {
    plugin: {
      name: "novywave-imports",
      resolveId(specifier, importer) {
        if (specifier === entryModule) return entryModule;
        if (importer === undefined || importer === entryModule) return null;
        if (specifier === consoleModule) {
          rules.console ??= { file: importer, ...lineOf(importer, (line) => /\bconsole\b/.test(line)) };
          return { id: consoleModule, moduleSideEffects: false };
        }
        const guest = guestModules[specifier];
        if (guest !== undefined) return { id: guest, moduleSideEffects: false };
        if (specifier === manifestModule) return { id: manifestModule, moduleSideEffects: false };
        if (interfaceNames.has(specifier)) return { id: specifier, external: true, moduleSideEffects: false };
        if (specifier.startsWith("./") || specifier.startsWith("../")) return null;
        rules.refused ??= refusal(specifier, importer, folder);
        throw rules.refused;
      },
      load(id) {
        if (id === entryModule) return entryCode(entry);
        if (id !== manifestModule) {
          if (isAbsolute(id) && !belongsTo(id, folder) && !belongsTo(id, sdkFolder)) {
            rules.refused ??= outsideRefusal(id, folder);
            throw rules.refused;
          }
          return null;
        }
        const { version, capabilities, configSchema } = manifest;
        return `export default ${JSON.stringify({ version, capabilities, configSchema: configSchema ?? null })};`;
      },
    },
  };
  return rules;
}

/**
 * The plugin's module, and a check that what it exports has the functions of the contract: it runs while the component
 * is built. Without it, a function that is missing shows only as a trap at the first call.
 */
function entryCode(entry: string): string {
  return `
import * as plugin from ${JSON.stringify(entry)};
import { codeHasRun } from ${JSON.stringify(startedModule)};
export * from ${JSON.stringify(entry)};
const contract = { lifecycle: ["init", "handleEvent", "shutdown"], smoke: ["init", "greet", "shutdown"] };
for (const [name, functions] of Object.entries(contract)) {
  for (const each of functions) {
    if (name in plugin && typeof plugin[name]?.[each] !== "function") {
      throw new Error("the export " + name + " has no function " + each + "; definePlugin puts in what is missing");
    }
  }
}
codeHasRun();
`;
}

function refusal(specifier: string, importer: string, folder: string): BuildFailure {
  const base = { code: "import-refused", file: importer, ...placeOf(specifier, importer) } as const;
  if (specifier.startsWith("novywave:")) {
    return new BuildFailure({
      ...base,
      message: `there is no interface "${specifier}" in version ${CONTRACT_VERSION} of the contract`,
      action: `Interfaces: ${[...interfaceNames.keys()].join(", ")}.`,
    });
  }
  const inside = relative(folder, importer).split(sep).join("/");
  return new BuildFailure({
    ...base,
    message: `${inside} imports "${specifier}", which is not part of the plugin`,
    action:
      "A plugin imports files beside it (./…), @novywave/plugin-sdk/guest, @novywave/plugin-sdk/config and novywave:plugins/… " +
      "only; copy what you need into src/.",
  });
}

/** Whether a file lies, all links followed, in a folder. */
function belongsTo(file: string, folder: string): boolean {
  const inside = relative(realpathSync(folder), realpathSync(file));
  return inside !== "" && !isAbsolute(inside) && inside.split(sep)[0] !== "..";
}

function outsideRefusal(file: string, folder: string): BuildFailure {
  return new BuildFailure({
    code: "import-refused",
    file,
    message: `${relative(folder, file).split(sep).join("/")} lies outside of the plugin's folder, and would become part of the artifact`,
    action: "Copy what you need into src/.",
  });
}

/** Where the specifier stands in the importing file. */
const placeOf = (specifier: string, importer: string): { line?: number } =>
  lineOf(importer, (line) => line.includes(`"${specifier}"`) || line.includes(`'${specifier}'`));

/** The first line of a file that fits. */
function lineOf(file: string, fits: (line: string) => boolean): { line?: number } {
  try {
    const index = readFileSync(file, "utf8").split("\n").findIndex(fits);
    return index < 0 ? {} : { line: index + 1 };
  } catch {
    return {};
  }
}

/** The first of the bundler's errors as one of ours. */
function sourceFailure(error: unknown, entry: string): BuildFailure {
  const first: unknown = isRecord(error) && Array.isArray(error["errors"]) ? error["errors"][0] : error;
  const text = first instanceof Error ? first.message : String(first);
  const location = isRecord(first) && isRecord(first["loc"]) ? first["loc"] : {};
  const { file, line, column } = location;
  // The bundler draws the place into its message: the first line says what is wrong, "[ file:line:column ]" where.
  // oxlint-disable-next-line no-control-regex -- the message is coloured
  const uncoloured = text.replaceAll(/\u001B\[[0-9;]*m/g, "");
  // The bundler names the SDK by its path from the plugin's folder.
  const sdkPath = /"[^"\n]*plugin-sdk[/\\]dist[/\\]guest[/\\]index\.js"/g;
  const plain = uncoloured.replaceAll(sdkPath, '"@novywave/plugin-sdk/guest"');
  const drawn = /\[ (?<file>[^\]]+):(?<line>\d+):(?<column>\d+) \]/.exec(plain)?.groups;
  return new BuildFailure({
    code: "source-invalid",
    message: (plain.split("\n", 1)[0] ?? plain).replace(/^\[[A-Z_]+\] (Error: )?/, ""),
    action: "Correct the source; types are not checked here, tsc does that.",
    file: typeof file === "string" ? file : entry,
    ...(typeof line === "number" ? { line } : drawn ? { line: Number(drawn["line"]) } : {}),
    ...(typeof column === "number"
      ? { column: column + 1 }
      : drawn
        ? { column: Number(drawn["column"]) }
        : {}),
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
