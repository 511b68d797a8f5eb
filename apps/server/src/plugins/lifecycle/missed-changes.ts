/** Changes remembered for a plugin that is down; beyond, it is told of the watched folders instead. */
export const maxMissed = 10_000;

/** Both lists as one, sorted, once each; too many paths become the folders: anything below may have changed. */
export function remember(
  missed: readonly string[],
  paths: readonly string[],
  folders: readonly string[],
): readonly string[] {
  if (paths.length === 0) return missed;
  const all = [...new Set([...missed, ...paths])].sort(compareCodeUnits);
  return all.length > maxMissed ? folders : all;
}

function compareCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
