export { PluginRunError, type PluginRun, type RunPluginOptions } from "@novywave/plugin-host/testing";
export { buildArtifact } from "./build-artifact.js";
export { runPlugin } from "./run-plugin.js";
