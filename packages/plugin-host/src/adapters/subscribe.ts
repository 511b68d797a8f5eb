import { isCase, problemOf, type AdapterParts } from "./adapter.js";

/**
 * Watches folders; those that are not granted are left out and told. Answers with the subscription, if there is any.
 */
export async function subscribe(
  { broker, warn }: AdapterParts,
  directories: readonly string[],
  debounceMs: number,
): Promise<bigint | undefined> {
  const granted: string[] = [];
  for (const directory of new Set(directories)) {
    if ((await broker.authoriser.path("watch", directory)).ok) granted.push(directory);
    else warn(`"${directory.slice(0, 1_000)}" is not watched: it is not inside a granted folder`);
  }
  if (granted.length === 0) return undefined;
  const outcome = await broker.act("watch", "subscribe", [granted, debounceMs]);
  if (outcome.kind === "ok" && typeof outcome.value === "bigint") return outcome.value;
  warn(`nothing is watched: ${isCase(outcome, "not-found") ? "a folder is gone" : problemOf(outcome)}`);
  return undefined;
}
