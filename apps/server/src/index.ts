export { connectToServer, type ServerAddress, type ServerClient } from "./client/server-client.js";
export type { StateDocument } from "./http/state-document.js";
export {
  ServerStartError,
  type RunningServer,
  type ServerOptions,
  type ServerStartErrorCode,
  type UserFolders,
} from "./options.js";
export type { ArtifactFacts, Preparation } from "./plugins/preparation.js";
export { artifactPlaces } from "./plugins/approved-build.js";
export { approvalOf, newRequests } from "./plugins/consent.js";
export { adviceFor } from "./plugins/failure-advice.js";
export type { PrepareOptions } from "./plugins/prepare-options.js";
export { preparePlugin } from "./plugins/prepare-plugin.js";
export { requestedFolders, requestedLimits, type RequestedFolders } from "./plugins/requested.js";
export { findRunningServer, type RuntimeInfo } from "./runtime-file.js";
export { PluginLogFile } from "./log/plugin-log-file.js";
export { logFileOf, startServer } from "./server.js";
export { weighArtifact } from "./plugins/weigh-artifact.js";
export type { Target } from "./workspace.js";
