import path from "node:path";

/** Whether `candidate` is `folder` or below it, compared by segment. Both are canonical absolute paths. */
export function isInside(folder: string, candidate: string): boolean {
  if (candidate === folder) return true;
  return candidate.startsWith(folder.endsWith(path.sep) ? folder : folder + path.sep);
}

/** Whether `candidate` is inside any of `folders`. */
export function isInsideAny(folders: readonly string[], candidate: string): boolean {
  return folders.some((folder) => isInside(folder, candidate));
}

/** Bytes of the longest path that is looked at. */
export const maxPathBytes = 4_096;

/** Why a text cannot be a path at all, before anything is looked up; undefined if it can. */
export function pathProblem(text: string): string | undefined {
  if (text === "") return "the path is empty";
  if (text.includes("\0")) return "the path contains a zero byte";
  if (Buffer.byteLength(text) > maxPathBytes) return `the path is longer than ${maxPathBytes} bytes`;
  return undefined;
}
