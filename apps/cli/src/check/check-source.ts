import { readFile, readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { CONTRACT_VERSION, WIT_FILES } from "@novywave/contract";
import type { PluginManifest } from "@novywave/plugin-sdk";
import type { Finding } from "./finding.js";

/** What is known of a plugin's source. */
export interface CheckedSource {
  /** Undefined where it cannot be read. */
  readonly manifest: PluginManifest | undefined;
  /** Where a build writes to. */
  readonly artifact: string | undefined;
  readonly findings: readonly Finding[];
}

/** Whether the plugin in (or above) `folder` builds, by building it and writing nothing; and whether the WIT beside it is the host's. */
export async function checkSource(folder: string, signal: AbortSignal): Promise<CheckedSource> {
  const sdk = await import("@novywave/plugin-sdk");
  const built = await sdk.buildPlugin({ folder, check: true, signal });
  const manifest = await sdk
    .findManifest(folder)
    .then(sdk.readManifest)
    .catch(() => undefined);
  const findings: Finding[] = [];
  if (!built.ok) {
    const { code, message, action, file, line } = built.error;
    findings.push({
      code,
      severity: "error",
      ...(manifest && { plugin: manifest.id }),
      message,
      action,
      ...(file !== undefined && { file }),
      ...(line !== undefined && { line }),
    });
  }
  if (manifest) findings.push(...(await checkWit(manifest)));
  return {
    manifest,
    artifact: manifest && sdk.artifactFile(manifest.file, manifest.id),
    findings,
  };
}

/** A `wit/` that lies beside the plugins of a tree is the contract: it must be the one that this host has. */
async function checkWit({ file, id }: PluginManifest): Promise<readonly Finding[]> {
  const tree = dirname(dirname(file));
  if (basename(tree) !== "plugins") return [];
  const folder = join(tree, "wit");
  const names = await readdir(folder).catch((): string[] => []);
  const findings: Finding[] = [];
  for (const name of names.filter((each) => each.endsWith(".wit")).toSorted()) {
    const text = await readFile(join(folder, name), "utf8");
    if (normalised(text) === normalised(WIT_FILES[name] ?? "")) continue;
    findings.push({
      code: "wit-mismatch",
      severity: "error",
      plugin: id,
      message: `${name} is not that of novywave:plugins@${CONTRACT_VERSION}, which this host offers`,
      action: "Take the file from the program, or remove it: builds use the program's own.",
      file: join(folder, name),
    });
  }
  return findings;
}

const normalised = (text: string): string => text.replaceAll("\r\n", "\n").trim();
