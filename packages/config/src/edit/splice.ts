import { lineBreakOf } from "../toml/position.js";
import type { Range } from "../toml/scan.js";
import { Refusal } from "./refusal.js";

/** Replaces `text.slice(start, end)`. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Collects the changes of one edit and makes them all at once. */
export class SpliceSet {
  readonly #text: string;
  readonly #changes: Splice[] = [];
  readonly #lines: Range[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  /** Replaces a range; changes at the same offset keep the order in which they were added. */
  replace(start: number, end: number, text: string): void {
    this.#changes.push({ start, end, text });
  }

  insert(offset: number, text: string): void {
    this.#changes.push({ start: offset, end: offset, text });
  }

  /** Deletes whole lines, from the start of a line to the start of another. */
  deleteLines(start: number, end: number): void {
    this.#lines.push({ start, end });
  }

  /** The changed text. Throws {@link Refusal} if changes overlap. */
  apply(): string {
    const deletions = this.#mergedLines();
    const changes = this.#endAsBefore(
      this.#changes.map((change) => besideDeletion(change, deletions)),
      deletions.at(-1),
    );
    const all = [...changes, ...deletions.map((deletion) => this.#atEnd(deletion, changes))];
    const ordered = all
      .map((change, order) => ({ ...change, order }))
      .sort(
        (a, b) => a.start - b.start || Number(a.end > a.start) - Number(b.end > b.start) || a.order - b.order,
      );
    let out = "";
    let at = 0;
    for (const change of ordered) {
      if (change.start < at) throw new Refusal("not-clean", "two changes of this edit overlap");
      out += this.#text.slice(at, change.start) + change.text;
      at = change.end;
    }
    return out + this.#text.slice(at);
  }

  #mergedLines(): Range[] {
    const merged: { start: number; end: number }[] = [];
    for (const range of [...this.#lines].sort((a, b) => a.start - b.start)) {
      const last = merged.at(-1);
      if (last && range.start <= last.end) last.end = Math.max(last.end, range.end);
      else merged.push({ ...range });
    }
    return merged;
  }

  /** What is inserted where the last lines vanish ends like the file did, with a line break or without. */
  #endAsBefore(changes: readonly Splice[], deletion: Range | undefined): readonly Splice[] {
    if (deletion?.end !== this.#text.length) return changes;
    const last = changes.findLast((change) => isInsertionAt(change, deletion.start));
    const lineBreak = this.#text.endsWith("\n") ? lineBreakOf(this.#text) : "";
    return changes.map((change) =>
      change === last ? { ...change, text: change.text.replace(/(\r?\n)+$/, lineBreak) } : change,
    );
  }

  /** A file without a line break at its end stays one, also when its last lines go. */
  #atEnd(deletion: Range, changes: readonly Splice[]): Splice {
    const { start, end } = deletion;
    const last = end === this.#text.length && !this.#text.endsWith("\n") && start > 0;
    const taken = changes.some((change) => isInsertionAt(change, start));
    if (!last || taken) return { start, end, text: "" };
    const lineBreak = /\r?\n$/.exec(this.#text.slice(0, start))?.[0].length ?? 0;
    return { start: start - lineBreak, end, text: "" };
  }
}

/** What is inserted where lines vanish comes before them. */
function besideDeletion(change: Splice, deletions: readonly Range[]): Splice {
  const around = deletions.find((deletion) => deletion.start < change.start && change.start < deletion.end);
  return around && change.start === change.end
    ? { ...change, start: around.start, end: around.start }
    : change;
}

function isInsertionAt(change: Splice, offset: number): boolean {
  return change.start === offset && change.end === offset;
}
