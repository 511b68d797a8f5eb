import type { Row } from "../state/app-state.js";

/** Name of a row as short as it can be told apart, and what is left out. */
export interface RowName {
  readonly scope: string;
  readonly leaf: string;
}

/**
 * Splits at the last dot that separates names: `top.a.data[3:0]` is `top.a` and `data[3:0]`. Dots within a range or an
 * escaped identifier (from a backslash to the next space) separate nothing.
 */
export function splitName(path: string): RowName {
  let dot = -1;
  let escaped = false;
  let brackets = 0;
  for (let i = 0; i < path.length; i++) {
    const character = path[i];
    if (escaped) escaped = character !== " ";
    else if (character === "\\") escaped = true;
    else if (character === "[") brackets += 1;
    else if (character === "]") brackets -= 1;
    // An element of an array, `memory.[3][7:0]`, is nothing without the name of the array.
    else if (character === "." && brackets <= 0 && path[i + 1] !== "[") dot = i;
  }
  return dot < 0 ? { scope: "", leaf: path } : { scope: path.slice(0, dot), leaf: path.slice(dot + 1) };
}

/**
 * For each row the shortest part of its scope that tells it from the other rows with the same leaf name: nothing when
 * the leaf alone is unique, the last scopes where that is enough, with the file in front where names are equal.
 */
export function shortNames(rows: readonly Row[]): Map<string, RowName> {
  const byLeaf = new Map<string, Row[]>();
  for (const row of rows) {
    const { leaf } = splitName(row.name);
    const group = byLeaf.get(leaf);
    if (group) group.push(row);
    else byLeaf.set(leaf, [row]);
  }
  const names = new Map<string, RowName>();
  for (const [leaf, group] of byLeaf) {
    const distinct = new Set(group.map((row) => `${row.file}\n${row.name}`));
    if (distinct.size <= 1) {
      for (const row of group) names.set(row.key, { scope: "", leaf });
      continue;
    }
    const ambiguousFile = new Set(group.map((row) => row.file)).size > 1;
    for (const row of group) {
      const parts = splitName(row.name).scope.split(".");
      const others = group
        .filter((other) => other.name !== row.name)
        .map((other) => splitName(other.name).scope.split("."));
      let count = others.length === 0 ? 0 : 1;
      while (count < parts.length && others.some((other) => tail(other, count) === tail(parts, count)))
        count++;
      const scope = tail(parts, count);
      const sameNameElsewhere =
        ambiguousFile && group.some((other) => other.name === row.name && other.file !== row.file);
      names.set(row.key, {
        scope: sameNameElsewhere ? [row.file, scope].filter((part) => part !== "").join(" · ") : scope,
        leaf,
      });
    }
  }
  return names;
}

function tail(parts: readonly string[], count: number): string {
  return count === 0 ? "" : parts.slice(-count).join(".");
}
