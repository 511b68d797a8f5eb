export type { Artifact, BuiltinArtifacts } from "./artifact/artifact.js";
export { inspectArtifact, type InspectedArtifact } from "./artifact/inspect-artifact.js";
export type { Producer } from "./artifact/producers.js";
export {
  makeArtifact,
  maxArtifactBytes,
  readArtifact,
  type ReadArtifactOptions,
} from "./artifact/read-artifact.js";
export { defaultExcludes } from "./broker/walk.js";
export { capabilities, isCapability, type Capability } from "./capability.js";
export { toConfigData } from "./config/config-data.js";
export { validateConfig, type ConfigProblem } from "./config/validate-config.js";
export type { HangEvidence, PluginFailure, PluginFailureCode } from "./failure.js";
export { createPluginHost } from "./host/plugin-host.js";
export type { ExportStats, PluginStats } from "./host/stats.js";
export type {
  AsyncDisposable,
  GrantRecord,
  HostLogRecord,
  HostPorts,
  PluginHost,
  PluginHostOptions,
  PluginInstance,
  PluginLogRecord,
  PublishedEvent,
  StartRequest,
} from "./host/types.js";
export {
  defaultLimits,
  limitCeilings,
  limitNames,
  resolveLimits,
  withDefaults,
  type PluginLimits,
} from "./limits.js";
export type { CapabilityRequest, Manifest } from "./manifest/manifest.js";
export { parseManifest } from "./manifest/parse-manifest.js";
export { sortFolders, type SortedFolders } from "./paths/granted-folders.js";
export { AuditLog } from "./grants/audit-log.js";
export {
  GrantStore,
  GrantStoreError,
  type GrantDecision,
  type GrantInput,
  type GrantNeeds,
  type GrantQuery,
  type StoredGrant,
} from "./grants/grant-store.js";
