import type { FileStatus } from "@novywave/protocol";

/**
 * Whether a file is sound but of a format that this program has no reader for. The status has no code for it; the
 * message names the format and the converter to use.
 */
export function isUnsupported(file: FileStatus): boolean {
  return (
    file.state === "error" && file.format !== "unknown" && /\bnot (yet )?readable\b/.test(file.message ?? "")
  );
}
