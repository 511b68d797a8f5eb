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
export function trapped(
  exportName: string,
  failure: WireFailure,
  limits: PluginLimits,
  memoryBytes: number,
): PluginFailure {
  const message = printable(failure.message, maxMessageLength) + memoryHint(limits, memoryBytes);
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

/** The part of the memory limit from which on a trap is likely to come from it: allocators grow in large steps. */
const fullShare = 0.75;

function memoryHint({ memoryMib }: PluginLimits, memoryBytes: number): string {
  const mib = memoryBytes / (1024 * 1024);
  if (mib < memoryMib * fullShare) return "";
  return `; its memory is ${Math.round(mib)} of ${memoryMib} MiB (limit memory_mib)`;
}

/** The plugin's limit behind a limit of the engine. */
function limitReached({ limit }: WireFailure, limits: PluginLimits): Pick<PluginFailure, "limit"> {
  const name = limit === undefined ? undefined : engineLimits.get(limit);
  return name === undefined ? {} : { limit: { name: limitKey(name), value: limits[name] } };
}

/** Limits of a plugin by the engine's names of them. */
const engineLimits = new Map<string, keyof PluginLimits>([
  ["maxMemoryBytes", "memoryMib"],
  ["maxLiftedBytes", "liftedMib"],
  ["maxStringBytes", "liftedMib"],
]);

/** The failure for a component that was not loaded. */
export function notLoaded(wire: WireFailure, limits: PluginLimits): PluginFailure {
  const { code, message, backtrace } = wire;
  const failure = {
    ...engineFailure(code, printable(message, maxMessageLength)),
    ...limitReached(wire, limits),
  };
  return backtrace === undefined ? failure : { ...failure, backtrace };
}
