import { assertNever } from "@novywave/base";
import type { PluginFailure, PluginFailureCode } from "@novywave/plugin-host";

/** What a person can do about a failure. */
export function adviceFor(failure: PluginFailure): string {
  switch (failure.code) {
    case "artifact-missing":
      return "Build the plugin, or correct artifact_path in .novywave; it loads when the file appears.";
    case "artifact-truncated":
      return "Wait for the build to finish; it loads when the file is whole.";
    case "artifact-outside":
      return "Copy the artifact into the workspace and name it there: `novywave plugins add FILE.wasm` does both.";
    case "artifact-too-large":
      return "Build it smaller: without debug information, with optimisation for size.";
    case "artifact-invalid":
      return "Correct artifact_path in .novywave: a regular file below the workspace that you may read.";
    case "not-a-component":
      return "Build it as a WebAssembly component, for example with `novywave plugins build`.";
    case "core-module":
      return "Make a component of the module: `wasm-tools component new`, or a target such as wasm32-wasip2.";
    case "manifest-invalid":
      return "Correct Plugin.toml and build the plugin again.";
    case "incompatible":
      return "Build the plugin against the contract of this version of NovyWave.";
    case "missing-capability":
    case "folder-not-granted":
      return "Approve what the plugin asks for, or disable it.";
    case "init-failed":
    case "plugin-error":
      return "Correct the plugin's config in .novywave, then retry.";
    case "trap":
    case "deadline":
    case "limit":
    case "memory":
    case "host-died":
      return "Retry, or disable the plugin; dev_server.log has the details for its author.";
    case "cancelled":
      return "Retry.";
    default:
      return assertNever(failure.code);
  }
}

/** Whether the plugin ran and came to its end: worth another try later, for it may not happen again. */
export function isDeath(code: PluginFailureCode): boolean {
  return (
    code === "trap" || code === "deadline" || code === "limit" || code === "memory" || code === "host-died"
  );
}
