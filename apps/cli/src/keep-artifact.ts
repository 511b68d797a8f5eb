import type { ApprovedArtifacts, Artifact } from "@novywave/plugin-host";
import { note, safeText } from "./output.js";

/** Keeps the bytes of what was approved. Without them the approval counts as well, for as long as the file stays. */
export async function keepArtifact(kept: ApprovedArtifacts, artifact: Artifact): Promise<void> {
  try {
    await kept.keep(artifact);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    note(
      safeText(
        `Its bytes cannot be kept in ${kept.folder} (${reason}): it stops when another build takes its place.`,
      ),
    );
  }
}
