import type { FileStatus, ScopeInfo } from "@novywave/protocol";
import type { ScopeTrees } from "../effects/scope-trees.js";

/** A line of the tree of files and scopes. */
export type TreeRow =
  | {
      readonly kind: "file";
      readonly id: string;
      readonly depth: 0;
      readonly file: FileStatus;
      readonly open: boolean;
    }
  | {
      readonly kind: "scope";
      readonly id: string;
      readonly depth: number;
      readonly file: FileStatus;
      readonly scope: ScopeInfo;
      readonly open: boolean;
    }
  | { readonly kind: "note"; readonly id: string; readonly depth: number; readonly text: string };

/** The visible lines of the tree, top to bottom: files by name, below an unfolded one its scopes. */
export function treeRows(files: Iterable<FileStatus>, trees: ScopeTrees, filter: string): TreeRow[] {
  const wanted = filter.trim().toLowerCase();
  const sorted = [...files]
    .filter((file) => wanted === "" || file.name.toLowerCase().includes(wanted))
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  const rows: TreeRow[] = [];
  for (const file of sorted) {
    const open = trees.isOpen(file.name) && hasScopes(file);
    rows.push({ kind: "file", id: file.name, depth: 0, file, open });
    if (open) addChildren(rows, trees, file, "", 1);
  }
  return rows;
}

/** Whether the file's hierarchy can be shown. */
export function hasScopes(file: FileStatus): boolean {
  return file.state === "ready" || (file.state === "loading" && file.variables > 0);
}

function addChildren(
  rows: TreeRow[],
  trees: ScopeTrees,
  file: FileStatus,
  parent: string,
  depth: number,
): void {
  const children = trees.children(file.name, parent);
  const id = `${file.name}\n${parent}`;
  if (children === undefined || children.kind === "loading") {
    rows.push({ kind: "note", id: `${id}\nloading`, depth, text: "Loading scopes…" });
    return;
  }
  if (children.kind === "error") {
    rows.push({ kind: "note", id: `${id}\nerror`, depth, text: children.message });
    return;
  }
  for (const scope of children.scopes) {
    const open = scope.childScopes > 0 && trees.isExpanded(file.name, scope.fullName);
    rows.push({ kind: "scope", id: `${file.name}\n${scope.fullName}`, depth, file, scope, open });
    if (open) addChildren(rows, trees, file, scope.fullName, depth + 1);
  }
  if (children.total > children.scopes.length) {
    const more = children.total - children.scopes.length;
    rows.push({
      kind: "note",
      id: `${id}\nmore`,
      depth,
      text: `${more} more scopes: use the variable search`,
    });
  }
  if (parent === "" && children.total === 0) {
    rows.push({ kind: "note", id: `${id}\nnone`, depth, text: "No scopes" });
  }
}
