import type { PluginEvent } from "@novywave/contract";
import { isCase, problemOf, type AdapterParts } from "./adapter.js";

/**
 * Publishes paths. The functions of NovyWave 0.2 do not answer, so paths outside of the grant, which make the contract's
 * function fail as a whole, are left out and told. Answers with the paths that were published;
 * undefined if none were, for another reason.
 */
export async function publishPaths(
  { broker, warn }: AdapterParts,
  paths: readonly string[],
  event: (paths: readonly string[]) => PluginEvent,
): Promise<readonly string[] | undefined> {
  const publish = (some: readonly string[]) => {
    const made = event(some);
    return broker.act("relay", "publish", [made.tag, made]);
  };
  const all = await publish(paths);
  if (!isCase(all, "invalid-payload")) {
    const problem = problemOf(all);
    if (problem === undefined) return paths;
    warn(`what it published was not taken: ${problem}`);
    return undefined;
  }
  const granted: string[] = [];
  for (const text of paths) if ((await broker.authoriser.path("relay", text)).ok) granted.push(text);
  warn(
    `${paths.length - granted.length} of ${paths.length} paths that it published are not inside a granted folder`,
  );
  // On one channel of the contract to name no file is to name all.
  if (granted.length === 0) return granted;
  const problem = problemOf(await publish(granted));
  if (problem === undefined) return granted;
  warn(`what it published was not taken: ${problem}`);
  return undefined;
}
