import { isTable, type TomlTable } from "../toml/value.js";
import type { Path, Reader } from "./reader.js";

export const THEMES = ["dark", "light", "system"] as const;

export type Theme = (typeof THEMES)[number];

/** `[ui]`: how the program looks. */
export interface UiSettings {
  readonly theme: Theme;
  /** Sizes by the name of the pane; unit and names are those of the UI. */
  readonly panes?: Readonly<Record<string, number>>;
}

/** Before anybody chose. */
export function defaultUi(): UiSettings {
  return { theme: "system" };
}

/** Reads `[ui]`; what is wrong is reported to `reader`. */
export function readUi(reader: Reader, ui: TomlTable): UiSettings {
  const path: Path = ["ui"];
  const panes = readPanes(reader, ui, path);
  const found = reader.string(ui, "theme", path, {
    expected: THEMES.map((theme) => `"${theme}"`).join(", "),
    maxLength: 64,
    test: (value) => THEMES.some((theme) => theme === value),
  });
  const theme = THEMES.find((known) => known === found) ?? defaultUi().theme;
  return { theme, ...(panes && { panes }) };
}

function readPanes(reader: Reader, ui: TomlTable, path: Path): Record<string, number> | undefined {
  const value = ui.get("panes");
  if (value === undefined) return undefined;
  const at = [...path, "panes"];
  if (!isTable(value)) return reader.invalid(at, "a table of sizes", value);
  const panes: Record<string, number> = {};
  for (const [name, size] of value) {
    const number = typeof size === "bigint" ? Number(size) : size;
    if (name === "__proto__" || typeof number !== "number" || !Number.isFinite(number) || number < 0) {
      reader.invalid([...at, name], "a size, 0 or larger", size);
    } else {
      panes[name] = number;
    }
  }
  return panes;
}
