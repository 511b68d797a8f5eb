import type { ValueFormat, VariableInfo } from "@novywave/protocol";
import type { DrawnRow } from "./decode.js";
import { valueText } from "./value-text.js";

/** Longer texts than this are cut: no screen is that wide. */
const MOST = 2_000;

/**
 * Texts of the values of a bus, written once per answer and format: the same labels are drawn on every frame, and a
 * value may be thousands of bits wide.
 */
export class LabelTexts {
  readonly #rows = new WeakMap<DrawnRow, { format: ValueFormat; texts: (string | undefined)[] }>();

  /** The text of value `index` of `row`. */
  text(row: DrawnRow, index: number, format: ValueFormat, info: VariableInfo | undefined): string {
    if (row.kind !== "bus") return "";
    let known = this.#rows.get(row);
    if (known?.format !== format) {
      known = { format, texts: [] };
      this.#rows.set(row, known);
    }
    const text = known.texts[index];
    if (text !== undefined) return text;
    const value = row.value(index);
    return (known.texts[index] = value === undefined ? "" : valueText(value, format, info).slice(0, MOST));
  }
}
