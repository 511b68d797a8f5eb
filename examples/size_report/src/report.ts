/** A file as `filesystem.readMetadata` describes it; only what is used here. */
interface Measured {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
}

/** Total in words, and the path of the largest file. Free of host calls, so that a test can run it anywhere. */
export function report(files: readonly Measured[]): { summary: string; largest: string | undefined } {
  let total = 0;
  let largest: Measured | undefined;
  for (const file of files) {
    total += file.size;
    if (largest === undefined || file.size > largest.size) largest = file;
  }
  return { summary: `${files.length} files, ${(total / 1e6).toFixed(1)} MB`, largest: largest?.path };
}
