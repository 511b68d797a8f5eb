import path from "node:path";

/** Folders that hold nothing a person looks at, and much: version control, packages, build folders of simulators. */
export const defaultExcludes: ReadonlySet<string> = new Set([
  ".git",
  ".hg",
  ".svn",
  "node_modules",
  "obj_dir",
  "xsim.dir",
  "INCA_libs",
  "csrc",
]);

/** Levels below a watched folder that are watched. */
export const maxWatchDepth = 32;

/** Whether a folder between `root` and `target` (not `root` itself) is excluded. */
export function isExcluded(root: string, target: string): boolean {
  if (target === root) return false;
  return path
    .relative(root, target)
    .split(path.sep)
    .some((segment) => defaultExcludes.has(segment));
}
