import type { ComponentInfo } from "@novywave/component-engine";
import { err, ok, type Result } from "@novywave/base";
import path from "node:path";
import type { Artifact } from "../artifact/artifact.js";
import type { Capability } from "../capability.js";
import type { PluginFailure } from "../failure.js";
import type { Manifest } from "./manifest.js";
import { parseManifest } from "./parse-manifest.js";

/** Name of the custom section in which the build puts `Plugin.toml`. */
export const manifestSection = "novywave:manifest";

/** What a component's imports tell about it. */
export interface ImportedPowers {
  readonly uses: readonly Capability[];
  /** What it imports that needs the capability, for people: `it` where that is the capability itself. */
  readonly through: (capability: Capability) => string;
  /** Channels on which it may publish. */
  readonly channels: readonly string[];
}

/** The manifest of an artifact: embedded, else beside it, else made from what it imports. */
export function manifestOf(
  artifact: Artifact,
  info: ComponentInfo,
  imports: ImportedPowers,
): Result<Manifest, PluginFailure> {
  const [section, another] = info.customSections.filter((item) => item.name === manifestSection);
  if (section) {
    const where = `the manifest in ${artifact.path}`;
    // Which of two a person was shown must not depend on who looks.
    if (another) return err({ code: "manifest-invalid", message: `${where}: there are two of them` });
    return parseManifest(new TextDecoder().decode(section.bytes), "embedded", where);
  }
  if (artifact.manifestProblem) return err(artifact.manifestProblem);
  if (artifact.manifestText !== undefined)
    return parseManifest(artifact.manifestText, "beside", `${artifact.path}.toml`);
  return ok({
    id: path.basename(artifact.path).replace(/\.[^.]*$/, ""),
    version: "0.0.0",
    description: "",
    authors: [],
    license: "",
    capabilities: imports.uses.map((name) => ({
      name,
      reason: `the component imports ${imports.through(name)}; it has no manifest that says why`,
    })),
    channels: imports.channels,
    source: "imports",
  });
}
