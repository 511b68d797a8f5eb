export { PluginRunError, runPlugin, type PluginRun, type RunPluginOptions } from "./run-plugin.js";
