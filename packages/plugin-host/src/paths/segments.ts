import path from "node:path";

// Names are compared as they are, on every system. Canonical paths have the spelling of the disk, so nothing is lost on
// one that takes `A` for `a`; and to fold case or Unicode forms here would join what another disk keeps apart.

/** The rules by which a system reads paths. */
export type PathRules = "posix" | "win32";

const rulesHere: PathRules = path.sep === "/" ? "posix" : "win32";

/** Whether `candidate` is `folder` or below it, compared by segment. Both are canonical absolute paths. */
export function isInside(folder: string, candidate: string, rules: PathRules = rulesHere): boolean {
  const [outer, inner] = rules === "win32" ? [withDrive(folder), withDrive(candidate)] : [folder, candidate];
  if (inner === outer) return true;
  const separator = path[rules].sep;
  return inner.startsWith(outer.endsWith(separator) ? outer : outer + separator);
}

/** Drive letters alone have no spelling of the disk. */
function withDrive(text: string): string {
  return /^[a-z]:/.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text;
}

/** Whether `candidate` is inside any of `folders`. */
export function isInsideAny(folders: readonly string[], candidate: string): boolean {
  return folders.some((folder) => isInside(folder, candidate));
}

/** Bytes of the longest path that is looked at. */
export const maxPathBytes = 4_096;

/** Why a text cannot be a path at all, before anything is looked up; undefined if it can. */
export function pathProblem(text: string, rules: PathRules = rulesHere): string | undefined {
  if (text === "") return "the path is empty";
  const tooLong = `the path is longer than ${maxPathBytes} bytes`;
  // Before anything looks at each character: a plugin can name a path of megabytes.
  if (text.length > maxPathBytes) return tooLong;
  if (text.includes("\0")) return "the path contains a zero byte";
  if (/\p{Surrogate}/u.test(text)) return "the path is no Unicode text";
  if (Buffer.byteLength(text) > maxPathBytes) return tooLong;
  return rules === "win32" ? windowsProblem(text) : undefined;
}

/** Windows reads more into a name than what is written: devices, streams, servers, and names that it trims. */
function windowsProblem(text: string): string | undefined {
  if (/^[\\/]{2}/.test(text)) return "the path names a server or a device";
  if (/^[a-z]:(?![\\/])/i.test(text)) return "the path is relative to the current folder of a drive";
  const names = text.replace(/^[a-z]:/i, "").split(/[\\/]/);
  for (const name of names) {
    if (name === "" || name === "." || name === "..") continue;
    if (/[<>:"|?*]/.test(name) || hasControl(name))
      return `"${name}" holds a character with a meaning of its own`;
    if (/[. ]$/.test(name)) return `"${name}" ends in a dot or a space, which would be cut off`;
    // Also with an extension: NUL.vcd is the device.
    if (/^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9\u00b9\u00b2\u00b3])\s*(?:\..*)?$/i.test(name))
      return `"${name}" is a device`;
  }
  return undefined;
}

function hasControl(name: string): boolean {
  return /\p{Cc}/u.test(name);
}
