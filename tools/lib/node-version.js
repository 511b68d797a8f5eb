/** The oldest Node that runs the program; the same as `engines` in package.json. */
export const oldestNode = "20.19.0";

/**
 * What to tell someone whose Node is too old; undefined if it is not.
 * @param {string} version as in `process.versions.node`
 */
export function nodeTooOld(version) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = oldestNode.split(".").map(Number);
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return undefined;
  return `NovyWave needs Node ${oldestNode} or newer; this is Node ${version}. Install a current one from https://nodejs.org and try again.`;
}
