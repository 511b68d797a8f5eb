import { assertNever } from "@novywave/base";
import type { PluginError } from "@novywave/contract";
import { engineFailure } from "../artifact/engine-failure.js";
import type { PluginFailure } from "../failure.js";
import { pluginErrorSchema } from "../broker/arguments.js";
import { limitKey, type PluginLimits } from "../limits.js";
import { printable } from "../text.js";
import type { WireFailure } from "../wire/messages.js";

/** Of a failure's message: it becomes the plugin's status. */
const maxMessageLength = 2_000;

/** The failure for an `err` that an export answered with. */
export function answeredError(exportName: string, payload: unknown): PluginFailure {
  const code = exportName === "init" ? "init-failed" : "plugin-error";
  const parsed = pluginErrorSchema.safeParse(payload);
  if (!parsed.success) {
    return {
      code: "incompatible",
      export: exportName,
      message: `${exportName} answered with an error that is not one of the contract`,
    };
  }
  const error: PluginError = { ...parsed.data, val: printable(parsed.data.val, maxMessageLength) };
  return { code, export: exportName, message: errorText(error), details: error };
}

function errorText(error: PluginError): string {
  switch (error.tag) {
    case "invalid-config":
      return error.val.startsWith("invalid config") ? error.val : `invalid config: ${error.val}`;
    case "io":
      return `input or output failed: ${error.val}`;
    case "failed":
      return error.val;
    default:
      return assertNever(error);
  }
}

/** The failure for a guest that trapped, or was ended by the engine, in an export. */
export function trapped(exportName: string, failure: WireFailure, limits: PluginLimits): PluginFailure {
  const message = printable(failure.message, maxMessageLength);
  const mapped = engineFailure(failure.code, message);
  const code = mapped.code === "limit" || mapped.code === "memory" ? mapped.code : "trap";
  return {
    code,
    export: exportName,
    message: message.includes(exportName) ? message : `${exportName}: ${message}`,
    ...(failure.backtrace === undefined ? {} : { backtrace: failure.backtrace }),
    ...limitReached(failure, limits),
  };
}

/** The plugin's limit behind a limit of the engine. */
function limitReached({ limit }: WireFailure, limits: PluginLimits): Pick<PluginFailure, "limit"> {
  const name =
    limit === "maxMemoryBytes" ? "memoryMib" : limit === "maxLiftedBytes" ? "liftedMib" : undefined;
  if (name !== undefined) return { limit: { name: limitKey(name), value: limits[name] } };
  return {};
}

/** The failure for a component that was not loaded. */
export function notLoaded(wire: WireFailure, limits: PluginLimits): PluginFailure {
  const { code, message, backtrace } = wire;
  const failure = {
    ...engineFailure(code, printable(message, maxMessageLength)),
    ...limitReached(wire, limits),
  };
  return backtrace === undefined ? failure : { ...failure, backtrace };
}
