/** What a variable is matched by when its file is read again. */
export interface Reloadable {
  readonly fullName: string;
  readonly width: number;
  readonly kind: string;
}

/** What became of the variables of a file that was read again; each list in the order of the file it speaks of. */
export interface Reloaded<T extends Reloadable> {
  /** There as before. */
  readonly kept: readonly Pair<T>[];
  /** There with another width, range or kind. */
  readonly changed: readonly Pair<T>[];
  /** No longer there. */
  readonly missing: readonly T[];
  /** Not there before. */
  readonly added: readonly T[];
}

export interface Pair<T> {
  readonly before: T;
  readonly after: T;
}

/**
 * Maps the variables of a file to those of the same file read again, by full name. A vector that has another range now is
 * found by the rest of its name, if only one variable has it. Of several variables of one name the first counts.
 */
export function reload<T extends Reloadable>(before: readonly T[], after: readonly T[]): Reloaded<T> {
  const byName = new Map<string, T>();
  const byBase = new Map<string, T | "several">();
  for (const variable of after) {
    if (byName.has(variable.fullName)) continue;
    byName.set(variable.fullName, variable);
    const base = withoutRange(variable.fullName);
    byBase.set(base, byBase.has(base) ? "several" : variable);
  }
  const old = new Map<string, T>();
  for (const variable of before) if (!old.has(variable.fullName)) old.set(variable.fullName, variable);

  const kept: Pair<T>[] = [];
  const changed: Pair<T>[] = [];
  const missing: T[] = [];
  const found = new Set<T>();
  const unmatched: T[] = [];
  for (const own of old.values()) {
    const same = byName.get(own.fullName);
    if (same === undefined) {
      unmatched.push(own);
      continue;
    }
    found.add(same);
    (same.width === own.width && same.kind === own.kind ? kept : changed).push({ before: own, after: same });
  }
  for (const own of unmatched) {
    const other = byBase.get(withoutRange(own.fullName));
    if (other === undefined || other === "several" || found.has(other)) {
      missing.push(own);
    } else {
      found.add(other);
      changed.push({ before: own, after: other });
    }
  }
  return { kept, changed, missing, added: [...byName.values()].filter((variable) => !found.has(variable)) };
}

/** A full name without the range of a vector; the index of a single bit is part of the name. */
export function withoutRange(fullName: string): string {
  return fullName.replace(/\[-?\d+:-?\d+\]$/, "").trimEnd();
}
