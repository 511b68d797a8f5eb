import { runPlugin as runInHost, type PluginRun, type RunPluginOptions } from "@novywave/plugin-host/testing";
import { printLogsVariable } from "./print-logs.js";

/**
 * Runs a component against the real host, in a temporary workspace, with a clock that stands still. What it logs is in
 * `run.logs`; `novywave plugins test` prints it as well. Throws `PluginRunError` for a plugin that does not start.
 */
export function runPlugin(options: RunPluginOptions): Promise<PluginRun> {
  if (process.env[printLogsVariable] === undefined) return runInHost(options);
  return runInHost({
    ...options,
    onLog(record) {
      // oxlint-disable-next-line no-console -- the test runner shows it beside the test it belongs to
      console.log(`${record.pluginId} ${record.level}: ${record.message}`);
      options.onLog?.(record);
    },
  });
}
