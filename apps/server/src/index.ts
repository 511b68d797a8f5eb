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
export { approvalOf, preparePlugin, type PrepareOptions } from "./plugins/prepare-plugin.js";
export { findRunningServer, type RuntimeInfo } from "./runtime-file.js";
export { startServer } from "./server.js";
export type { Target } from "./workspace.js";
