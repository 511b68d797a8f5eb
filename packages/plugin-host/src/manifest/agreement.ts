import type { Capability } from "../capability.js";
import type { Manifest } from "./manifest.js";

/**
 * Where a manifest and the imports disagree; for people. What a person approves is what the manifest asks for, so it has to
 * be what the component uses: no less, and no more.
 */
export function disagreements(
  manifest: Manifest,
  uses: readonly Capability[],
  imports: readonly string[],
): readonly string[] {
  const opensFolders = imports.some((name) => name.startsWith("wasi:filesystem/preopens@"));
  const asked = manifest.capabilities.map(({ name }) => name);
  return [
    ...uses
      .filter((name) => !asked.includes(name))
      .map(
        (name) =>
          `the component imports \`${name}\`, which its manifest does not ask for; add it to [[capabilities]] of Plugin.toml with a reason, or do not import it`,
      ),
    ...asked
      .filter((name) => (name === "file-contents" ? !opensFolders : !uses.includes(name)))
      .map(
        (name) =>
          `the manifest asks for \`${name}\`, which the component does not import${name === "file-contents" ? " (wasi:filesystem/preopens)" : ""}; remove it from [[capabilities]] of Plugin.toml`,
      ),
  ];
}
