/** Writes lines of text to stdout. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Writes one JSON document to stdout; 64-bit integers become decimal strings. */
export function printJson(value: unknown): void {
  print(JSON.stringify(value, (_, part: unknown) => (typeof part === "bigint" ? part.toString() : part), 2));
}

/** Writes to stderr what is meant for people only. */
export function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

/**
 * Text from a file or a plugin, made safe for a terminal: control characters, which could move the cursor or change
 * colours, are shown as `\x1b`; tabs and line breaks stay.
 */
export function safeText(text: string): string {
  return text.replace(/[^\P{C}\t\n]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u{${code.toString(16)}}`;
  });
}

/** Rows as aligned columns; the last column is not padded. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows)
    row.forEach((cell, i) => {
      widths[i] = Math.max(widths[i] ?? 0, cell.length);
    });
  return rows
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** Bytes for people: `14.2 kB`. */
export function formatSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  const units = ["kB", "MB", "GB", "TB"];
  let value = bytes / 1000;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value.toFixed(1)} ${units[unit]}`;
}

/** A progress line on stderr, only where somebody can see it; `end` wipes it out. */
export function progressLine(): { update(text: string): void; end(): void } {
  const visible = process.stderr.isTTY;
  let shown = false;
  return {
    update(text) {
      if (!visible) return;
      process.stderr.write(`\r\x1b[2K${text}`);
      shown = true;
    },
    end() {
      if (shown) process.stderr.write("\r\x1b[2K");
      shown = false;
    },
  };
}
