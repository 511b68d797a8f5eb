import { z } from "zod";
import { scopeInfoSchema, variableInfoSchema } from "./hierarchy.js";
import { MAX_COLUMNS, MAX_PAGE, MAX_ROWS } from "./limits.js";
import { consentRequestSchema, pluginLogRecordSchema } from "./plugin-status.js";
import { countSchema, indexSchema, pathSchema, textSchema, ticksSchema } from "./values.js";
import { panesSchema, themeSchema, workspaceViewSchema } from "./view.js";

const nothing = z.object({});
const file = z.object({ path: pathSchema });
const plugin = z.object({ id: z.string().min(1).max(200) });
/** What a person was asked, about which artifact. */
const asked = plugin.extend({ sha256: z.string().regex(/^[0-9a-f]{64}$/), requests: consentRequestSchema });
const page = { offset: z.int().min(0), limit: z.int().min(1).max(MAX_PAGE) };

/** The answer comes as a binary frame, see `binary-frame.ts`. */
export const binaryResult = z.instanceof(ArrayBuffer);

/** Every question that the user interface may ask: what it sends, what it gets. */
export const methodSchemas = {
  /** Loads a file's signals. Answers when it was accepted; the topic `files` tells how it goes. */
  "file.open": { params: file, result: nothing },
  "file.close": { params: file, result: nothing },
  /** Makes it the file of the timeline, opening it if need be. */
  "file.activate": { params: file, result: nothing },
  /** Scopes below `parent`, or at the root. */
  "scopes.children": {
    params: z.object({ path: pathSchema, parent: indexSchema.exactOptional(), ...page }),
    result: z.object({ total: countSchema, items: z.array(scopeInfoSchema) }),
  },
  /** Variables of a scope (or of all), whose name or path contains `text`. */
  "variables.list": {
    params: z.object({
      path: pathSchema,
      scope: indexSchema.exactOptional(),
      recursive: z.boolean().exactOptional(),
      text: textSchema.exactOptional(),
      ...page,
    }),
    result: z.object({ total: countSchema, items: z.array(variableInfoSchema) }),
  },
  /**
   * Variables by their full names; null for one that the file does not have. A vector that has another range now is found
   * by the rest of its name, and answered with its new one.
   */
  "variables.resolve": {
    params: z.object({ path: pathSchema, names: z.array(textSchema).max(MAX_ROWS) }),
    result: z.object({ items: z.array(variableInfoSchema.nullable()) }),
  },
  /** Per row and pixel column what happens there. Error `stale` if the file is at another revision by now. */
  "columns.query": {
    params: z.object({
      path: pathSchema,
      revision: countSchema,
      start: ticksSchema,
      end: ticksSchema,
      columns: z.int().min(1).max(MAX_COLUMNS),
      rows: z.array(z.object({ signal: indexSchema, analog: z.boolean().exactOptional() })).max(MAX_ROWS),
    }),
    result: binaryResult,
  },
  /** Values at `time`: bits as text of 0, 1, x, z (most significant first), reals as numbers, null before the first. */
  "values.at": {
    params: z.object({ path: pathSchema, signals: z.array(indexSchema).max(MAX_ROWS), time: ticksSchema }),
    result: z.object({ values: z.array(z.union([z.string(), z.number(), z.null()])) }),
  },
  /** The nearest change after or before `time`. */
  "transition.find": {
    params: z.object({
      path: pathSchema,
      signal: indexSchema,
      time: ticksSchema,
      direction: z.enum(["next", "previous"]),
    }),
    result: z.object({ time: ticksSchema.nullable() }),
  },
  /**
   * The nearest change to `value` after or before `time`. Of bits `value` is digits, most significant first: fewer are
   * extended, `?` stands for any; of reals a number; of strings the text.
   */
  "value.find": {
    params: z.object({
      path: pathSchema,
      signal: indexSchema,
      value: textSchema.min(1),
      time: ticksSchema,
      direction: z.enum(["next", "previous"]),
    }),
    result: z.object({ time: ticksSchema.nullable() }),
  },
  /** Writes `.novywave`; whether the plugin follows is told by the topic `plugins`. */
  "plugin.setEnabled": { params: plugin.extend({ enabled: z.boolean() }), result: nothing },
  /** Tries again now, also out of quarantine. */
  "plugin.retry": { params: plugin, result: nothing },
  /**
   * Approves `requests`, for the artifact with this hash. Error `stale` unless both are what the plugin's status lists
   * now, of itself or of its pending build: nobody approves what he has not seen.
   */
  "plugin.grant": { params: asked, result: nothing },
  /** Remembers that a person said no to `requests`: they are not asked for again. Error `stale` as above. */
  "plugin.deny": { params: asked, result: nothing },
  /** Takes back all that was approved for the plugin: it is unloaded. Error `not-granted` if there is nothing. */
  "plugin.revoke": { params: plugin, result: z.object({ revoked: countSchema }) },
  "plugin.logs": { params: plugin, result: z.object({ records: z.array(pluginLogRecordSchema) }) },
  /** View state; written a second after the last call. */
  "view.save": { params: z.object({ view: workspaceViewSchema }), result: nothing },
  /** Settings; written at once. */
  "ui.save": {
    params: z.object({ theme: themeSchema.exactOptional(), panes: panesSchema.exactOptional() }),
    result: nothing,
  },
  /** The graph of actors and relays, for people who look for a fault. */
  "debug.flow": { params: nothing, result: z.object({ snapshot: z.unknown() }) },
} as const;

export type Method = keyof typeof methodSchemas;

/** Parameters and result of each method. */
export type MethodMap = {
  [M in Method]: {
    params: z.infer<(typeof methodSchemas)[M]["params"]>;
    result: z.infer<(typeof methodSchemas)[M]["result"]>;
  };
};

export const methods = Object.keys(methodSchemas) as readonly Method[];

export function isMethod(name: string): name is Method {
  return Object.hasOwn(methodSchemas, name);
}
