export {
  PluginRunError,
  runPlugin,
  type PluginRun,
  type RunPluginOptions,
} from "@novywave/plugin-host/testing";
export { buildArtifact } from "./build-artifact.js";
