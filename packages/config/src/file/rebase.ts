import { err, ok, type Result } from "@novywave/base";
import type { ConfigEdit } from "../edit/model.js";
import type { ConfigError } from "../schema/error.js";
import type { PluginsSection } from "../schema/plugins.js";

/**
 * Edits name plugin entries by index. If entries were added, removed or moved by hand since the caller looked, the same
 * index is another plugin: this finds the entry again by its id.
 */
export function rebaseEdits(
  edits: readonly ConfigEdit[],
  seen: PluginsSection,
  now: PluginsSection,
): Result<readonly ConfigEdit[], ConfigError> {
  const seenIds: (string | symbol)[] = seen.entries.map((entry) => entry.id);
  const nowIds: (string | symbol)[] = now.entries.map((entry) => entry.id);
  if (seenIds.length === nowIds.length && seenIds.every((id, index) => id === nowIds[index]))
    return ok(edits);
  const rebased: ConfigEdit[] = [];
  for (const edit of edits) {
    const [plugins, entries, index, ...rest] = edit.path;
    if (plugins !== "plugins" || entries !== "entries" || typeof index !== "number") {
      rebased.push(edit);
      continue;
    }
    let target = nowIds.length;
    if (index < seenIds.length) {
      const id = seenIds[index] ?? "";
      target = nowIds.indexOf(id);
      if (target === -1) return err(vanished(id));
    } else {
      const added = Symbol("added");
      seenIds.push(added);
      nowIds.push(added);
    }
    rebased.push({ ...edit, path: [plugins, entries, target, ...rest] });
    if ("remove" in edit && rest.length === 0) {
      seenIds.splice(index, 1);
      nowIds.splice(target, 1);
    }
  }
  return ok(rebased);
}

function vanished(id: string | symbol): ConfigError {
  return {
    code: "conflict",
    message: `the plugin "${String(id)}" is no longer in the file: it was removed there; nothing was changed`,
  };
}
