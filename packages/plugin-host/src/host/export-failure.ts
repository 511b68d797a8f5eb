import { assertNever } from "@novywave/base";
import type { PluginError } from "@novywave/contract";
import { engineFailure } from "../artifact/inspect-artifact.js";
import type { PluginFailure } from "../failure.js";
import { pluginErrorSchema } from "../broker/arguments.js";
import type { WireFailure } from "../wire/messages.js";

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
  return { code, export: exportName, message: errorText(parsed.data), details: parsed.data };
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
export function trapped(exportName: string, failure: WireFailure): PluginFailure {
  const mapped = engineFailure(failure.code, failure.message);
  const code = mapped.code === "limit" || mapped.code === "memory" ? mapped.code : "trap";
  return {
    code,
    export: exportName,
    message: failure.message.includes(exportName) ? failure.message : `${exportName}: ${failure.message}`,
    ...(failure.backtrace === undefined ? {} : { backtrace: failure.backtrace }),
  };
}
